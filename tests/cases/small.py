"""One small complete case with everything in it, published, and ways to play it, for tests on a database."""

from datetime import UTC, datetime
from textwrap import dedent

from lms.cases import actions, queries
from lms.core.access import Actor, Role
from lms.core.db import By
from tests.content import checked, publish_content

BY = By("tests")
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # noon in Shanghai
CASE = "small-gift"
PATH = f"cases/{CASE}/case.yml"
EXPERT = ("hand-in", "declare", "tell")
FAILING = ("keep",)
CANARY = "canary-because"  # stands in every text that no browser may see before the debrief

TEXT = dedent("""
    case: small-gift
    title: {zh: 一只礼盒, en: A small gift}
    summary: {zh: 一只礼盒送到前台。, en: A gift box at reception.}
    minutes: 5
    pools: [conduct]
    criteria:
      integrity: {zh: 诚信, en: Integrity}
      candour: {zh: 坦诚, en: Candour}
    vars:
      trust: {range: 0..3, start: 1}
      late: {kind: flag}
    start: parcel
    expert: [hand-in, declare, tell]
    cut_score: 70%
    scenes:
      parcel:
        text: {zh: 前台有你的礼盒。, en: A box waits for you.}
        documents: [slip]
        choices:
          hand-in:
            text: {zh: 原样交合规部。, en: Hand it to compliance.}
            to: form
            add: {trust: 1}
            rubric: {integrity: 2}
            because: {zh: canary-because 原样上交。, en: canary-because hand it in.}
            see: handbook/asking
          wait:
            text: {zh: 先放着。, en: Let it stand.}
            to: form
            set: {late: true}
            rubric: {integrity: -1}
            tempting: true
            because: {zh: canary-because 放着也是收下。, en: canary-because it is kept.}
          ask:
            text: {zh: 先问同事。, en: Ask a colleague.}
            to: parcel
            because: {zh: canary-because 可以问。, en: canary-because asking is free.}
          keep:
            text: {zh: 收下。, en: Keep it.}
            to: caught
            critical: true
            rubric: {integrity: -3, candour: -3}
            because: {zh: canary-because 不能收。, en: canary-because it may not be kept.}
      form:
        text: {zh: 申报表在眼前。, en: The form lies before you.}
        clock: {seconds: 60, then: put-off}
        choices:
          declare:
            text: {zh: 现在申报。, en: Declare now.}
            to: client
            rubric: {candour: 2}
            because: {zh: canary-because 当天申报。, en: canary-because the same day.}
          put-off:
            text: {zh: 明天再说。, en: Tomorrow will do.}
            to: client
            set: {late: true}
            rubric: {candour: -2}
            tempting: true
            because: {zh: canary-because 拖就是瞒。, en: canary-because late is hidden.}
      client:
        text: {zh: 客户来电。, en: The client rings.}
        choices:
          tell:
            text: {zh: 照实说。, en: Say what happened.}
            to: done
            when: {late: false}
            rubric: {candour: 1}
            because: {zh: canary-because 照实。, en: canary-because plainly.}
          apologise:
            text: {zh: 道歉并补报。, en: Apologise and declare.}
            to: done
            when: {late: true}
            because: {zh: canary-because 补报。, en: canary-because make it good.}
          deny:
            text: {zh: 说没收到。, en: Say nothing came.}
            to: caught
            critical: true
            when: {trust: 0..3}
            rubric: {candour: -3}
            because: {zh: canary-because 不能骗人。, en: canary-because do not lie.}
      done:
        ending: pass
        text: {zh: 事情说清楚了。, en: It is settled.}
      caught:
        ending: fail
        text: {zh: 合规部找你谈话。, en: Compliance wants a word.}
    """).lstrip()


def document(language: str, title: str, body: str) -> str:
    return f"---\nid: slip\ntitle: {title}\nkind: sheet\n---\n{body}\n"


HANDBOOK = "---\nid: asking\ntitle: {0}\nkeywords: [{0}]\n---\n## {0}\n\n{0}\n"
FILES = {
    PATH: TEXT.encode(),
    f"cases/{CASE}/documents/slip.zh.md": document("zh", "快递单", "一件。").encode(),
    f"cases/{CASE}/documents/slip.en.md": document("en", "Courier slip", "One parcel.").encode(),
    "content/handbook/asking.zh.md": HANDBOOK.format("索要").encode(),
    "content/handbook/asking.en.md": HANDBOOK.format("Asking").encode(),
}


def publish_case(database):
    """Publish the case with the handbook section it refers to."""
    return publish_content(database, checked(FILES), NOON)


def an_actor(person_id) -> Actor:
    return Actor(person_id, "Ana", frozenset({Role.LEARNER}))


def begin(database, person_id, at=NOON, case_id=CASE):
    with database.transaction(BY, now=at) as session:
        return actions.start_play(session, person_id, case_id, at)


def choose(database, play, number, choice, at=NOON):
    with database.transaction(BY, now=at) as session:
        return actions.choose(session, an_actor(play.person_id), play.id, (number, choice), at)


def play_through(database, person_id, choices=EXPERT, at=NOON, case_id=CASE):
    """Play a whole case at one instant."""
    play = begin(database, person_id, at, case_id)
    for number, choice in enumerate(choices, 1):
        play = choose(database, play, number, choice, at)
    return play


def stored(database, play):
    """The play and its steps as the database has them now."""
    with database.transaction(BY) as session:
        return queries.found_play(session, session.get_one(type(play), play.id))
