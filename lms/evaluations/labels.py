"""What codes of evaluations mean in words."""

from collections.abc import Mapping
from typing import Any

from lms.core.errors import Message, message
from lms.evaluations.rules import Component, CycleState, LineCode

COMPONENTS: dict[str, Message] = {
    Component.CERTIFICATION: message("Certification"),
    Component.ASSESSMENT: message("Assessment"),
}
STATES: dict[str, Message] = {
    CycleState.OPEN: message("open: figures are previews"),
    CycleState.SEALED: message("sealed"),
}
FORMULAS: dict[str, Message] = {
    Component.CERTIFICATION: message(
        "Days in good standing ÷ days owed in the cycle, over all mandatory programmes. Days in grace count half; "
        "leave, waivers and outages count on neither side."
    ),
    Component.ASSESSMENT: message(
        "The mean of first attempts at examinations in the cycle, on a scale where the cut score and full marks earn "
        "the points that the policy names (60 and 100 unless it says otherwise)."
    ),
}
LINES: dict[str, Message] = {
    LineCode.PROGRAMME_DAYS: message(
        "“%(programme)s”: %(good_days)s of %(owed_days)s days in good standing."
    ),
    LineCode.NOTHING_OWED: message("No mandatory programme was owed on any day: this component is left out."),
    LineCode.EXAMINATION: message(
        "“%(target)s” on %(on)s: %(score)s points of 100 with a cut score of %(cut_score)s, which earns %(points)s."
    ),
    LineCode.NO_EXAMINATION: message("No examination was taken in the cycle: this component is left out."),
    LineCode.GATE: message("“%(programme)s” was %(state)s on the last day: the grade is %(cap)s at best."),
    LineCode.WEIGHTED: message("Weighted mean of the components counted: %(total)s."),
    LineCode.NO_TOTAL: message("Nothing could be measured, so there is no total and no grade."),
}


def line(code: str, params: Mapping[str, Any]) -> Message:
    """Return an explanation line as a sentence."""
    return Message(LINES[code].text, params)
