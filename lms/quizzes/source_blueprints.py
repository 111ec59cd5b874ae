"""Blueprints (quiz.yml, examinations/*.yml) from authored files, with all their problems. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from lms.core.authored import Mapping, Scalar, Sequence, read_yaml
from lms.core.authored_schema import Fields
from lms.core.authored_values import Sheet, read_span, read_whole
from lms.core.problems import Problem
from lms.core.text import Words
from lms.quizzes.rules import Blueprint, Disclosure, Draw, QuizKind, Show


@dataclass(frozen=True, slots=True)
class BlueprintSource:
    """A blueprint as written; `blueprint` is None where an error leaves none."""

    path: str
    id: str
    kind: QuizKind
    blueprint: Blueprint | None
    summary: Words | None
    retired: bool
    root: Mapping


def read_blueprint(
    path: str, data: bytes, title: Words | None = None
) -> tuple[BlueprintSource | None, list[Problem]]:
    """Read a blueprint; `title` (the course's) serves where the file has none."""
    text, found = read_yaml(path, data)
    if text is None:
        return None, found
    sheet = Sheet(path, found)
    fields = Fields(sheet, text.root, "@blueprint")
    examination = text.root.get("examination") is not None and text.root.get("quiz") is None
    kind = QuizKind.EXAMINATION if examination else QuizKind.QUIZ
    name = fields.id(kind.value)
    blueprint = _blueprint(sheet, fields, name, kind, title)
    summary = fields.words("summary", required=False, limit=1000)
    retired = fields.flag("retired", default=False)
    fields.close()
    sound = not any(one.is_error for one in found)
    return BlueprintSource(path, name, kind, blueprint if sound else None, summary, retired, text.root), found


def _blueprint(
    sheet: Sheet, fields: Fields, name: str, kind: QuizKind, title: Words | None
) -> Blueprint | None:
    said = fields.words("title", required=title is None, limit=120) or title
    cut_score = fields.percent("cut_score")
    minutes = fields.whole("minutes", 1, 480)
    attempts = fields.whole("attempts", 1, 20)
    waits = _waits(sheet, fields, attempts)
    draws = tuple(_draw(sheet, entry) for entry in fields.records("draw", "draw"))
    show = _show(sheet, fields, attempts)
    if said is None or cut_score is None:
        return None
    return Blueprint(name, kind, said, Fraction(cut_score), minutes, attempts, draws, waits, show)


def _waits(sheet: Sheet, fields: Fields, attempts: int) -> tuple[timedelta, ...]:
    found = []
    for one in fields.items("wait", required=False):
        span = read_span(sheet, one, "hd", zero=True) if isinstance(one, Scalar) else None
        if not isinstance(one, Scalar):
            sheet.add(one.place, "E100", what="@entry wait", wanted="@text")
        if span:
            found.append(timedelta(hours=span.amount * (24 if span.unit == "d" else 1)))
    written = fields.node.get("attempts")
    if isinstance(written, Scalar) and written.text == str(attempts) and len(found) > attempts:
        sheet.add(fields.at("wait"), "E209", count=len(found), attempts=attempts)
    return tuple(found)


def _draw(sheet: Sheet, fields: Fields) -> Draw:
    draw = Draw(
        bank=fields.id("bank"),
        take=fields.whole("take", 1, 100),
        objective=fields.id("objective", required=False) or None,
        difficulty=_levels(sheet, fields),
        critical=fields.flag("critical", default=False),
        sets=fields.flag("sets", default=False),
    )
    if draw.sets and (draw.objective or draw.difficulty):
        sheet.add(fields.at("sets"), "E231")
    fields.close()
    return draw


def _levels(sheet: Sheet, fields: Fields) -> tuple[int, ...]:
    value = fields.raw("difficulty", required=False)
    if value is None:
        return ()
    if isinstance(value, Sequence):
        written = fields.scalars("difficulty")
    else:
        one = fields.scalar("difficulty")
        written = (one,) if one else ()
    return tuple(sorted({read_whole(sheet, one, 1, 3, "@key difficulty") for one in written}))


def _show(sheet: Sheet, fields: Fields, attempts: int) -> Show:
    entry = fields.record("show", required=False)
    if entry is None:
        return Show()
    usual = Show()
    after_submit = entry.choice("after_submit", Disclosure, default=usual.after_submit)
    after_pass = entry.choice("after_pass", Disclosure, default=usual.after_pass)
    if after_submit is Disclosure.FEEDBACK and attempts > 1:
        sheet.add(entry.at("after_submit"), "E210", attempts=attempts)
    entry.close()
    return Show(after_submit or usual.after_submit, after_pass or usual.after_pass)
