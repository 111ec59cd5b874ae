"""`lms content stats`: what first attempts say of items, as text, CSV or JSON."""

import argparse
import json
import sys

from lms.app import open_database
from lms.core.db import By
from lms.core.i18n import translate
from lms.core.settings import Settings
from lms.core.tables import Column, write
from lms.core.text import Language
from lms.quizzes.figures_told import FLAGS, ITEM_COLUMNS, decimals, item_row, quiz_lines, quiz_row
from lms.quizzes.queries.statistics import Analysis, Series, analysis


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command understands."""
    parser.add_argument("--bank", help="only the items of one bank")
    parser.add_argument("--item", help="only one item")
    parser.add_argument("--format", choices=("text", "csv", "json"), default="text")
    parser.add_argument("--lang", choices=("zh", "en"), help="the language of the answer")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Compute and print; 0 when no item raises a flag, 1 when one does."""
    database = open_database(settings)
    try:
        with database.reading(By("operator")) as session:
            found = analysis(session, options.bank)
    finally:
        database.dispose()
    shown = [each for each in found.series if options.item in (None, each.item.id)]
    if options.format == "csv":
        columns = [Column(name, name) for name in ITEM_COLUMNS]
        write(sys.stdout.buffer, "csv", columns, map(item_row, shown))
        sys.stdout.buffer.flush()
    elif options.format == "json":
        answer = {
            "items": [item_row(each) for each in shown],
            "quizzes": [quiz_row(each) for each in found.quizzes],
        }
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _print(found, shown, options.lang or settings.language)
    return 1 if any(each.current and each.statistics and each.statistics.flags for each in shown) else 0


def _print(found: Analysis, shown: list[Series], language: Language) -> None:
    for quiz in found.quizzes:
        lines = " ".join(translate(each, language) for each in quiz_lines(quiz))
        print(f"{quiz.ref.kind.value} {quiz.ref.id}: {lines}")
    for series in shown:
        told = series.statistics
        name = f"{series.item.id} v{series.version}{'' if series.current else ' (old)'}"
        if told is None:
            print(f"{name}: n={series.responses}")
            continue
        mark = "~" if told.provisional else ""
        print(
            f"{name}: n={told.responses}{mark} p={decimals(told.facility)} r={decimals(told.item_rest) or '-'}"
            f" D={decimals(told.discrimination)}"
        )
        for flag in told.flags:
            print(f"  ! {translate(FLAGS[flag], language)}")
