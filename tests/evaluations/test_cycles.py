"""Cycles on a database: previews, the seal by two people, corrections beside it, who reads what, the feed."""

import csv
import io
import json
from datetime import date
from fractions import Fraction
from uuid import UUID, uuid4

import openpyxl
import pytest
from sqlalchemy import select

from lms.approvals.actions import approve, refuse
from lms.approvals.models import Approval
from lms.audit.events import record
from lms.audit.models import AuditBody, AuditEvent
from lms.core.access import Role
from lms.core.canonical import canonical_json, sha256_hex
from lms.core.errors import Conflict, Invalid, NotAllowed
from lms.core.versions import snapshot
from lms.evaluations import actions, presenting, queries
from lms.evaluations.models import Correction, SealedEvaluation
from lms.people.actions import issue_token, set_lead
from lms.people.queries import actor_of_person
from lms.quizzes.models import Attempt
from lms.quizzes.rules import AttemptState, AttemptSubmitted, QuizKind
from tests.certification.loop import Firm, instant
from tests.factories import make_unit, post, sign_in
from tests.kept import kept
from tests.statements import counted

ASKED, DECIDED, LATER = "2026-01-05", "2026-01-06", "2026-02-10"
CYCLE = "2025"


class World:
    """A firm in 2025: Ana did all in time, Mia let onboarding slip for the last half, Leo joined after."""

    def __init__(self, database):
        self.database = database
        self.firm = firm = Firm(database, published="2024-06-01")
        with firm.doing("2024-06-02") as session:
            self.north = make_unit(session, "north", firm.unit, instant("2024-06-02"))
            self.south = make_unit(session, "south", firm.unit, instant("2024-06-02"))
        self.bruno = firm.hire("bruno", "2024-06-03", self.north)
        self.carla = firm.hire("carla", "2024-06-03", roles=(Role.HR,))
        self.cleo = firm.hire("cleo", "2024-06-03", roles=(Role.HR,))
        self.felix = firm.hire("felix", "2024-06-03", roles=(Role.AUDITOR,))
        self.admin = firm.hire("admin", "2024-06-03", roles=(Role.ADMINISTRATOR,))
        self.dario = firm.hire("dario", "2024-06-03", self.south)
        self.ana = firm.hire("ana", "2025-01-01", self.north)
        self.mia = firm.hire("mia", "2025-06-01", self.north)
        self.leo = firm.hire("leo", "2026-01-02", self.south)
        with firm.doing("2024-06-03") as session:
            set_lead(session, self.north, self.bruno, date(2024, 6, 3), instant("2024-06-03"))
        firm.onboard(self.ana, "2025-01-20")
        for day in ("2025-03-01", "2025-07-02", "2026-01-03"):
            firm.sweep(day)
        with firm.doing(ASKED) as session:
            actions.open_cycle(session, CYCLE, date(2025, 1, 1), date(2025, 12, 31), instant(ASKED))

    def attempt(self, person, day, score="9/10", target="onboarding-final"):
        with self.firm.doing(day) as session:
            version = snapshot(session).get("examination", target)
            attempt_id, at = uuid4(), instant(day)
            happened = AttemptSubmitted(
                subject=f"attempt:{attempt_id}", occurred_at=at, person_id=person, quiz_kind=QuizKind.EXAMINATION,
                quiz_id=target, run_id="a", digest="", timed_out=False,
            )  # fmt: skip
            session.add(
                Attempt(
                    id=attempt_id, person_id=person, quiz_kind="examination", quiz_id=target, run_id="a", number=1,
                    version_id=version.id, seed="0", paper="[]", items=10, started_at=at, deadline_at=at,
                    state=AttemptState.SCORED, submitted_at=at, scored_at=at, score=score, passed=True,
                    credited_on=date.fromisoformat(day), started_event_id=record(session, happened),
                )
            )  # fmt: skip
        return attempt_id

    def decide(self, approval_id, who, day=DECIDED):
        with self.firm.doing(day) as session:
            actor = actor_of_person(session, who, instant(day))
            found = session.get_one(Approval, approval_id)
            return approve(session, actor, approval_id, found.preview_hash, instant(day))

    def seal(self, day=ASKED, decided=DECIDED):
        with self.firm.doing(day) as session:
            asked = actions.ask_seal(session, self.carla, CYCLE, "The year is over.", instant(day)).id
        self.decide(asked, self.cleo, decided)

    def figures(self, *people, day=ASKED):
        with self.firm.doing(day) as session:
            view = queries.cycle(session, CYCLE)
            return presenting.figures_of(session, view, people or queries.people_of(session, view))

    def bodies(self, kind):
        with self.database.reading() as session:
            query = select(AuditBody.body).join(AuditEvent, AuditEvent.id == AuditBody.event_id)
            return [json.loads(body) for body in session.scalars(query.where(AuditEvent.kind == kind))]


@pytest.fixture
def world(database):
    return kept("evaluations", database, World)


def test_a_preview_follows_the_facts_with_evidence_for_each_figure(world):
    attempt = world.attempt(world.ana, "2025-01-20")
    figures = world.figures()
    ana, mia = figures[world.ana], figures[world.mia]
    assert ana["components"]["certification"]["score"] == "100"
    assert ana["components"]["assessment"]["evidence"] == [f"attempt:{attempt}"]
    assert ana["grade"] == "A"
    # Mia was in time for 30 days of June and the first of July, then late for the rest: 31 of 214 days.
    assert mia["components"]["certification"]["score"] == str(Fraction(3100, 214))
    assert mia["components"]["assessment"]["score"] is None
    assert mia["grade"] == "D"
    assert world.leo not in figures


def test_days_that_have_not_come_count_for_nobody(world):
    with world.firm.doing(ASKED) as session:
        actions.open_cycle(session, "2026", date(2026, 1, 1), date(2026, 12, 31), instant(ASKED))
        view = queries.cycle(session, "2026")
        leo = presenting.figures_of(session, view, [world.leo])[world.leo]
    # He is in time today, though by December he would be late if he did nothing.
    assert leo["components"]["certification"]["score"] == "100"
    assert leo["lines"][0]["params"]["owed_days"] == 4


def test_a_cycle_is_sealed_by_two_people_and_its_hash_is_that_of_its_rows(world):
    world.seal()
    with world.database.reading() as session:
        view = queries.cycle(session, CYCLE)
        rows = session.scalars(select(SealedEvaluation).where(SealedEvaluation.cycle_id == CYCLE)).all()
        documents = [json.loads(row.document) for row in sorted(rows, key=lambda row: str(row.person_id))]
        assert view.seal.sha256 == sha256_hex(canonical_json(documents))
        assert {view.seal.asked_by_id, view.seal.approved_by_id} == {world.carla, world.cleo}
        assert {row.person_id for row in rows} == set(queries.people_of(session, view))
        inputs = json.loads(next(row.inputs for row in rows if row.person_id == world.ana))
        assert inputs["standings"]
        sha256 = view.seal.sha256
    sealed = world.bodies("CycleSealed")
    assert [each["after"]["people"] for each in sealed] == [len(rows)]
    assert sealed[0]["after"]["sha256"] == sha256


def test_the_asker_cannot_approve_the_seal(world):
    with world.firm.doing(ASKED) as session:
        asked = actions.ask_seal(session, world.carla, CYCLE, "Over.", instant(ASKED)).id
    with pytest.raises(NotAllowed):
        world.decide(asked, world.carla)
    assert world.bodies("CycleSealed") == []


def test_a_preview_that_has_changed_since_is_not_sealed(world):
    with world.firm.doing(ASKED) as session:
        asked = actions.ask_seal(session, world.carla, CYCLE, "Over.", instant(ASKED)).id
    world.attempt(world.ana, "2025-01-20", "5/10")
    with pytest.raises(Conflict):
        world.decide(asked, world.cleo)


def test_a_cycle_is_sealed_once(world):
    asked = []
    for _ in range(2):
        with world.firm.doing(ASKED) as session:
            asked.append(actions.ask_seal(session, world.carla, CYCLE, "Over.", instant(ASKED)).id)
    world.decide(asked[0], world.cleo)
    with pytest.raises(Conflict):
        world.decide(asked[1], world.cleo)
    with pytest.raises(Conflict), world.firm.doing(LATER) as session:
        actions.ask_seal(session, world.carla, CYCLE, "Again.", instant(LATER))
    assert len(world.bodies("CycleSealed")) == 1


def test_a_cycle_that_is_not_over_cannot_be_sealed(world):
    with world.firm.doing(ASKED) as session:
        actions.open_cycle(session, "2026", date(2026, 1, 1), date(2026, 12, 31), instant(ASKED))
    with pytest.raises(Conflict), world.firm.doing(ASKED) as session:
        actions.ask_seal(session, world.carla, "2026", "Too early.", instant(ASKED))


def test_a_refused_seal_leaves_previews(world):
    with world.firm.doing(ASKED) as session:
        asked = actions.ask_seal(session, world.carla, CYCLE, "Over.", instant(ASKED)).id
    with world.firm.doing(DECIDED) as session:
        refuse(
            session, actor_of_person(session, world.cleo, instant(DECIDED)), asked, "Wait.", instant(DECIDED)
        )
        assert queries.cycle(session, CYCLE).seal is None


def test_sealed_figures_stay_whatever_is_learned_later(world):
    world.seal()
    before = world.figures(day=LATER)
    world.attempt(world.ana, "2025-01-20", "4/10")
    assert world.figures(day=LATER) == before


def test_a_correction_is_added_beside_what_was_sealed(world):
    world.seal()
    before = world.figures(world.ana, day=LATER)[world.ana]
    world.attempt(world.ana, "2025-01-20", "4/10")
    with world.firm.doing(LATER) as session:
        asked = actions.ask_correction(
            session, world.carla, (CYCLE, world.ana), "An attempt was lost.", instant(LATER)
        ).id
    world.decide(asked, world.cleo, LATER)
    now = world.figures(world.ana, day=LATER)[world.ana]
    assert now["components"]["assessment"]["score"] == "30"
    with world.database.reading() as session:
        assert queries.sealed_document(session, CYCLE, world.ana) == before
        rows = session.scalars(select(Correction)).all()
        assert [(row.number, row.person_id) for row in rows] == [(1, world.ana)]
    assert len(world.bodies("EvaluationCorrected")) == 1
    with pytest.raises(Conflict), world.firm.doing(LATER) as session:
        actions.ask_correction(session, world.carla, (CYCLE, world.ana), "Again.", instant(LATER))


def test_nobody_has_their_own_figures_corrected_by_themselves(world):
    world.seal()
    world.attempt(world.carla, "2025-01-20", "10/10")
    with pytest.raises(NotAllowed), world.firm.doing(LATER) as session:
        actions.ask_correction(session, world.carla, (CYCLE, world.carla), "Mine.", instant(LATER))


def test_an_outage_counts_for_nobody(world):
    with world.firm.doing(ASKED) as session:
        days = (date(2025, 7, 2), date(2025, 12, 31))
        asked = actions.ask_outage(session, world.carla, days, "The data centre burnt.", instant(ASKED)).id
    world.decide(asked, world.cleo)
    mia = world.figures(world.mia)[world.mia]
    assert mia["components"]["certification"]["score"] == "100"


def test_days_out_of_order_or_overlapping_are_refused(world):
    for name, first, last in (
        ("x", "2025-02-01", "2025-01-01"),
        ("y", "2025-12-31", "2026-01-31"),
        ("a b", "2027-01-01", "2027-01-02"),
    ):
        with pytest.raises(Invalid), world.firm.doing(ASKED) as session:
            actions.open_cycle(
                session, name, date.fromisoformat(first), date.fromisoformat(last), instant(ASKED)
            )
    with pytest.raises(Conflict), world.firm.doing(ASKED) as session:
        actions.open_cycle(session, CYCLE, date(2028, 1, 1), date(2028, 1, 2), instant(ASKED))


NAMES = ("ana", "mia", "bruno", "carla", "cleo", "felix", "admin", "dario")


def test_everybody_sees_those_they_may(world, client):
    everybody = set(NAMES)
    for who, sees in {
        "ana": {"ana"}, "bruno": {"ana", "mia"}, "carla": everybody, "felix": everybody, "dario": {"dario"},
    }.items():  # fmt: skip
        sign_in(client, getattr(world, who))
        page = client.get(f"/evaluations/{CYCLE}?lang=en").text
        assert {name for name in NAMES if f"S-{name}" in page} == sees, who
        for name in NAMES:
            wanted = 200 if name in sees or name == who else 404
            status = client.get(f"/evaluations/{CYCLE}/{getattr(world, name)}").status_code
            assert status == wanted, (who, name)


def test_reading_another_persons_evaluation_is_recorded_and_ones_own_is_not(world, client):
    sign_in(client, world.ana)
    client.get(f"/evaluations/{CYCLE}/{world.ana}")
    assert world.bodies("EvaluationRead") == []
    sign_in(client, world.bruno)
    client.get(f"/evaluations/{CYCLE}/{world.ana}")
    assert [each["after"]["person"] for each in world.bodies("EvaluationRead")] == [str(world.ana)]


def test_a_persons_page_explains_every_line_and_their_own_list_shows_the_cycle(world, client):
    attempt = world.attempt(world.ana, "2025-01-20")
    sign_in(client, world.ana)
    page = client.get(f"/evaluations/{CYCLE}/{world.ana}?lang=en").text
    assert "365 of 365 days in good standing" in page
    assert f"attempt:{attempt}" in page
    assert CYCLE in client.get("/me/evaluations?lang=en").text


def test_only_hr_opens_seals_and_corrects(world, client):
    for who in ("ana", "bruno", "felix", "dario", "admin"):
        sign_in(client, getattr(world, who))
        assert (
            post(
                client, "/evaluations", {"cycle": "2030", "starts_on": "2030-01-01", "ends_on": "2030-12-31"}
            ).status_code
            == 403
        )
        assert post(client, f"/evaluations/{CYCLE}/seal", {"reason": "x"}).status_code == 403
        assert (
            post(client, f"/evaluations/{CYCLE}/{world.ana}/correction", {"reason": "x"}).status_code == 403
        )
    sign_in(client, world.carla)
    assert post(client, f"/evaluations/{CYCLE}/seal", {"reason": "Over."}).status_code == 303
    opened = {"cycle": "2030", "starts_on": "2030-01-01", "ends_on": "2030-12-31"}
    assert post(client, "/evaluations", opened).status_code == 303
    outage = {"from_on": "2025-07-01", "until_on": "2025-07-02", "reason": "Fire."}
    assert post(client, "/evaluations/outages", outage).status_code == 303


def test_files_hold_the_rows_of_the_screen_and_are_recorded(world, client):
    world.attempt(world.ana, "2025-01-20")
    sign_in(client, world.carla)
    page = client.get(f"/evaluations/{CYCLE}?lang=en").text
    data = client.get(f"/evaluations/{CYCLE}.csv?lang=en").data
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[0] == ["Name", "Staff number", "Unit", "Certification", "Assessment", "Total", "Grade"]
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/evaluations/{CYCLE}.xlsx?lang=en").data))
    sheet = [[cell or "" for cell in row] for row in book.active.iter_rows(values_only=True)]
    assert sheet == rows
    for row in rows[1:]:
        for cell in row:
            assert cell in page
    document = client.get(f"/evaluations/{CYCLE}.json?lang=en").get_json()
    assert [row["staff_number"] for row in document["rows"]] == [row[1] for row in rows[1:]]
    assert document["state"] == "open"
    assert document["seal"] is None
    assert len(world.bodies("EvaluationsExported")) == 3


def bearer(world, person, *scopes):
    with world.firm.doing(ASKED) as session:
        token = issue_token(session, person, "HR", scopes, instant("2027-12-01"), instant(ASKED))
    return {"Authorization": f"Bearer {token}"}


def test_the_feed_pages_by_person_and_says_when_nothing_changed(world, client):
    world.seal()
    headers = bearer(world, world.carla, "evaluations:read")
    found, after = [], ""
    while True:
        answer = client.get(f"/api/v1/evaluations/{CYCLE}?limit=3{after}", headers=headers)
        page = answer.get_json()
        found += page["rows"]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert [row["person"] for row in found] == sorted(row["person"] for row in found)
    assert len(found) == 8
    with world.database.reading() as session:
        assert page["seal"] == queries.cycle(session, CYCLE).seal.sha256
    again = client.get(
        f"/api/v1/evaluations/{CYCLE}?limit=3{after}",
        headers={**headers, "If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304
    assert again.data == b""


def test_the_feed_asks_for_scope_sign_in_and_sense(world, client):
    path = f"/api/v1/evaluations/{CYCLE}"
    assert client.get(path).status_code == 401
    assert client.get(path, headers=bearer(world, world.carla, "people:read")).status_code == 403
    assert (
        client.get(
            "/api/v1/evaluations/nope", headers=bearer(world, world.carla, "evaluations:read")
        ).status_code
        == 404
    )
    mine = client.get(path, headers=bearer(world, world.dario, "evaluations:read")).get_json()
    assert [UUID(row["person"]) for row in mine["rows"]] == [world.dario]
    wrong = client.get(f"{path}?limit=0", headers=bearer(world, world.carla, "evaluations:read"))
    assert wrong.status_code == 422
    assert wrong.content_type == "application/problem+json"
    assert wrong.get_json()["errors"][0]["field"] == "limit"


def test_statements_do_not_grow_with_people(world, client):
    sign_in(client, world.carla)
    client.get(f"/evaluations/{CYCLE}")
    with counted(world.database) as few:
        client.get(f"/evaluations/{CYCLE}")
    for number in range(12):
        world.firm.hire(f"more{number}", "2025-11-01", world.south)
    client.get(f"/evaluations/{CYCLE}")
    with counted(world.database) as many:
        client.get(f"/evaluations/{CYCLE}")
    assert len(many) == len(few)
