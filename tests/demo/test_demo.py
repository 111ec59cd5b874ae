"""The demonstration firm: made through the same acts as real use, the same whenever made on one day."""

import io
import shutil
import time
from argparse import Namespace
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from lms.app import open_database
from lms.audit.models import AuditEvent
from lms.audit.queries import verify_log, waiting
from lms.audit.signing import Keyring, private_key_from
from lms.certification.models import StandingRow
from lms.certification.queries.standings import overlays_of
from lms.certification.rules import Overlay, State
from lms.commands.doctor import examine
from lms.commands.init import set_up
from lms.commands.serve import Progress, begin, how_to_sign_in
from lms.core import clock
from lms.core.access import Role
from lms.core.db import Database
from lms.core.errors import Conflict
from lms.core.installation import is_demonstration
from lms.core.settings import Settings, SettingsError, load
from lms.demo.making import make_demonstration
from lms.demo.names import CAST, PASSWORD
from lms.demo.plan import lives
from lms.demo.story import Parts, shape
from lms.evaluations.models import CycleRow, SealRow
from lms.people.models import Identity, Person, PersonNow, Unit
from lms.people.passwords import verify_password
from lms.people.queries import account_by_name, managers_of, roles_of
from tests.conftest import SECRET

MOST_CPU_SECONDS = 60
ANNUAL, ONBOARDING = "annual-confidentiality", "onboarding"
NAMED = (
    "ana", "liwei", "bruno", "carla", "helen", "dario", "erin", "fang", "grace", "felix", "admin",
)  # fmt: skip
COLUMNS = (
    "programme", "state", "overlays", "since", "due_on", "valid_until", "window_opens_on", "grace_until",
    "next_change_on", "next_state",
)  # fmt: skip


@dataclass
class Made:
    """A demonstration firm, the day it was made on, and what making it cost."""

    folder: Path
    settings: Settings
    database: Database
    today: date
    cpu_seconds: float
    told: list[tuple[int, int]]

    @property
    def parts(self) -> Parts:
        return shape(lives(self.today), self.today)

    def id_of(self, username: str) -> UUID:
        with self.database.reading() as session:
            return session.scalars(select(Identity.person_id).where(Identity.username == username)).one()

    def standing(self, username: str, programme: str) -> StandingRow:
        with self.database.reading() as session:
            row = session.get_one(StandingRow, (self.id_of(username), programme))
            session.expunge(row)
            return row

    def days(self, days: int) -> date:
        """So many days from the day it was made on."""
        return self.today + timedelta(days)


def make(folder: Path, today: date | None = None) -> Made:
    settings = load({"LMS_INSTANCE": str(folder), "LMS_SECRET_KEY": SECRET})
    database, told = open_database(settings), []
    set_up(database, settings)
    before, day = time.process_time(), today or clock.day_of(clock.now(), settings.zone)
    make_demonstration(database, settings, lambda done, whole: told.append((done, whole)))
    return Made(folder, settings, database, day, time.process_time() - before, told)


def states(made: Made) -> list[tuple[object, ...]]:
    """Every standing, by sign-in name, without random ids and instants."""
    columns = [getattr(StandingRow, name) for name in COLUMNS]
    query = select(Identity.username, *columns).join(Identity, Identity.person_id == StandingRow.person_id)
    with made.database.reading() as session:
        return sorted((tuple(row) for row in session.execute(query)), key=repr)


def kinds(made: Made) -> dict[str, int]:
    """How many events of each kind the log holds."""
    query = select(AuditEvent.kind, func.count()).group_by(AuditEvent.kind)
    with made.database.reading() as session:
        return dict(list(session.execute(query)))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    firm = make(tmp_path_factory.mktemp("firm"))
    yield firm
    firm.database.dispose()


def test_it_is_made_in_time_and_tells_how_far_it_is(made):
    assert made.cpu_seconds < MOST_CPU_SECONDS
    days, wholes = zip(*made.told, strict=True)
    assert list(days) == list(range(1, wholes[0] + 1))
    assert set(wholes) == {731}, "two years of days, and the queue"


def test_made_twice_on_one_day_it_is_the_same_but_for_ids(made, tmp_path, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: _same_day(made))
    again = make(tmp_path / "again", made.today)
    try:
        assert states(again) == states(made)
        assert kinds(again) == kinds(made)
    finally:
        again.database.dispose()


def _same_day(made: Made):
    with made.database.reading() as session:
        return session.scalars(select(func.max(AuditEvent.recorded_at))).one()


def test_it_has_the_people_and_units_it_is_said_to_have(made):
    with made.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 120
        assert session.scalar(select(func.count()).select_from(Unit)) == 9
        assert is_demonstration(session)


@pytest.mark.parametrize("username", NAMED)
def test_everybody_named_can_sign_in_with_the_password_that_is_told(made, username):
    with made.database.reading() as session:
        account = account_by_name(session, username, clock.now())
    assert account is not None
    assert verify_password(account.password_hash, PASSWORD)
    assert any(f" {username} " in line for line in how_to_sign_in())


def test_everybody_named_holds_their_office_and_no_other(made):
    with made.database.reading() as session:
        held = {name: set(roles_of(session, made.id_of(name))) for name in NAMED}
    assert held == {"ana": set()} | {each.username: {role.value for role in each.roles} for each in CAST}
    assert held["felix"] == {Role.AUDITOR.value}


def test_bruno_leads_ana_and_liwei_and_dario_is_nobodys_relation(made):
    with made.database.reading() as session:
        everybody = list(session.scalars(select(PersonNow.person_id).where(PersonNow.employed)))
        led = managers_of(session, everybody, made.today)
    ids = {name: made.id_of(name) for name in NAMED}
    assert led[ids["ana"]] == led[ids["liwei"]] == ids["bruno"]
    assert ids["dario"] not in led.values(), "he leads nobody"
    assert led[ids["dario"]] not in ids.values(), "and nobody of the cast leads him"


def test_ana_joined_five_days_ago_and_owes_onboarding(made):
    row = made.standing("ana", ONBOARDING)
    assert (row.state, row.overlays) == (State.ASSIGNED, "")
    assert (row.since, row.due_on) == (made.days(-5), made.days(25))
    assert (row.next_change_on, row.next_state) == (made.days(26), State.OVERDUE)
    with made.database.reading() as session:
        assert session.get(StandingRow, (made.id_of("ana"), ANNUAL)) is None


def test_liwei_may_renew_now(made):
    row = made.standing("liwei", ANNUAL)
    assert (row.state, row.overlays) == (State.RENEWAL_OPEN, "")
    assert row.window_opens_on <= made.today < row.valid_until
    assert row.next_change_on == row.valid_until + timedelta(1)
    assert row.next_state == State.GRACE


@pytest.mark.parametrize("username", [each for each in NAMED if each != "ana"])
def test_who_has_been_there_for_long_is_certified(made, username):
    assert made.standing(username, ONBOARDING).state == State.CERTIFIED
    row = made.standing(username, ANNUAL)
    assert row.state in {State.CERTIFIED, State.RENEWAL_OPEN}
    expected = row.window_opens_on if row.state == State.CERTIFIED else row.valid_until + timedelta(1)
    assert row.next_change_on == expected > made.today


@pytest.mark.parametrize(
    ("part", "programme", "state", "overlay"),
    [
        ("revoked", ANNUAL, State.REVOKED, None),
        ("annulled", ANNUAL, State.CERTIFIED, None),
        ("classroom", ANNUAL, State.CERTIFIED, None),
        ("waived", ONBOARDING, State.WAIVED, None),
        ("extended", ONBOARDING, State.ASSIGNED, Overlay.EXTENDED),
        ("granted", ONBOARDING, State.OVERDUE, Overlay.IN_PROGRESS),
        ("asked_for", ONBOARDING, State.OVERDUE, None),
    ],
)
def test_every_decision_has_left_its_state(made, part, programme, state, overlay):
    row = made.standing(getattr(made.parts, part), programme)
    assert row.state == state
    assert overlay is None or overlay in overlays_of(row.overlays)


def test_every_state_of_the_core_loop_is_somebodys(made):
    found = {row[2] for row in states(made)}
    assert found >= {
        State.ASSIGNED, State.OVERDUE, State.CERTIFIED, State.RENEWAL_OPEN, State.GRACE, State.LAPSED,
        State.REVOKED, State.WAIVED, State.ENDED,
    }  # fmt: skip
    overlays = {each for row in states(made) for each in overlays_of(row[3])}
    assert overlays >= {Overlay.ON_LEAVE, Overlay.EXTENDED, Overlay.IN_PROGRESS}


def test_two_cycles_are_sealed_and_one_runs(made):
    with made.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CycleRow)) == 3
        assert session.scalar(select(func.count()).select_from(SealRow)) == 2


def test_its_log_verifies_to_the_last_event(made):
    key = private_key_from((made.folder / "audit.key").read_text().strip())
    with made.database.reading() as session:
        verdict = verify_log(session, Keyring([key.public_key()]))
        assert verdict.holds
        assert verdict.entries > 5_000
        assert waiting(session) == 0


def test_the_doctor_finds_nothing(made):
    assert examine(made.database, made.settings) == []


def test_served_again_it_is_not_made_again(made, tmp_path, capsys):
    shutil.copytree(made.folder, tmp_path / "copy")
    settings = load({"LMS_INSTANCE": str(tmp_path / "copy")})
    database = open_database(settings)
    try:
        for demo in (True, False):
            options = Namespace(host="127.0.0.1", demo=demo, demo_when_empty=not demo, no_demo=False)
            assert begin(database, settings, options).demonstration
        again = Made(tmp_path, settings, database, made.today, 0, [])
        assert kinds(again) == kinds(made)
        assert again.id_of("ana") == made.id_of("ana")
    finally:
        database.dispose()
    assert "Making the demonstration firm" not in capsys.readouterr().err


def test_it_is_served_on_no_other_address(made, tmp_path):
    shutil.copytree(made.folder, tmp_path / "copy")
    settings = load({"LMS_INSTANCE": str(tmp_path / "copy")})
    database = open_database(settings)
    options = Namespace(host="0.0.0.0", demo=False, demo_when_empty=False, no_demo=False)
    try:
        with pytest.raises(SettingsError, match=r"127\.0\.0\.1"):
            begin(database, settings, options)
    finally:
        database.dispose()


def test_it_replaces_no_database_with_people(made):
    with pytest.raises(Conflict, match="empty"):
        make_demonstration(made.database, made.settings, lambda _done, _whole: None)
    assert made.standing("ana", ONBOARDING).state == State.ASSIGNED


def test_progress_is_a_bar_on_a_terminal_and_a_few_lines_elsewhere():
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    plain, terminal = io.StringIO(), Terminal()
    for stream in (plain, terminal):
        progress = Progress(stream)
        for done in range(1, 732):
            progress(done, 731)
    assert plain.getvalue().split("\n") == ["25 %", "50 %", "75 %", "100 %", ""]
    assert "█" * 40 + " 100 %\n" in terminal.getvalue()
