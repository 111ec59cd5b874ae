"""Reasons of clearances in words: each an English sentence that is the key of its translation."""

from collections.abc import Mapping

from lms.certification.clearances.rules import Because, Code, Outcome
from lms.certification.rules_words import State
from lms.core.errors import Message, message

CODES: Mapping[Code, Message] = {
    Code.HELD: message("everything needed is held"),
    Code.OPENED: message("opened in an emergency"),
    Code.NOT_EMPLOYED: message("not employed"),
    Code.ON_LEAVE: message("on leave"),
    Code.RECUSED: message("keeps away from the client"),
    Code.STANDING: message("certification does not suffice"),
    Code.GRACE_OVER: message("the grace is over"),
    Code.SUPPLEMENT_OVERDUE: message("changed parts are overdue"),
    Code.UNSIGNED: message("agreement not signed"),
    Code.SIGN_AGAIN: message("the new agreement is not signed"),
    Code.NO_DUTY: message("the duty is no longer published"),
}
SENTENCES: Mapping[Code, Message] = {
    Code.OPENED: message("Opened by a second person because of an emergency."),
    Code.NOT_EMPLOYED: message("Not employed here today."),
    Code.ON_LEAVE: message("On leave since %(on)s."),
    Code.RECUSED: message("Keeps away from client %(thing)s since %(on)s."),
    Code.GRACE_OVER: message("The days of grace of “%(thing)s” ended on %(on)s; renew it."),
    Code.SUPPLEMENT_OVERDUE: message("The changed parts of “%(thing)s” are overdue; finish them."),
    Code.UNSIGNED: message("“%(thing)s” is not signed."),
    Code.SIGN_AGAIN: message("“%(thing)s” has changed; the new text was to be signed by %(on)s."),
    Code.NO_DUTY: message("This duty is no longer published."),
}
# Of a certification that does not suffice: with the day since when, and without.
STANDINGS: Mapping[State, tuple[Message, Message]] = {
    State.NOT_REQUIRED: (
        message("“%(thing)s” is needed and was not assigned; ask HR."),
        message("“%(thing)s” is needed and was not assigned; ask HR."),
    ),
    State.ASSIGNED: (
        message("“%(thing)s” was assigned on %(on)s and is not finished yet."),
        message("“%(thing)s” is not finished yet."),
    ),
    State.OVERDUE: (
        message("“%(thing)s” has been overdue since %(on)s."),
        message("“%(thing)s” is overdue."),
    ),
    State.GRACE: (
        message("“%(thing)s” has expired: in grace since %(on)s; renew it."),
        message("“%(thing)s” has expired and is in grace; renew it."),
    ),
    State.LAPSED: (
        message("“%(thing)s” has lapsed since %(on)s; renew it."),
        message("“%(thing)s” has lapsed; renew it."),
    ),
    State.LONG_LAPSED: (
        message("“%(thing)s” lapsed long ago, on %(on)s at the latest; everything is asked for anew."),
        message("“%(thing)s” lapsed long ago; everything is asked for anew."),
    ),
    State.REVOKED: (
        message("“%(thing)s” was revoked on %(on)s."),
        message("“%(thing)s” was revoked."),
    ),
    State.WAIVED: (
        message("“%(thing)s” is waived since %(on)s: that is no certification."),
        message("“%(thing)s” is waived: that is no certification."),
    ),
    State.ENDED: (message("“%(thing)s” ended on %(on)s."), message("“%(thing)s” has ended.")),
    State.CERTIFIED: (message("“%(thing)s” does not suffice."), message("“%(thing)s” does not suffice.")),
    State.RENEWAL_OPEN: (message("“%(thing)s” does not suffice."), message("“%(thing)s” does not suffice.")),
}
OUTCOMES: Mapping[Outcome, Message] = {
    Outcome.JUSTIFIED: message("Justified"),
    Outcome.UNJUSTIFIED: message("Not justified"),
}


def sentence(because: Because, thing: object) -> Message:
    """Return a reason as a sentence; `thing` is the title of what it is about."""
    params = {"thing": thing, "on": because.on}
    if because.code is Code.STANDING:
        with_day, without = STANDINGS[because.state or State.NOT_REQUIRED]
        return Message((without if because.on is None else with_day).text, params)
    return Message(SENTENCES[because.code].text, params)
