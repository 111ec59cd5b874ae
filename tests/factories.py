"""The fixed cast and quick ways to make people: through the same actions as real use."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID

from lms.core import clock
from lms.core.access import Role
from lms.core.db import By
from lms.people import actions, passwords
from lms.people.models import Account, Identity
from lms.people.rules import ROLES_BY_TWO, NewPerson, NewUnit

PASSWORD = "winter-Harbour-92-lantern"
BY = By("operator")
APPROVAL = UUID(int=7)


@cache
def password_hash() -> str:
    """The hash of PASSWORD, made once for a test run."""
    return passwords.hash_password(PASSWORD)


@dataclass(frozen=True)
class Cast:
    """Head office above north and south. Bruno leads north, where Ana works; Dario works in the south."""

    head: UUID
    north: UUID
    south: UUID
    ana: UUID
    bruno: UUID
    carla: UUID
    dario: UUID
    erin: UUID
    fang: UUID
    grace: UUID
    felix: UUID
    admin: UUID


def make_unit(session, code, parent_id=None, at=None) -> UUID:
    new = NewUnit(code=code, name_zh=f"{code}部", name_en=f"{code.title()} unit", parent_id=parent_id)
    return actions.create_unit(session, new, at or clock.now())


def make_person(session, username, unit_id, *, joined_on=None, at=None, roles=(), **more) -> UUID:
    """Add somebody who joined a year ago and can sign in with PASSWORD."""
    at = at or clock.now()
    values = {
        "staff_number": f"S-{username}",
        "name_zh": f"{username}中",
        "name_en": username.title(),
        "mail": f"{username}@example.test",
        "username": username,
        **more,
    }
    new = NewPerson(unit_id=unit_id, joined_on=joined_on or at.date() - timedelta(days=365), **values)
    person_id = actions.add_person(session, new, at)
    session.get_one(Account, person_id).password_hash = password_hash()
    for role in roles:
        actions.grant_role(session, person_id, role, at, APPROVAL if role in ROLES_BY_TWO else None)
    return person_id


def without_mail(session, person_id) -> None:
    """Make a person one for whom no address was ever registered."""
    session.get_one(Identity, person_id).mail = ""


def make_cast(database, at: datetime | None = None) -> Cast:
    at = at or clock.now()
    with database.transaction(BY) as session:
        head = make_unit(session, "head", at=at)
        north, south = make_unit(session, "north", head, at), make_unit(session, "south", head, at)
        people = {
            "ana": (north, ()),
            "bruno": (north, ()),
            "carla": (head, (Role.HR,)),
            "dario": (south, ()),
            "erin": (head, (Role.AUTHOR,)),
            "fang": (head, (Role.APPROVER,)),
            "grace": (head, (Role.CONDUCT_OFFICER,)),
            "felix": (head, (Role.AUDITOR,)),
            "admin": (head, (Role.ADMINISTRATOR,)),
        }
        made = {
            name: make_person(session, name, unit, roles=roles, at=at)
            for name, (unit, roles) in people.items()
        }
        actions.set_lead(session, north, made["bruno"], date(2020, 1, 1), at)
        return Cast(head=head, north=north, south=south, **made)


def sign_in(client, person_id, at: datetime | None = None) -> str:
    """Sign a person in by making their session row directly; return its token."""
    from lms.web import context

    at = at or clock.now()
    shell = client.application.extensions[context.EXTENSION]
    with shell.database.transaction(BY) as session:
        token = actions.open_session(session, person_id, at)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
        cookie["seen"] = int(at.timestamp())
    return token


def csrf_of(client, path="/csrf") -> str:
    """A CSRF token for this client's session."""
    return client.get(path).get_json()["csrf_token"]


def post(client, path, data=None, **more):
    """Post a form with its CSRF token."""
    return client.post(path, data={**(data or {}), "csrf_token": csrf_of(client)}, **more)


def sign_in_by_form(client, username, password=PASSWORD, **more):
    """Sign in as a person does, through the form."""
    return post(client, "/sign-in", {"username": username, "password": password, **more})
