"""What each notice says: a title and a sentence, both gettext keys with named placeholders."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lms.core.errors import Message
from lms.notices.rules import DigestKind, NoticeCode


def _(text: str) -> str:
    """Mark a sentence for extraction; it is translated when it is rendered."""
    return text


WORDING: dict[NoticeCode, tuple[str, str]] = {
    NoticeCode.ACTIVATION: (
        _("Your access to %(firm)s training"),
        _("Open the link within %(days)s days to choose your password. It works once."),
    ),
    NoticeCode.RESET: (
        _("A new password for your training account"),
        _("Open the link within four hours to choose a new password. If you did not ask for it, do nothing."),
    ),
    NoticeCode.ASSIGNED: (
        _("You have been assigned “%(programme)s”"),
        _("“%(programme)s” is due on %(due_on)s."),
    ),
    NoticeCode.DUE_SOON: (
        _("“%(programme)s” is due on %(due_on)s"),
        _("You have %(days)s days left to complete “%(programme)s”."),
    ),
    NoticeCode.OVERDUE: (
        _("“%(programme)s” is overdue"),
        _("“%(programme)s” was due on %(due_on)s. Complete it now."),
    ),
    NoticeCode.RENEWAL_OPEN: (
        _("You can renew “%(programme)s” now"),
        _("“%(programme)s” is valid through %(valid_until)s. Renewing now keeps your date."),
    ),
    NoticeCode.EXPIRES_SOON: (
        _("“%(programme)s” expires on %(valid_until)s"),
        _("“%(programme)s” is valid for %(days)s more days. Renew it now; your date stays the same."),
    ),
    NoticeCode.GRACE: (
        _("“%(programme)s” has expired"),
        _("“%(programme)s” expired on %(valid_until)s. You can still renew it through %(grace_until)s."),
    ),
    NoticeCode.LAPSED: (
        _("“%(programme)s” has lapsed"),
        _("“%(programme)s” has lapsed. What needs it is closed to you until you have renewed it."),
    ),
    NoticeCode.TEAM_DUE: (
        _("%(name)s has “%(programme)s” to do"),
        _("%(name)s has through %(by_on)s for “%(programme)s”. Help them find the time."),
    ),
    NoticeCode.TEAM_LATE: (
        _("%(name)s owes “%(programme)s”"),
        _("%(name)s: “%(programme)s”, owed since %(since)s (days: %(days)s)"),
    ),
    NoticeCode.TEAM_LIST: (
        _("Late in your team: %(count)s"),
        _("On %(day)s, so many certifications of your team were owed and late: %(count)s."),
    ),
    NoticeCode.TEAM_OVERDUE: (
        _("%(name)s owes “%(programme)s”"),
        _("“%(programme)s” of %(name)s has been owed since %(since)s. Help them find the time."),
    ),
    NoticeCode.CERTIFIED: (
        _("You hold “%(programme)s”"),
        _("Your certificate %(number)s is ready."),
    ),
    NoticeCode.SIGNED_COPY: (
        _("Your copy of “%(agreement)s”"),
        _("You signed “%(agreement)s” on %(signed_on)s. Your copy is kept for you."),
    ),
    NoticeCode.APPROVAL_WAITING: (
        _("A request waits for a second person"),
        _("%(what)s Decide it, or leave it to another who may."),
    ),
    NoticeCode.EVALUATION_PREVIEW: (
        _("The preview of your evaluation is ready"),
        _("Look at each figure of cycle %(cycle)s and its evidence before it is sealed."),
    ),
    NoticeCode.CREDENTIALS_CHANGED: (
        _("Your sign-in was changed"),
        _(
            "Your password or second step was changed on %(day)s. If it was not you, tell an administrator now."
        ),
    ),
    NoticeCode.CREDENTIALS_RESET: (
        _("Somebody else had your sign-in reset"),
        _(
            "Your sign-in was reset on %(day)s. For 72 hours you can neither sign nor approve. "
            "If you did not ask for it, tell an auditor now."
        ),
    ),
    NoticeCode.RESET_WATCHED: (
        _("A sign-in was reset by somebody else"),
        _("On %(day)s a person's sign-in was reset. For 72 hours that person can neither sign nor approve."),
    ),
    NoticeCode.MAIL_CHANGED: (
        _("Your registered e-mail address was changed"),
        _(
            "Since %(day)s your training account writes to another address. "
            "If this is not right, tell an administrator now."
        ),
    ),
    NoticeCode.MAIL_ASKED: (
        _("Is your e-mail address to change?"),
        _(
            "%(who)s asks that your training account write to %(mail)s and no longer to this address. "
            "If that is right, open the link within %(days)s days and confirm it there. "
            "If not, do nothing and tell an administrator: without you nothing changes."
        ),
    ),
    NoticeCode.MAIL_END_ASKED: (
        _("Is your e-mail address to be removed?"),
        _(
            "%(who)s asks that your training account no longer write to this address, nor to another one. "
            "If that is right, open the link within %(days)s days and confirm it there. "
            "If not, do nothing and tell an administrator: without you nothing changes."
        ),
    ),
    NoticeCode.GLASS_ASKED: (
        _("Emergency: %(name)s asks to do “%(duty)s”"),
        _(
            "%(name)s may not do “%(duty)s” today and asks for it because of an emergency. A second person decides."
        ),
    ),
    NoticeCode.GLASS_OPENED: (
        _("“%(duty)s” was opened to %(name)s"),
        _(
            "Because of an emergency a second person has let %(name)s do “%(duty)s” for a while. "
            "It is reviewed afterwards."
        ),
    ),
    NoticeCode.GLASS_YOURS: (
        _("“%(duty)s” is open to you for a while"),
        _("A second person has let you do “%(duty)s” because of your emergency. The page says until when."),
    ),
}


DIGESTS: dict[DigestKind, tuple[str, str]] = {
    DigestKind.DAILY: (_("Your training reminders of %(day)s"), _("What you should know today:")),
    DigestKind.WEEKLY: (
        _("Late in your team, week of %(day)s"),
        _("These people of your team owe a certification:"),
    ),
}


def digest(kind: DigestKind, day: date) -> tuple[Message, Message]:
    """Return a digest's title and its opening line."""
    of_title, opening = DIGESTS[kind]
    return Message(of_title, {"day": day}), Message(opening)


def title(code: str, params: Mapping[str, Any]) -> Message:
    """Return a notice's title."""
    return Message(WORDING[NoticeCode(code)][0], readable(params))


def sentence(code: str, params: Mapping[str, Any]) -> Message:
    """Return a notice's sentence."""
    return Message(WORDING[NoticeCode(code)][1], readable(params))


def readable(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored parameters with days as days, so that each language writes them its own way."""
    return {name: _day(name, value) for name, value in params.items()}


def _day(name: str, value: Any) -> Any:
    if isinstance(value, str) and (name.endswith(("_on", "_until")) or name in {"day", "since"}):
        return date.fromisoformat(value)
    return value
