"""What can end a stage, in the order in which it counts on one day.

Plain numbers, because the walk compares them in pairs with days.
"""

from datetime import date

from lms.certification.rules_words import Closing

Stop = tuple[date, int]

LEFT = 0
LONG_LAPSE = 1
WINDOW = 2
MIGRATION = 3
COMPLETION = 4
FINDING = 5
REVOCATION = 6

CLOSINGS = {
    LEFT: Closing.LEFT,
    LONG_LAPSE: Closing.LONG_LAPSE,
    WINDOW: Closing.WINDOW,
    FINDING: Closing.FINDING,
    REVOCATION: Closing.REVOKED,
}
