"""The mail that asks at a registered address whether another one is to take its place."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.core import clock
from lms.core.i18n import translate
from lms.notices import wording
from lms.notices.delivery import Outside, Surroundings
from lms.notices.mailing import Letter, compose, hand_over, note_sent
from lms.notices.rules import NoticeCode
from lms.people.queries import addressee, mail_change_waiting
from lms.people.rules_mail import CONFIRM_WITHIN


def confirmation_letter(session: Session, payload: Mapping[str, Any], around: Surroundings) -> Letter | None:
    """Write the link to the old address, with who asks and the new one; nothing once the change has ended."""
    settings, person_id = around.settings, UUID(payload["person"])
    change, to = mail_change_waiting(session, person_id), addressee(session, person_id)
    if change is None or str(change.id) != payload["change"] or not to.mail or not settings.smtp_url:
        return None
    code = NoticeCode.MAIL_ASKED if change.new_mail else NoticeCode.MAIL_END_ASKED
    firm = {"zh": settings.firm_name_zh, "en": settings.firm_name_en}
    params = {"who": change.asker or firm, "mail": change.new_mail, "days": CONFIRM_WITHIN.days}
    language = to.language or settings.language
    title = translate(wording.title(code, params), language)
    sentence = translate(wording.sentence(code, params), language)
    link = f"{settings.base_url}/mail/{payload['token']}"
    mail = compose(settings, to.mail, title, f"{sentence}\n\n{link}\n", payload["id"], clock.now())
    return Letter(mail, f"mail-change:{change.id}", person_id)


CONFIRMATION_DELIVERY = Outside(confirmation_letter, hand_over, note_sent)
