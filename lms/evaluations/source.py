"""The evaluation policy from its authored file, with all its problems. Pure."""

from dataclasses import dataclass
from fractions import Fraction

from lms.core.authored import Mapping, Scalar, read_yaml
from lms.core.authored_schema import Fields
from lms.core.authored_values import Sheet, read_choice, read_fraction, read_whole
from lms.core.problems import Problem

COMPONENTS = ("certification", "assessment")
GRADES = ("A", "B", "C", "D")
KINDS = ("mandatory", "qualification", "special")
STATES = (
    "certified",
    "renewal_open",
    "assigned",
    "grace",
    "overdue",
    "lapsed",
    "long_lapsed",
    "revoked",
    "supplement_overdue",
)


@dataclass(frozen=True, slots=True)
class GateSource:
    """Which states of which programmes, at the cut-off, cap the grade."""

    kinds: tuple[str, ...]
    states: tuple[str, ...]
    cap: str


@dataclass(frozen=True, slots=True)
class EvaluationPolicySource:
    """A policies/evaluation.yml; bands from the highest down, weights and credits as exact numbers."""

    path: str
    bands: tuple[tuple[str, int], ...]
    weights: tuple[tuple[str, int], ...]
    standing_credit: tuple[tuple[str, Fraction], ...]
    cut_score_points: int
    full_marks_points: int
    gate: GateSource | None
    root: Mapping


def read_evaluation_policy(path: str, data: bytes) -> tuple[EvaluationPolicySource | None, list[Problem]]:
    """Read a policies/evaluation.yml."""
    text, found = read_yaml(path, data)
    if text is None:
        return None, found
    sheet = Sheet(path, found)
    fields = Fields(sheet, text.root, "@policy")
    fields.word("policy", ("evaluation",))
    cut_score, full_marks = _scale(sheet, fields)
    policy = EvaluationPolicySource(
        path=path,
        bands=_bands(sheet, fields),
        weights=_weights(sheet, fields),
        standing_credit=_credits(sheet, fields),
        cut_score_points=cut_score,
        full_marks_points=full_marks,
        gate=_gate(sheet, fields),
        root=text.root,
    )
    fields.close()
    return policy, found


def _bands(sheet: Sheet, fields: Fields) -> tuple[tuple[str, int], ...]:
    found = []
    for name, value in fields.pairs("bands"):
        grade = read_choice(sheet, name, list(GRADES), "@key bands")
        if isinstance(value, Scalar):
            found.append((grade, read_whole(sheet, value, 0, 100, f"@band {name.text}")))
        else:
            sheet.add(name.place, "E100", what=f"@band {name.text}", wanted="@text")
    points = [least for _, least in found]
    if found and (points != sorted(set(points), reverse=True) or points[-1] != 0):
        sheet.add(fields.at("bands"), "E604")
    return tuple(found)


def _weights(sheet: Sheet, fields: Fields) -> tuple[tuple[str, int], ...]:
    found = []
    for name, value in fields.pairs("components"):
        component = read_choice(sheet, name, list(COMPONENTS), "@key components")
        entry = Fields(sheet, value, f"@component {name.text}", name.place)
        found.append((component, entry.whole("weight", 1, 100)))
        entry.close()
    return tuple(found)


def _credits(sheet: Sheet, fields: Fields) -> tuple[tuple[str, Fraction], ...]:
    found: dict[str, Fraction] = {}
    for name, value in fields.pairs("standing_credit"):
        state = read_choice(sheet, name, list(STATES), "@key standing_credit")
        if not isinstance(value, Scalar):
            sheet.add(name.place, "E100", what=f"@key {name.text}", wanted="@text")
            continue
        credit = read_fraction(sheet, value, f"@key {name.text}")
        if credit is not None and credit > 1:
            sheet.add(value.place, "E605", state=name.text)
        elif credit is not None and state:
            found[state] = credit
    missing = [state for state in STATES if fields.node.get("standing_credit") and not _has(fields, state)]
    if missing:
        sheet.add(fields.at("standing_credit"), "E606", states=", ".join(missing))
    return tuple(found.items())


def _has(fields: Fields, state: str) -> bool:
    credit = fields.node.get("standing_credit")
    return isinstance(credit, Mapping) and credit.get(state) is not None


def _scale(sheet: Sheet, fields: Fields) -> tuple[int, int]:
    entry = fields.record("assessment_scale")
    if entry is None:
        return 60, 100
    cut_score, full_marks = entry.whole("cut_score", 0, 100), entry.whole("full_marks", 1, 100)
    if entry.sound and cut_score >= full_marks:
        sheet.add(entry.at("full_marks"), "E607")
    entry.close()
    return cut_score, full_marks


def _gate(sheet: Sheet, fields: Fields) -> GateSource | None:
    entry = fields.record("gate", required=False)
    if entry is None:
        return None
    kinds = tuple(read_choice(sheet, one, list(KINDS), "@key kinds") for one in entry.scalars("kinds"))
    states = tuple(read_choice(sheet, one, list(STATES), "@key states") for one in entry.scalars("states"))
    gate = GateSource(kinds, states, entry.word("cap", GRADES))
    entry.close()
    return gate
