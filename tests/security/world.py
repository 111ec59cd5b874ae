"""A firm in which Ana owns one of everything, and ways to ask for every route as anybody.

`VALUES` and `BODIES` say how a route's parameters and form are filled. A route they cannot fill fails the
tests that walk the route table, and `filled` says what to add.
"""

import copy
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from lms.agreements import actions as agreements
from lms.agreements.queries import agreement_in
from lms.approvals.actions import approve
from lms.approvals.models import Approval
from lms.audit.models import AuditCheckpoint
from lms.cases import actions as cases
from lms.certification.actions import NewRule, ask_rule
from lms.certification.clearances import actions as clearances
from lms.certification.models import Certificate, RuleRow
from lms.certification.rules_sources import HandKind
from lms.core import clock
from lms.core.access import Actor, Role
from lms.core.db import By, Database
from lms.core.egress import Outward
from lms.core.versions import snapshot
from lms.evaluations.actions import open_cycle
from lms.notices.models import NoticeRow
from lms.notices.webhooks import actions as webhooks
from lms.notices.webhooks.models import WebhookMessage
from lms.notices.webhooks.rules import CLEARANCE_CHANGED, Outgoing
from lms.people import actions as people
from lms.people.models import EmploymentFact
from lms.people.queries import actor_of_person, hash_token
from lms.quizzes import actions as quizzes
from lms.quizzes.queries import QuizRef
from lms.quizzes.rules import QuizKind
from tests.certification.loop import AGREEMENT, SHANGHAI, Firm
from tests.factories import make_unit

BY = By("tests")
OPEN = ("static", "openapi.spec")  # served by Flask and its extensions, made to be public
ROLES = {
    "ana": set(),
    "bruno": {Role.MANAGER},
    "carla": {Role.HR},
    "dario": set(),
    "erin": {Role.AUTHOR},
    "fang": {Role.APPROVER},
    "grace": {Role.CONDUCT_OFFICER},
    "felix": {Role.AUDITOR},
    "admin": {Role.ADMINISTRATOR},
}
ANONYMOUS = "anonymous"
CASE = "gift-before-approval"
CAST = (ANONYMOUS, *ROLES)
CANARY = re.compile(r"q7(" + "|".join(ROLES) + r")", re.IGNORECASE)


@dataclass
class World:
    """Who is who, what is Ana's, and the sign-in of each."""

    firm: Firm
    north: UUID
    ids: dict[str, UUID]
    values: dict[str, object] = field(default_factory=dict)
    special: dict[str, dict[str, object]] = field(default_factory=dict)  # where a name means something else
    sessions: dict[str, str] = field(default_factory=dict)

    def client(self, app, name: str):
        """A browser in which `name` is signed in, or nobody."""
        client = app.test_client()
        if name != ANONYMOUS:
            with client.session_transaction() as cookie:
                cookie["_user_id"], cookie["_fresh"] = self.sessions[name], True
                cookie["seen"] = int(clock.now().timestamp())
        return client


def make_world(database) -> World:
    """Everybody joined a year ago; Ana is certified and in the middle of another quiz."""
    now, today = clock.now(), clock.today(SHANGHAI)
    firm = Firm(database, today - timedelta(days=400))
    joined = today - timedelta(days=380)
    with firm.doing(joined) as session:
        north = make_unit(session, "north", firm.unit, now)
        south = make_unit(session, "south", firm.unit, now)
    where = {"ana": north, "bruno": north, "dario": south}
    ids = {
        name: firm.hire(
            f"q7{name}user", joined, where.get(name, firm.unit), roles - {Role.MANAGER},
            name_zh=f"q7{name}中", name_en=f"Q7{name} Xu", mail=f"q7{name}@example.test", staff_number=f"Q7{name}No",
        )
        for name, roles in ROLES.items()
    }  # fmt: skip
    world = World(firm, north, ids)
    with firm.doing(joined) as session:
        people.set_lead(session, north, ids["bruno"], joined, now)
    _certify_ana(world, today)
    _give_ana_things(world, now, today)
    firm.sweep(today)
    firm.seal(today)
    _make_rule(world, now, today)
    with database.reading() as session:
        ana = ids["ana"]
        world.values |= {
            "number": session.scalar(select(Certificate.number).where(Certificate.person_id == ana)),
            "notice_id": session.scalar(select(NoticeRow.id).where(NoticeRow.person_id == ana).limit(1)),
            "rule_id": session.scalar(select(RuleRow.id)),
            "fact_id": session.scalar(
                select(EmploymentFact.id).where(EmploymentFact.person_id == ana).limit(1)
            ),
            "size": session.scalar(select(AuditCheckpoint.size).limit(1)),
        }
    return world


def _make_rule(world: World, now, today) -> None:
    """Two people make a rule that is about nobody yet: whom one is about may read who asked and who agreed."""
    joiners, due = f"{today + timedelta(days=9)}/", today + timedelta(days=30)
    rule = NewRule("annual-confidentiality", HandKind.JOINED, joiners, today, due, "a new duty")
    with world.firm.database.transaction(BY) as session:
        asked = ask_rule(session, world.ids["carla"], rule, now)
        fang = actor_of_person(session, world.ids["fang"], now)
        approve(session, fang, asked.id, asked.preview_hash, now)


def _certify_ana(world: World, today) -> None:
    firm, ana, day = world.firm, world.ids["ana"], today - timedelta(days=20)
    with firm.doing(day) as session:
        at = clock.now() - timedelta(days=20)
        actor = Actor(ana, "Ana", frozenset({Role.LEARNER}), authenticated_at=at)
        shown = agreement_in(snapshot(session), AGREEMENT).sha256("en")
        agreements.sign(session, actor, agreements.Signing(AGREEMENT, "en", shown, "Q7ana Xu"), at)
    firm.onboard_rest(ana, day)


def _give_ana_things(world: World, now, today) -> None:
    ana, by = world.ids["ana"], world.ids["carla"]
    with world.firm.database.transaction(BY) as session:
        play = cases.start_play(session, ana, CASE, now)
        quiz = QuizRef(QuizKind.QUIZ, "professional-ethics")
        attempt = quizzes.start_attempt(session, ana, quizzes.Start(quiz), now)
        people.request_role(session, ana, Role.APPROVER, by, "a second approver is needed", now)
        open_cycle(session, "this-year", today - timedelta(days=90), today, now)
        token = people.issue_link(session, ana, now, by_mail=False, by_another=False)
        world.sessions = {name: people.open_session(session, each, now) for name, each in world.ids.items()}
        until = now + timedelta(days=1)
        bearer = people.issue_token(session, ana, "her system", ("people:read",), until, now)
        world.special["people.end_token"] = {"handle": hash_token(bearer).hex()}
        people.change_identity(session, ana, {"mail": "q7ana@elsewhere.test"}, now)
        approval = session.scalars(select(Approval)).one()
        recusal = clearances.recuse(
            session, actor_of_person(session, ana, now), ana, "C-1", "a relative", now
        )
        outward = Outward()
        told = webhooks.add_endpoint(
            session, by, "https://hr.example.com/", [CLEARANCE_CHANGED], outward, now
        )
        webhooks.publish(session, [Outgoing(CLEARANCE_CHANGED, "one", "{}")], now)
        world.values = {
            "person_id": ana, "unit_id": world.north, "attempt_id": attempt.id, "play_id": play.id, "case_id": CASE,
            "approval_id": approval.id,
            "token": token, "cycle_id": "this-year", "handle": hash_token(world.sessions["ana"]).hex(),
            "agreement_id": AGREEMENT, "course_id": "client-confidentiality", "quiz_id": "professional-ethics",
            "lesson_id": "what-is-client-information", "item_id": "CONF-C01", "section_id": "telephone",
            "programme_id": "annual-confidentiality", "name": "standings", "form": "csv", "role": "auditor",
            "act": "waiver",
            "duty_id": "read-client-files", "recusal_id": recusal.id, "glass_id": UUID(int=1), "endpoint_id": told.id,
            "message_id": session.scalars(select(WebhookMessage.id)).first(),
            "language": "en", "file": "four-classes.en.svg", "bank": "client-confidentiality",
            "publication": snapshot(session).publication, "change_id": UUID(int=1),
        }  # fmt: skip


def values_of(world: World, rule) -> dict[str, object]:
    """What fills a route's parameters: Ana's objects. A route with a new kind of parameter fails here."""
    missing = sorted(rule.arguments - world.values.keys())
    assert not missing, (
        f"{rule.rule} has {missing}, which these tests cannot fill: make such an object of Ana's "
        "in tests/security/world.py and put its id into World.values"
    )
    values = {name: world.values[name] for name in rule.arguments}
    return values | world.special.get(rule.endpoint, {})


def routes(app, *methods: str):
    """Every route with its method, but for static files."""
    return [
        (rule, method)
        for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.rule)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
        if rule.endpoint not in OPEN and (not methods or method in methods)
    ]


def url_of(app, rule, values) -> str:
    """The address of a route filled with `values`."""
    with app.test_request_context():
        return rule.build({name: str(value) for name, value in values.items()}, append_unknown=False)[1]


class Dry(Database):
    """A database whose writing transactions do all they do, and are then undone."""

    @contextmanager
    def transaction(self, by, now=None):
        with self._session(self.engine, by, now) as session:
            yield session
            session.dispatch.before_commit(session)
            session.flush()
            session.rollback()


def dry(database) -> Dry:
    """The same database, undoing every change."""
    twin = copy.copy(database)
    twin.__class__ = Dry
    return twin
