"""A firm in which every page has something to show: made by the acts of real use, then served in a thread."""

import logging
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from werkzeug.serving import make_server

from lms.approvals.actions import approve
from lms.approvals.models import Approval
from lms.approvals.queries import kind_of, payload_of
from lms.authoring.actions import ask_publication
from lms.authoring.publishing import Sorting
from lms.cases import actions as cases
from lms.cases.queries import case_of
from lms.certification.actions import reassess
from lms.certification.models import Certificate
from lms.core import clock
from lms.core.access import Actor, Role
from lms.core.db import By
from lms.core.versions import snapshot
from lms.jobs import KINDS
from lms.notices.delivery import Surroundings, work
from lms.people import actions
from lms.people.models import Account
from lms.people.queries import actor_of_person
from lms.quizzes import queries as quizzes
from lms.quizzes import showing
from lms.quizzes.scoring import key_response, response_document
from tests.certification.loop import SHANGHAI, Firm
from tests.content import changed
from tests.factories import make_unit, post, sign_in

BY = By("tests")
COURSE, AGREEMENT = "client-confidentiality", "confidentiality-agreement"
LONG = {
    "name_zh": "欧阳慕容上官司马诸葛皇甫端木令狐之子",
    "name_en": "Maximiliana-Alexandra Featherstonehaugh-Wolfeschlegelstein",
    "mail": "maximiliana-alexandra.featherstonehaugh-wolfeschlegelstein@correspondence.example.test",
}
BAD_ROSTER = (
    "staff_number,name_zh,name_en,mail,unit,roles,manager,joined_on,left_on\n"
    "N-1,新人,New Person,new@example.test,north,,,2026-01-05,\n"
    "N-2,,,not-a-mail,nowhere,king,,2026-13-01,\n"
    "N-2,重复,Twice,twice@example.test,north,,,2026-01-05,\n"
).encode()
GOOD_ROSTER = (
    "staff_number,name_zh,name_en,mail,unit,roles,manager,joined_on,left_on\n"
    "N-1,新人,New Person,new@example.test,north,,,2026-01-05,\n"
).encode()


def ago(days: int) -> date:
    """The firm's civil day so many days before today."""
    return clock.today(SHANGHAI) - timedelta(days=days)


def instant_of(day: date) -> datetime:
    return datetime.combine(day, time(10), SHANGHAI)


@dataclass
class House:
    """What the pages need to be asked for: ids, and the cookie that signs each person in."""

    app: object
    database: object
    firm: Firm
    url: str = ""
    people: dict = field(default_factory=dict)
    ids: dict = field(default_factory=dict)

    def client(self, name):
        client = self.app.test_client()
        sign_in(client, self.people[name])
        return client

    def cookie(self, name) -> str:
        return self.client(name).get_cookie("chizheng").value


def build_house(app, database, settings) -> House:
    """Hire everybody, let time pass, then let them act today."""
    firm = Firm(database, published=ago(800))
    house = House(app, database, firm)
    _hire(house)
    _pass_time(house)
    _learn(house)
    _decide(house)
    _set_aside(house)
    _print(house, settings)
    _change_texts(house)
    return house


def _hire(house) -> None:
    firm, at = house.firm, instant_of(ago(799))
    with firm.doing(ago(799)) as session:
        north = make_unit(session, "north", firm.unit, at)
        south = make_unit(session, "south", firm.unit, at)
    house.ids["unit"] = north
    cast = [
        ("bruno", 790, north, (), "鲍宁", "Bruno Bao"), ("liwei", 420, north, (), "李伟", "Li Wei"),
        ("mia", 500, north, (), LONG["name_zh"], LONG["name_en"]), ("dario", 60, south, (), "狄睿", "Dario Di"),
        ("ana", 5, north, (), "安娜", "Ana An"), ("carla", 40, firm.unit, (Role.HR,), "柯岚", "Carla Ke"),
        ("felix", 39, firm.unit, (Role.AUDITOR,), "费立", "Felix Fei"),
        ("fang", 38, firm.unit, (Role.APPROVER,), "方敏", "Fang Min"),
        ("erin", 37, firm.unit, (Role.AUTHOR,), "艾琳", "Erin Ai"),
        ("admin", 36, firm.unit, (Role.ADMINISTRATOR,), "安管", "Adam Admin"),
        ("nils", 2, south, (), "倪斯", "Nils Ni"), ("nora", 2, south, (), "倪娜", "Nora Ni"),
        ("zoe", 3, south, (), "周怡", "Zoe Zhou"), ("yan", 4, south, (), "严宁", "Yan Ning"),
    ]  # fmt: skip
    for name, days, unit, roles, zh, en in cast:
        mail = {"mia": LONG["mail"], "nils": ""}.get(name, f"{name}@example.test")
        house.people[name] = firm.hire(name, ago(days), unit, roles, name_zh=zh, name_en=en, mail=mail)
    with firm.doing(ago(780)) as session:
        actions.set_lead(session, north, house.people["bruno"], ago(780), instant_of(ago(780)))
    with firm.doing(ago(1)) as session:
        for name in ("nils", "nora"):
            session.get_one(Account, house.people[name]).password_hash = ""


def _pass_time(house) -> None:
    firm, who = house.firm, house.people
    for name, day in (("mia", 480), ("liwei", 340), ("bruno", 200), ("carla", 30)):
        firm.onboard(who[name], ago(day))
    for day in (450, 400, 300, 200, 100, 50, 20, 10, 1, 0):
        firm.sweep(ago(day))


def _learn(house) -> None:
    """Ana reads, fails a quiz and opens another; Li Wei renews by a quiz he passes but for one answer."""
    ana = house.client("ana")
    page = ana.get(f"/courses/{COURSE}").text
    lessons = list(dict.fromkeys(re.findall(rf"/courses/{COURSE}/([\w-]+)[\"#]", page)))
    lessons = [each for each in lessons if each not in {"summary", "start"}]
    house.ids["lesson"] = lessons[1]
    post(ana, f"/courses/{COURSE}/start")
    post(ana, f"/courses/{COURSE}/{lessons[0]}/finish")
    house.ids["failed"] = _attempt(house, "ana", COURSE, right=5)
    house.ids["open"] = _attempt(house, "ana", "professional-ethics")
    house.ids["passed"] = _attempt(house, "dario", "professional-ethics", right=9)
    house.ids["play"] = play_case(house, "ana", "wechat-due-diligence", steps=1)
    house.ids["play-passed"] = play_case(house, "dario", "dscr-slides")
    house.ids["play-failed"] = play_case(house, "liwei", "gift-before-approval", ("car-boot",))


def play_case(house, name, case, ways=None, steps=None):
    """Play a case: the expert's first steps, all of them, or the ways told."""
    at, who = clock.now(), house.people[name]
    actor = Actor(who, name, frozenset({Role.LEARNER}))
    with house.database.transaction(BY) as session:
        play = cases.start_play(session, who, case, at)
        ways = ways or case_of(snapshot(session), case).case.expert[:steps]
        for number, way in enumerate(ways, 1):
            cases.choose(session, actor, play.id, (number, way), at)
        return play.id


def _attempt(house, name, quiz, right=None):
    """Take a quiz: `right` answers right and one wrong, the rest left out; None leaves the paper open."""
    client = house.client(name)
    attempt = post(client, f"/quizzes/{quiz}").location.rsplit("/", 1)[1]
    with house.database.transaction(BY) as session:
        found, batches = quizzes.attempt_with_batches(session, UUID(attempt), house.people[name])
        sheet = showing.sheet_of(session, found, batches)
        slots = [(slot.number, sheet.items[slot.item].item) for slot in sheet.stored.paper.slots]
    kept = slots if right is not None else slots[:3]
    answers = [
        {
            "slot": number,
            "seq": number,
            "response": _answer(item, right is None or number <= right),
        }
        for number, item in kept[: (right or 3) + 1]
    ]
    headers = {"X-CSRFToken": client.get("/csrf").json["csrf_token"]}
    assert client.post(f"/attempts/{attempt}/responses", json=answers, headers=headers).status_code == 200
    if right is not None:
        post(client, f"/attempts/{attempt}/submit", {"confirmed": "1"})
    return attempt


def _answer(item, right: bool):
    if right:
        return response_document(key_response(item))
    wrong = [each.id for each in item.options if item.key and not each.right]
    return {"choose": wrong[:1]} if wrong else None


def _decide(house) -> None:
    """HR opens a cycle and asks for its seal; credits are asked for, granted and refused."""
    carla = house.client("carla")
    cycle = {"cycle": "2025-H2", "starts_on": ago(200), "ends_on": ago(10)}
    assert post(carla, "/evaluations", cycle).status_code == 303
    assert post(carla, "/evaluations/2025-H2/seal", {"reason": "半年评价结束。"}).status_code == 303
    for name, day in (("dario", 20), ("mia", 15)):
        credit = {
            "people": name, "target": f"course:{COURSE}", "occurred_on": ago(day), "evidence": "线下培训签到表。",
        }  # fmt: skip
        assert post(carla, "/hr/credits/new", credit).status_code == 303
    with house.database.reading() as session:
        asked = list(session.execute(select(Approval.id, Approval.kind).order_by(Approval.asked_at)))
    house.ids["seal"] = next(each for each, kind in asked if "seal" in kind)
    credits_asked = [each for each, kind in asked if "seal" not in kind]
    house.ids["credit"] = credits_asked[0]
    fang = house.client("fang")
    refusal = {"refuse": "1", "reason": "签到表上没有此人。"}
    assert post(fang, f"/hr/approvals/{credits_asked[-1]}", refusal).status_code == 303


def _set_aside(house) -> None:
    """HR assigns by a rule that waits; what is asked of Yan is waived by two."""
    carla, fang = house.client("carla"), house.client("fang")
    rule = {
        "who": "unit", "unit": "south", "from_on": ago(0), "due_on": ago(-30), "reason": "新增客户资料查阅职责。",
    }  # fmt: skip
    house.ids["rule"] = _asked(carla, "/hr/programmes/annual-confidentiality/assign", rule)
    waiver = {"programme": "onboarding", "until_on": ago(-60), "reason": "项目驻外，暂不能参加培训。"}
    asked = _asked(carla, f"/hr/people/{house.people['yan']}/decide/waiver", waiver)
    approval = {"approve": "1", "preview_hash": _hash(fang.get(f"/hr/approvals/{asked}").text)}
    assert post(fang, f"/hr/approvals/{asked}", approval).status_code == 303


def _asked(client, path: str, sent: dict) -> str:
    """Send a form, look at its preview and go on; return the id of the request."""
    preview = _hash(post(client, path, sent).text)
    return post(client, path, {**sent, "preview_hash": preview}).location.rsplit("/", 1)[1]


def _hash(text: str) -> str:
    return re.search(r'name="preview_hash"[^>]*value="(\w+)"', text).group(1)


def _print(house, settings) -> None:
    """Seal the log, make the certificates' PDFs, and read the numbers and ids that pages are asked by."""
    house.firm.seal(ago(0))
    around = Surroundings(house.database, settings)
    while work(around, KINDS, clock.now()):
        pass
    with house.database.reading() as session:
        numbers = select(Certificate.person_id, Certificate.number).where(
            Certificate.programme == "annual-confidentiality"
        )
        house.ids["numbers"] = dict(session.execute(numbers).all())
    with house.database.transaction(BY) as session:
        at = clock.now()
        house.ids["link"] = actions.issue_link(
            session, house.people["nils"], at, by_mail=False, by_another=True
        )


def _change_texts(house) -> None:
    """Erin has a lesson and a question changed materially; Bruno, who holds the course, is assessed anew."""
    lesson, bank = (
        f"content/courses/{COURSE}/01-what-is-client-information",
        f"content/courses/{COURSE}/bank.yml",
    )
    edits = [
        (f"{lesson}.zh.md", "\n## ", "\n本节已按新规定修订。\n\n## "),
        (f"{lesson}.en.md", "\n## ", "\nThis part follows the new rule.\n\n## "),
        (bank, "A finance website, quoting", "A business website, quoting"),
        (bank, "一家财经网站引", "一家商业网站引"),
    ]
    at, (erin, fang) = clock.now(), (house.people[each] for each in ("erin", "fang"))
    with house.database.transaction(BY) as session:
        author, approver = (actor_of_person(session, each, at) for each in (erin, fang))
        asked = ask_publication(
            session, author, changed(*edits), Sorting(material=("*",), due="21d"), "新规定施行。", at
        )
        preview = kind_of(session, asked.kind).preview(session, payload_of(asked))
        approve(session, approver, asked.id, preview.hash, at)
    with house.database.transaction(BY) as session:
        reassess(session, house.people["bruno"], at)


def roster_file(data: bytes) -> dict:
    return {"name": "roster.csv", "mimeType": "text/csv", "buffer": data}


@contextmanager
def served(house):
    """The house behind an address of this machine."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, house.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    house.url = f"http://127.0.0.1:{server.server_port}"
    yield house
    server.shutdown()
    thread.join()
    server.server_close()
