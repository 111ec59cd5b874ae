"""The mail to the old address, as its bytes arrive at a real mail server on loopback."""

from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import select

from lms.core import clock
from lms.core.db import By
from lms.jobs import KINDS
from lms.notices.delivery import work
from lms.notices.models import Job
from lms.people import actions, queries
from lms.people.rules_mail import MailChangeAsked
from tests.factories import post
from tests.notices.test_delivery import around, inbox

__all__ = ["inbox"]
NEW = "ana.new@example.test"
WORDS = {
    "en": (
        "Is your e-mail address to change?",
        f"Carla asks that your training account write to {NEW} and no longer to this address.",
        "open the link within 14 days",
        "Your registered e-mail address was changed",
    ),
    "zh": (
        "要更改您登记的邮箱地址吗？",
        f"carla中申请将您的培训账户改用 {NEW} 收信",
        "14 天内",
        "您登记的邮箱地址已更改",
    ),
}


def enter(database, cast, mail, language="en"):
    with database.transaction(By(str(cast.carla))) as session:
        actions.change_identity(session, cast.ana, {"mail": mail, "language": language}, clock.now())


def read(envelope):
    mail = message_from_bytes(envelope.content, policy=default)
    text = mail.get_content().replace("\r\n", "\n")
    return envelope.rcpt_tos, mail["To"], mail["Subject"], text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_old_address_is_asked_by_a_link_and_both_are_told(
    client, database, cast, tmp_path, inbox, language
):
    tokens = []
    others = database.reactions[MailChangeAsked]
    taken = (*others, lambda session, event: tokens.append(event.token))
    database.reactions = {**database.reactions, MailChangeAsked: taken}
    title, who, days, changed = WORDS[language]
    enter(database, cast, NEW, language)
    surroundings = around(database, tmp_path, inbox)
    assert work(surroundings, KINDS, clock.now()) == 1
    to, header, subject, text = read(inbox.mails.pop())
    assert (to, header, subject) == (["ana@example.test"], "ana@example.test", title)
    flat = text.replace("\n", " ")
    assert who in flat
    assert NEW in flat
    assert days in flat
    assert f"{surroundings.settings.base_url}/mail/{tokens[0]}\n" in text
    with database.reading() as session:
        assert session.scalars(select(Job.payload)).all() == ["{}"]
    assert post(client, f"/mail/{tokens[0]}").status_code == 303
    work(surroundings, KINDS, clock.now())
    told = sorted(read(each)[1:3] for each in inbox.mails)
    assert told == [(NEW, changed), ("ana@example.test", changed)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_removal_is_asked_in_its_own_words(database, cast, tmp_path, inbox, language):
    enter(database, cast, "", language)
    work(around(database, tmp_path, inbox), KINDS, clock.now())
    to, _, subject, text = read(inbox.mails[0])
    assert to == ["ana@example.test"]
    assert (
        subject
        == {"en": "Is your e-mail address to be removed?", "zh": "要删除您登记的邮箱地址吗？"}[language]
    )
    assert "/mail/" in text


def test_a_change_withdrawn_before_its_mail_went_asks_nobody(database, cast, tmp_path, inbox):
    enter(database, cast, NEW)
    with database.transaction(By(str(cast.carla))) as session:
        actions.withdraw_mail_change(session, cast.ana, clock.now())
    assert work(around(database, tmp_path, inbox), KINDS, clock.now()) == 1
    assert inbox.mails == []
    with database.reading() as session:
        assert queries.mail_change_waiting(session, cast.ana) is None
