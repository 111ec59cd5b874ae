"""Texts that change: an editorial change touches nobody, a material one is owed beside the state until it is met."""

import io
import json
from datetime import date, timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from lms.approvals.actions import approve
from lms.approvals.models import Approval
from lms.approvals.queries import kind_of, payload_of
from lms.authoring.actions import ask_publication
from lms.authoring.publishing import Sorting
from lms.certification.actions.printing import data_of
from lms.certification.documents import certificate_pdf
from lms.certification.models import Certificate, CreditRow
from lms.certification.queries.certificates import sealed_under
from lms.core import clock
from lms.core.access import Role
from lms.core.versions import snapshot
from lms.courses import actions as courses
from lms.courses.models import CourseRun
from lms.jobs import KINDS
from lms.notices.delivery import Surroundings, work
from lms.people.actions import add_person
from lms.people.queries import actor_of_person
from lms.people.rules import NewPerson
from lms.quizzes import actions as quizzes
from lms.quizzes.documents import item_from
from lms.quizzes.models import Attempt
from lms.quizzes.queries import stored_paper
from lms.quizzes.queries.replay import replay
from lms.quizzes.scoring import key_response, response_document
from tests.certification.loop import SHANGHAI, Firm, instant
from tests.content import changed, publish_content
from tests.factories import BY, make_unit, post, sign_in
from tests.statements import counted

LESSON = "content/courses/client-confidentiality/01-what-is-client-information"


@pytest.fixture
def firm(database, settings):
    found = Firm(database)
    found.erin = found.hire("erin", "2025-01-02", roles=(Role.AUTHOR,))
    found.fang = found.hire("fang", "2025-01-02", roles=(Role.APPROVER,))
    found.around = Surroundings(database, settings)
    return found


def republish(firm, day, edits=(), **sorting):
    words = edits or [(f"{LESSON}.{language}.md", "## ", "## x") for language in ("zh", "en")]
    with firm.doing(day) as session:
        erin, fang = (actor_of_person(session, each, instant(day)) for each in (firm.erin, firm.fang))
        asked = ask_publication(session, erin, changed(*words), Sorting(**sorting), "Review", instant(day))
        asked = session.get_one(Approval, asked.id)
        preview = kind_of(session, "content").preview(session, payload_of(asked))
        approve(session, fang, asked.id, preview.hash, instant(day))
    # The reassessment of everybody is a job: let it be done as of that day.
    with firm.doing(day) as session:
        KINDS["reassess-all"](session, {"after": ""}, firm.around, instant(day))


def test_an_editorial_change_opens_nothing(firm):
    ana = firm.hire("ana", "2025-02-03")
    firm.onboard(ana, "2025-02-10")
    before = firm.row(ana)
    republish(firm, "2025-04-01", editorial=("*",))
    assert firm.row(ana).overlays == before.overlays == ""
    firm.sweep("2025-04-01")
    assert firm.check("2025-04-01") == []


def test_a_material_change_is_owed_by_its_own_day_and_met_by_a_run_on_the_new_text(firm):
    ana = firm.hire("ana", "2025-02-03")
    firm.onboard(ana, "2025-02-10")
    until = firm.row(ana).valid_until
    republish(firm, "2025-04-01", material=("*",))
    row = firm.row(ana)
    assert (row.state, row.overlays, row.valid_until) == ("certified", "supplement_due", until)
    assert '"target": "client-confidentiality"' in row.steps
    with firm.database.reading() as session:
        opened = select(CourseRun.period_key).where(
            CourseRun.person_id == ana, CourseRun.finished_on.is_(None)
        )
        assert [key for key in session.scalars(opened) if "supplement" in key]
    firm.sweep("2025-05-02")
    assert firm.row(ana).overlays == "supplement_overdue"
    firm.finish(ana, "course", "client-confidentiality", "2025-05-03")
    assert (firm.row(ana).overlays, firm.row(ana, "onboarding").overlays) == ("", "")
    assert firm.row(ana).valid_until == until
    firm.sweep("2025-05-03")
    assert firm.check("2025-05-03") == []


BANK = "content/courses/client-confidentiality/bank.yml"
LESSONS = [(f"{LESSON}.{language}.md", "## ", "## x") for language in ("zh", "en")]
ITEMS = [
    (BANK, "A finance website, quoting", "A business website, quoting"),
    (BANK, "一家财经网站引", "一家商业网站引"),
]
COURSE = "/courses/client-confidentiality"
FIRST = "what-is-client-information"
MATERIAL = (f"lesson/client-confidentiality/{FIRST}", "item/CONF-0001")


def answer(firm, person, attempt_id, day):
    """Answer the attempt rightly throughout, hand it in and have it scored."""
    with firm.doing(day) as session:
        attempt = session.get_one(Attempt, attempt_id)
        texts = snapshot(session)
        actor = actor_of_person(session, person, attempt.started_at)
        keys = {
            slot.number: response_document(key_response(item_from(texts.get("item", slot.item).body)))
            for slot in stored_paper(attempt).paper.slots
        }
        given = tuple(quizzes.Answer(slot, slot, chosen) for slot, chosen in keys.items())
        quizzes.save_responses(session, actor, attempt.id, quizzes.Sent("window", given), attempt.started_at)
        at = attempt.started_at + timedelta(seconds=30)
        quizzes.submit_attempt(session, actor, attempt.id, at)
    with firm.doing(day) as session:
        return bool(quizzes.score_attempt(session, attempt_id, at).passed)


def test_a_holder_reads_exactly_the_changed_lesson_and_answers_exactly_the_changed_item(firm, app):
    today = clock.today(SHANGHAI)
    ana, ben = firm.hire("ana", "2025-02-03"), firm.hire("ben", "2025-02-03")
    firm.onboard(ana, today - timedelta(days=30))
    until = firm.row(ana).valid_until
    published = today - timedelta(days=5)
    republish(firm, published, [*LESSONS, *ITEMS], material=MATERIAL, due="21d")
    row, due = firm.row(ana), published + timedelta(days=21)
    assert (row.state, row.overlays, row.valid_until) == ("certified", "supplement_due", until)
    assert [(each["lessons"], each["items"], each["due_on"]) for each in json.loads(row.steps)
            if "supplement" in each] == [([FIRST], ["CONF-0001"], due.isoformat())]  # fmt: skip
    assert (
        "supplement" not in firm.row(ben, "onboarding").overlays
    )  # who holds nothing yet owes the whole anyway

    client = app.test_client()
    sign_in(client, ana)
    shown = client.get("/?lang=en").get_data(as_text=True)
    assert "A short quiz asks the 1 question that changed." in shown
    assert f"{COURSE}/changes" in shown
    assert "To be done by" in shown
    assert "小测验" in client.get("/?lang=zh").get_data(as_text=True)
    with counted(firm.database) as statements:
        page = client.get(f"{COURSE}/changes?lang=en").get_data(as_text=True)
    assert len(statements) <= 5, statements
    assert "What client information is" in page
    assert "Need to know: who" not in page

    assert post(client, f"{COURSE}/need-to-know/finish").status_code == 303
    assert firm.row(ana).overlays == "supplement_due"
    read_again = client.get(f"{COURSE}/{FIRST}?lang=en").get_data(as_text=True)
    assert "This lesson has changed since you finished the course." in read_again
    assert post(client, f"{COURSE}/{FIRST}/finish").location == f"{COURSE}/changes"
    started = post(client, f"{COURSE}/changes/2")
    with firm.database.reading() as session:
        attempt = session.scalars(select(Attempt).where(Attempt.person_id == ana)).one()
        attempt_id = attempt.id
        assert started.location == f"/attempts/{attempt_id}"
        assert [slot.item for slot in stored_paper(attempt).paper.slots] == ["CONF-0001"]
        current = snapshot(session).get("item", "CONF-0001")
        assert (current.number, stored_paper(attempt).versions) == (2, {"CONF-0001": current.id})
    assert client.get(f"{started.location}?lang=en").status_code == 200
    assert answer(firm, ana, attempt_id, today)
    assert [firm.row(ana, each).overlays for each in ("onboarding", "annual-confidentiality")] == ["", ""]
    assert firm.row(ana).valid_until == until
    with firm.database.reading() as session:
        assert [each.fault for each in replay(session)] == [""]
        assert {each.supplement for each in session.scalars(select(CreditRow).where(
            CreditRow.person_id == ana, CreditRow.target == "client-confidentiality"))} == {None, 2}  # fmt: skip
    assert "Nothing to do again" in client.get(f"{COURSE}/changes?lang=en").get_data(as_text=True)
    assert firm.check(today.isoformat()) == []


def test_a_stranger_has_no_run_of_what_changed(firm, app):
    ana, dario = firm.hire("ana", "2025-02-03"), firm.hire("dario", "2025-02-03")
    firm.onboard(ana, "2025-02-10")
    republish(firm, "2025-04-01", [*LESSONS, *ITEMS], material=MATERIAL)
    client = app.test_client()
    sign_in(client, dario)
    assert post(client, f"{COURSE}/changes/2").status_code == 404


def test_changed_lessons_alone_ask_no_question_and_two_changes_are_two_supplements(firm):
    ana = firm.hire("ana", "2025-02-03")
    firm.onboard(ana, "2025-02-10")
    republish(firm, "2025-04-01", LESSONS, material=MATERIAL[:1], due="10d")
    republish(firm, "2025-04-05", [*LESSONS, *ITEMS], material=MATERIAL[1:], due="2m")
    with firm.doing("2025-04-06") as session:
        courses.finish_lesson(session, ana, "client-confidentiality", FIRST, instant("2025-04-06"))
    with firm.database.reading() as session:
        runs = session.execute(
            select(CourseRun.supplement, CourseRun.finished_on).where(
                CourseRun.person_id == ana, CourseRun.supplement.isnot(None)
            )
        ).all()
    assert dict(map(tuple, runs)) == {2: date(2025, 4, 6), 3: None}
    assert firm.row(ana).overlays == "supplement_due"
    firm.sweep("2025-06-06")
    assert firm.row(ana).overlays == "supplement_overdue"
    firm.finish(ana, "course", "client-confidentiality", "2025-06-07")
    assert firm.row(ana).overlays == ""


def test_certificates_name_the_versions_they_were_earned_on(firm, client):
    ana, ben = firm.hire("ana", "2025-02-03"), firm.hire("ben", "2025-03-03")
    firm.onboard(ana, "2025-02-10")
    republish(firm, "2025-04-01", LESSONS, material=MATERIAL[:1])
    firm.onboard(ben, "2025-04-10")
    firm.seal("2025-04-11")
    for person, version in ((ana, 1), (ben, 2)):
        with firm.database.reading() as session:
            query = select(Certificate).where(Certificate.person_id == person)
            row = session.scalars(query.where(Certificate.programme == "onboarding")).one()
            point = sealed_under(session, row.event_id)
            pdf = certificate_pdf(data_of(session, row, point, firm.around.settings))
            number = row.number
        told = client.get(f"/certificates/{number}.json").get_json()["earned_on"]
        found = {(each["need"], each["target"]): each["version"] for each in told}
        assert found["course", "client-confidentiality"] == version
        assert found["agreement", "confidentiality-agreement"] == 1
        page = client.get(f"/certificates/{number}?lang=en").get_data(as_text=True)
        assert f"Client confidentiality, version {version}" in page
        printed = " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
        assert f"客户信息保密 v{version}" in printed


def test_what_was_begun_shows(firm):
    ana = firm.hire("ana", "2025-02-03")
    assert firm.row(ana, "onboarding").overlays == ""
    with firm.doing("2025-02-04") as session:
        courses.finish_lesson(
            session, ana, "client-confidentiality", "what-is-client-information", instant("2025-02-04")
        )
    assert firm.row(ana, "onboarding").overlays == "in_progress"
    assert firm.ask(ana, "2025-02-03", "onboarding").standing.overlays == frozenset()


def test_everybody_is_assessed_once_texts_are_published_after_they_have_come(database, settings):
    with database.transaction(BY) as session:
        unit = make_unit(session, "desk")
        new = NewPerson(
            staff_number="S-1", name_zh="安娜", name_en="Ana", unit_id=unit, joined_on=date(2025, 1, 6)
        )
        ana = add_person(session, new, clock.now())
    publish_content(database)
    firm = Firm.__new__(Firm)
    firm.database = database
    assert firm.row(ana, "onboarding") is None
    while work(Surroundings(database, settings), KINDS, clock.now()):
        pass
    assert firm.row(ana, "onboarding").state == "assigned"
