"""From facts to figures: `evaluate(policy, facts, cycle)` with one explanation line for each figure.

Exact numbers throughout; only display cuts them to one decimal, never up. What nobody assigned, a leave, an
outage: none of these is ever counted against anyone. Source: docs/evaluations.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from lms.core.events import Event

HUNDRED = Fraction(100)


class Component(StrEnum):
    """What an evaluation is made of."""

    CERTIFICATION = "certification"
    ASSESSMENT = "assessment"


class CycleState(StrEnum):
    """OPEN: figures are previews. SEALED: they never change; corrections are added."""

    OPEN = "open"
    SEALED = "sealed"


class LineCode(StrEnum):
    """What an explanation line says; the sentences are in `evaluations/labels.py`."""

    PROGRAMME_DAYS = "programme_days"
    NOTHING_OWED = "nothing_owed"
    EXAMINATION = "examination"
    NO_EXAMINATION = "no_examination"
    GATE = "gate"
    WEIGHTED = "weighted"
    NO_TOTAL = "no_total"


@dataclass(frozen=True, kw_only=True)
class CycleOpened(Event):
    """A cycle was opened under a published policy."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class CycleSealed(Event):
    """A cycle's figures were stored for good; `sha256` is over all of them, `people` how many."""

    sha256: str
    people: int


@dataclass(frozen=True, kw_only=True)
class EvaluationCorrected(Event):
    """A sealed figure was found wrong; the correction stands beside it."""

    cycle: str
    number: int


@dataclass(frozen=True, kw_only=True)
class OutageDeclared(Event):
    """Days on which the system could not be used: they count for nobody."""

    from_on: date
    until_on: date


@dataclass(frozen=True)
class Policy:
    """The published formula. Weights are whole parts; points of `bands` from the highest down."""

    version: int
    bands: tuple[tuple[str, int], ...]
    weights: Mapping[Component, int]
    standing_credit: Mapping[str, Fraction]
    cut_score_points: int
    full_marks_points: int
    gate_kinds: frozenset[str] = frozenset()
    gate_states: frozenset[str] = frozenset()
    gate_cap: str = ""


@dataclass(frozen=True)
class Cycle:
    """The days evaluated, both inclusive."""

    id: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class StandingDays:
    """A state held in a programme from a day to an inclusive day (absent: without end)."""

    programme: str
    kind: str
    state: str
    overlays: frozenset[str]
    from_on: date
    until_on: date | None


@dataclass(frozen=True)
class Assessed:
    """The first attempt of a run at an examination; score and cut score as shares of 1."""

    attempt_id: str
    target: str
    on: date
    score: Fraction
    cut_score: Fraction


@dataclass(frozen=True)
class PersonFacts:
    """Everything an evaluation of one person rests on."""

    person_id: UUID
    standings: tuple[StandingDays, ...] = ()
    assessed: tuple[Assessed, ...] = ()
    outages: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True)
class Line:
    """One explanation: which figure, why, on what evidence (`standing:…`, `attempt:…` references)."""

    component: Component | None
    code: LineCode
    params: Mapping[str, object] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """One component's score, 0 to 100, with its weight in this evaluation; left out: no score."""

    component: Component
    score: Fraction | None
    weight: int


@dataclass(frozen=True)
class Evaluation:
    """The answer. `total` and `grade` are absent when every component is left out."""

    person_id: UUID
    figures: tuple[Figure, ...]
    total: Fraction | None
    grade: str | None
    capped: bool
    lines: tuple[Line, ...]


def evaluate(policy: Policy, facts: PersonFacts, cycle: Cycle) -> Evaluation:
    """Evaluate one person in one cycle.

    Components with nothing to measure are left out and the weights of the others count in full.
    """
    parts = {
        Component.CERTIFICATION: _certification(policy, facts, cycle),
        Component.ASSESSMENT: _assessment(policy, facts, cycle),
    }
    figures = tuple(
        Figure(each, parts[each][0], policy.weights[each]) for each in Component if each in policy.weights
    )
    lines = [line for figure in figures for line in parts[figure.component][1]]
    total = _weighted(figures)
    grade = None if total is None else next(grade for grade, least in policy.bands if total >= least)
    gates = _gate(policy, facts, cycle)
    capped = grade is not None and bool(gates) and _worse(policy, policy.gate_cap, grade)
    lines.append(_total_line(figures, total))
    if gates and grade is not None:
        lines.extend(gates)
    return Evaluation(
        facts.person_id, figures, total, policy.gate_cap if capped else grade, capped, tuple(lines)
    )


def shown(score: Fraction | None) -> str:
    """Return a score as it is displayed: one decimal, cut and never rounded up; empty for none."""
    if score is None:
        return ""
    tenths = int(score * 10)
    return f"{tenths // 10}.{tenths % 10}"


def as_document(evaluation: Evaluation) -> dict[str, object]:
    """Return an evaluation as it is stored, hashed and sent: no names, exact scores as "n/d"."""
    return {
        "person": str(evaluation.person_id),
        "components": {
            figure.component.value: {
                "score": None if figure.score is None else str(figure.score),
                "shown": shown(figure.score),
                "weight": figure.weight,
                "evidence": [
                    reference
                    for line in evaluation.lines
                    if line.component is figure.component
                    for reference in line.evidence
                ],
            }
            for figure in evaluation.figures
        },
        "total": None if evaluation.total is None else str(evaluation.total),
        "shown": shown(evaluation.total),
        "grade": evaluation.grade,
        "capped": evaluation.capped,
        "lines": [
            {
                "component": line.component.value if line.component else None,
                "code": line.code.value,
                "params": dict(line.params),
                "evidence": list(line.evidence),
            }
            for line in evaluation.lines
        ],
    }


def _certification(policy: Policy, facts: PersonFacts, cycle: Cycle) -> tuple[Fraction | None, list[Line]]:
    mandatory = [each for each in facts.standings if each.kind == "mandatory"]
    credit, owed, lines = Fraction(0), 0, []
    for programme in sorted({each.programme for each in mandatory}):
        good, days, evidence = Fraction(0), 0, []
        for span in (each for each in mandatory if each.programme == programme):
            share = _share(policy, span)
            count = 0 if share is None else _days_in(span, cycle, facts.outages)
            if count and share is not None:
                good, days = good + share * count, days + count
                evidence.append(f"standing:{programme}:{span.state}:{max(span.from_on, cycle.starts_on)}")
        if days:
            params = {
                "programme": programme,
                "good_days": str(good) if good.denominator == 1 else shown(good),
                "owed_days": days,
            }
            lines.append(Line(Component.CERTIFICATION, LineCode.PROGRAMME_DAYS, params, tuple(evidence)))
            credit, owed = credit + good, owed + days
    if not owed:
        return None, [Line(Component.CERTIFICATION, LineCode.NOTHING_OWED)]
    return HUNDRED * credit / owed, lines


def _share(policy: Policy, span: StandingDays) -> Fraction | None:
    """Return what a day of this standing earns, None for one that counts on neither side."""
    if "on_leave" in span.overlays or span.state not in policy.standing_credit:
        return None
    if "supplement_overdue" in span.overlays:
        return min(policy.standing_credit["supplement_overdue"], policy.standing_credit[span.state])
    return policy.standing_credit[span.state]


def _days_in(span: StandingDays, cycle: Cycle, outages: Iterable[tuple[date, date]]) -> int:
    first = max(span.from_on, cycle.starts_on)
    last = min(span.until_on or cycle.ends_on, cycle.ends_on)
    if last < first:
        return 0
    out = {
        first_out + timedelta(days=n)
        for start, end in outages
        for first_out, last_out in ((max(start, first), min(end, last)),)
        for n in range((last_out - first_out).days + 1)
    }
    return (last - first).days + 1 - len(out)


def _assessment(policy: Policy, facts: PersonFacts, cycle: Cycle) -> tuple[Fraction | None, list[Line]]:
    counted = sorted(
        (each for each in facts.assessed if cycle.starts_on <= each.on <= cycle.ends_on),
        key=lambda each: (each.on, each.attempt_id),
    )
    if not counted:
        return None, [Line(Component.ASSESSMENT, LineCode.NO_EXAMINATION)]
    points = [rescaled(policy, each) for each in counted]
    lines = [
        Line(
            Component.ASSESSMENT,
            LineCode.EXAMINATION,
            {
                "target": each.target,
                "on": each.on.isoformat(),
                "score": shown(each.score * 100),
                "cut_score": shown(each.cut_score * 100),
                "points": shown(point),
            },
            (f"attempt:{each.attempt_id}",),
        )
        for each, point in zip(counted, points, strict=True)
    ]
    return sum(points, Fraction(0)) / len(points), lines


def rescaled(policy: Policy, assessed: Assessed) -> Fraction:
    """Return a score on the policy's scale: the cut score earns its points, full marks theirs, zero none."""
    score, cut = assessed.score, assessed.cut_score
    if score < cut:
        return policy.cut_score_points * score / cut
    if cut == 1:
        return Fraction(policy.full_marks_points)
    above = (score - cut) / (1 - cut)
    return policy.cut_score_points + above * (policy.full_marks_points - policy.cut_score_points)


def _weighted(figures: tuple[Figure, ...]) -> Fraction | None:
    counted = [(figure.score, figure.weight) for figure in figures if figure.score is not None]
    if not counted:
        return None
    return sum((score * weight for score, weight in counted), Fraction(0)) / sum(
        weight for _, weight in counted
    )


def _total_line(figures: tuple[Figure, ...], total: Fraction | None) -> Line:
    if total is None:
        return Line(None, LineCode.NO_TOTAL)
    whole = sum(figure.weight for figure in figures if figure.score is not None)
    return Line(None, LineCode.WEIGHTED, {"total": shown(total), "weight": whole})


def _gate(policy: Policy, facts: PersonFacts, cycle: Cycle) -> list[Line]:
    lines = []
    for span in facts.standings:
        at_end = span.from_on <= cycle.ends_on and (span.until_on is None or span.until_on >= cycle.ends_on)
        states = {span.state} | ({"supplement_overdue"} & span.overlays)
        if (
            at_end
            and span.kind in policy.gate_kinds
            and states & policy.gate_states
            and "on_leave" not in span.overlays
        ):
            params = {
                "programme": span.programme,
                "state": sorted(states & policy.gate_states)[0],
                "cap": policy.gate_cap,
            }
            lines.append(
                Line(None, LineCode.GATE, params, (f"standing:{span.programme}:{span.state}:{span.from_on}",))
            )
    return lines


def _worse(policy: Policy, cap: str, grade: str) -> bool:
    grades = [each for each, _ in policy.bands]
    return grades.index(cap) > grades.index(grade)
