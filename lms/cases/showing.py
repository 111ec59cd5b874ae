"""What the pages of cases show, put together without HTTP: scenes, choices in their order, debriefs. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from lms.cases.documents import PublishedCase
from lms.cases.rules import Choice, State, Step, path, possible

EXCERPT = 60
POOLS: Mapping[str, Mapping[str, str]] = {
    "confidentiality": {"zh": "保密案例", "en": "Confidentiality cases"},
    "conduct": {"zh": "操守案例", "en": "Conduct cases"},
    "risk": {"zh": "风险案例", "en": "Risk cases"},
}


@dataclass(frozen=True)
class Passed:
    """One step of a path as the debrief shows it: bodies of the choice, and what it earned."""

    scene: Mapping[str, str]
    choice: Mapping[str, Any]
    points: tuple[tuple[Mapping[str, str], int], ...]
    critical: bool
    timed_out: bool = False
    shared: bool = False


def pool_title(pool: str) -> Mapping[str, str]:
    """Return the title of a pool; its id where it has none."""
    return POOLS.get(pool) or {"zh": pool, "en": pool}


def choices_in_order(published: PublishedCase, state: State, play_id: object) -> list[Mapping[str, Any]]:
    """Return the bodies of the choices that are possible, in an order that differs from play to play."""

    def place(choice: Choice) -> str:
        return sha256(f"{play_id}/{state.scene}/{choice.id}".encode()).hexdigest()

    choices = sorted(possible(published.case, state), key=place)
    return [published.choice(state.scene, each.id) for each in choices]


def documents_of(published: PublishedCase, scene: str) -> list[Mapping[str, Any]]:
    """Return the documents that a scene shows."""
    return [published.body["documents"][each] for each in published.scenes[scene]["documents"]]


def own_path(published: PublishedCase, steps: Iterable[Step]) -> list[Passed]:
    """Return the path a person took."""
    return [_passed(published, one.scene, one.choice, timed_out=one.timed_out) for one in steps]


def expert_path(published: PublishedCase, steps: Iterable[Step]) -> list[Passed]:
    """Return the expert's path; what the person chose likewise is marked."""
    own = {(one.scene, one.choice) for one in steps}
    return [
        _passed(published, state.scene, choice.id, shared=(state.scene, choice.id) in own)
        for state, choice in path(published.case, published.case.expert)
    ]


def _passed(
    published: PublishedCase, scene: str, choice_id: str, *, timed_out: bool = False, shared: bool = False
) -> Passed:
    choice = published.case.scenes[scene].choices[choice_id]
    names = {each["id"]: each["name"] for each in published.body["criteria"]}
    return Passed(
        scene={language: excerpt(text) for language, text in published.scenes[scene]["text"].items()},
        choice=published.choice(scene, choice_id),
        points=tuple((names[name], earned) for name, earned in choice.points if earned),
        critical=choice.critical,
        timed_out=timed_out,
        shared=shared,
    )


def excerpt(text: str) -> str:
    """Return the beginning of a text on one line."""
    line = " ".join(text.replace("*", "").replace("#", "").split())
    return line if len(line) <= EXCERPT else f"{line[:EXCERPT].rstrip()}…"
