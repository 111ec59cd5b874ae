"""Published cases, read back from their bodies. Pure. `lms/authoring/documents_cases.py` writes the bodies."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from lms.cases.rules import Bounds, Case, Choice, Clock, Ending, Scene, Step, Var, Wanted
from lms.core.canonical import canonical_json, sha256_hex
from lms.core.text import Words

Body = Mapping[str, Any]


@dataclass(frozen=True)
class PublishedCase:
    """A case as published: what it is, what was proven, and its HTML in `body`."""

    version_id: int
    case: Case
    bounds: Bounds
    pools: tuple[str, ...]
    no_return: frozenset[tuple[str, str]]
    body: Body
    scenes: Mapping[str, Body]

    def choice(self, scene: str, choice: str) -> Body:
        """Return the published body of a choice."""
        return next(each for each in self.scenes[scene]["choices"] if each["id"] == choice)


def published_from(version_id: int, body: Body) -> PublishedCase:
    """Read the published body of a case."""
    return PublishedCase(
        version_id=version_id,
        case=case_from(body),
        bounds={name: (low, high) for name, (low, high) in body["bounds"].items()},
        pools=tuple(body["pools"]),
        no_return=frozenset((scene, choice) for scene, choice in body["no_return"]),
        body=body,
        scenes={each["id"]: each for each in body["scenes"]},
    )


def case_from(body: Body) -> Case:
    """Read a case from its published body."""
    return Case(
        id=body["id"],
        title=_words(body["title"]),
        criteria=tuple((each["id"], _words(each["name"])) for each in body["criteria"]),
        variables=tuple(Var(*each) for each in body["vars"]),
        start=body["start"],
        expert=tuple(body["expert"]),
        cut_score=Fraction(body["cut_score"]),
        scenes={each["id"]: _scene(each) for each in body["scenes"]},
    )


def _scene(body: Body) -> Scene:
    clock = body["clock"]
    return Scene(
        id=body["id"],
        text=_words(body["text"]),
        choices={each["id"]: _choice(each) for each in body["choices"]},
        documents=tuple(body["documents"]),
        clock=Clock(clock["seconds"], clock["then"]) if clock else None,
        ending=Ending(body["ending"]) if body["ending"] else None,
    )


def _choice(body: Body) -> Choice:
    return Choice(
        id=body["id"],
        text=_words(body["text"]),
        to=body["to"],
        because=_words(body["because"]),
        when=tuple(Wanted(*each) for each in body["when"]),
        sets=tuple((name, value) for name, value in body["set"]),
        adds=tuple((name, value) for name, value in body["add"]),
        points=tuple((name, value) for name, value in body["points"]),
        critical=body["critical"],
        acknowledged=body["acknowledged"],
        tempting=body["tempting"],
        see=body["see"] or "",
    )


def _words(said: Mapping[str, str]) -> Words:
    return Words(said["zh"], said["en"])


def steps_hash(steps: Iterable[Step]) -> str:
    """Return the hash over the steps of a play, in order."""
    rows = [
        [one.scene, one.choice, _instant(one.shown_at), _instant(one.chosen_at), one.timed_out]
        for one in steps
    ]
    return sha256_hex(canonical_json(rows))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def fraction_text(value: Fraction) -> str:
    """Return an exact fraction as it is stored: numerator/denominator."""
    return f"{value.numerator}/{value.denominator}"


def shares_text(shares: Mapping[str, Fraction]) -> str:
    """Return the stored shares by criterion."""
    return canonical_json({name: fraction_text(value) for name, value in shares.items()}).decode()


def shares_from(text: str) -> dict[str, Fraction]:
    """Read the stored shares by criterion back."""
    return {name: Fraction(value) for name, value in json.loads(text).items()}
