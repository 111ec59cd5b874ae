"""Item statistics in words and rows, alike for pages, the command and its CSV."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from lms.core.errors import Message, message
from lms.quizzes.queries.statistics import QuizSeries, Series
from lms.quizzes.scoring import shown_percent
from lms.quizzes.statistics import FEWEST, Flag

FLAGS: Mapping[Flag, Message] = {
    Flag.WRONG_KEY: message("Probably a wrong key: those who took a wrong option did better elsewhere."),
    Flag.NEGATIVE: message("The better people do elsewhere, the worse they do here."),
    Flag.DEAD_DISTRACTOR: message("A wrong option is taken by hardly anybody (under one in twenty)."),
    Flag.LANGUAGES: message("The two languages do not ask the same: one is clearly harder."),
}
FLAG_NAMES: Mapping[Flag, Message] = {
    Flag.WRONG_KEY: message("wrong key?"),
    Flag.NEGATIVE: message("negative"),
    Flag.DEAD_DISTRACTOR: message("dead distractor"),
    Flag.LANGUAGES: message("languages differ"),
}
ITEM_COLUMNS = (
    "item", "version", "current", "responses", "provisional", "facility", "item_rest", "discrimination",
    "options", "flags", "responses_zh", "facility_zh", "responses_en", "facility_en",
)  # fmt: skip


def decimals(value: float | Fraction | None) -> str:
    """Return a coefficient with two decimals; empty for none."""
    return "" if value is None else f"{round(float(value), 2) + 0:.2f}"  # + 0: no "-0.00"


def percents(value: float | Fraction | None) -> Decimal | None:
    """Return a share in per cent, cut to one decimal."""
    return None if value is None else shown_percent(Fraction(value))


def item_row(series: Series) -> dict[str, object]:
    """Return one series as exports hold it; figures are left empty where too few have answered."""
    row: dict[str, object] = {
        "item": series.item.id, "version": series.version, "current": series.current,
        "responses": series.responses,
    }  # fmt: skip
    found = series.statistics
    if found is None:
        return row
    options = [
        f"{use.id}{'*' if use.right else ''} {percents(use.share)}% {decimals(use.mean_rest)}"
        for use in found.options
    ]
    row |= {
        "provisional": found.provisional, "facility": decimals(found.facility),
        "item_rest": decimals(found.item_rest), "discrimination": decimals(found.discrimination),
        "options": options, "flags": [flag.value for flag in found.flags],
    }  # fmt: skip
    for language, use in found.languages.items():
        row |= {f"responses_{language}": use.responses, f"facility_{language}": decimals(use.facility)}
    return row


def quiz_row(quiz: QuizSeries) -> dict[str, object]:
    """Return the figures of one quiz for a program; None where nothing can be said."""
    found = quiz.statistics
    row: dict[str, object] = {
        "kind": quiz.ref.kind.value, "id": quiz.ref.id, "cut_score": str(quiz.cut_score),
        "papers": quiz.papers,
    }  # fmt: skip
    if found is None:
        return row
    return row | {
        "provisional": found.provisional, "mean": round(float(found.mean), 4),
        "deviation": round(found.deviation, 4), "alpha": _rounded(found.alpha), "error": _rounded(found.error),
        "near_cut": found.near, "consistency": _rounded(found.consistency),
        "near_consistency": _rounded(found.near_consistency),
    }  # fmt: skip


def _rounded(value: float | Fraction | None) -> float | None:
    return None if value is None else round(float(value), 4)


def quiz_lines(quiz: QuizSeries) -> list[Message]:
    """Say what the first attempts at a quiz show."""
    found = quiz.statistics
    if found is None:
        few = message(
            "First attempts: %(count)s. Nothing is said under %(fewest)s.", count=quiz.papers, fewest=FEWEST
        )
        return [few]  # fmt: skip
    lines = [
        message(
            "%(count)s first attempts, mean %(mean)s %%, cut score %(cut)s %%.",
            count=found.papers, mean=percents(found.mean), cut=percents(quiz.cut_score),
        )
    ]  # fmt: skip
    if found.provisional:
        lines.append(message("Provisional: fewer than 100."))
    if found.alpha is None:
        lines.append(message("Reliability: not estimable, too few items were given together."))
        return lines
    lines.append(message("Reliability (alpha): %(alpha)s.", alpha=decimals(found.alpha)))
    if found.error is not None:
        lines.append(
            message("Standard error of measurement: %(error)s points of 100.", error=percents(found.error))
        )
        lines.append(message("%(near)s scored within one standard error of the cut.", near=found.near))
    if found.consistency is not None:
        lines.append(
            message(
                "A second paper like this would judge %(share)s %% alike.", share=percents(found.consistency)
            )
        )
    if found.near_consistency is not None:
        lines.append(
            message("Near the cut it would judge %(share)s %% alike.", share=percents(found.near_consistency))
        )
    return lines  # fmt: skip
