"""Persons and their identity: the only place where names, mail and staff numbers are written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.audit.events import record
from lms.core.errors import Invalid, Message, NotFound, message
from lms.people.actions.employment import fact_row, note_employment, now_row
from lms.people.actions.mail import enter_mail
from lms.people.employment import Fact, fold, reading
from lms.people.models import Account, Identity, Person
from lms.people.queries import firm_day
from lms.people.rules import EmploymentKind, IdentityChanged, MailChanged, NewFact, NewPerson, PersonAdded
from lms.people.rules_mail import MailStep

LANGUAGES = ("", "zh", "en")
USERNAME = re.compile(r"[\w.@+-]{1,80}")
MAIL = re.compile(r"[^@\s<>,;:\"()\[\]\\]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")
CHANGEABLE = ("username", "staff_number", "name_zh", "name_en", "mail", "language")


def add_person(session: Session, new: NewPerson, at: datetime) -> UUID:
    """Add a person who joins a unit on a day; return their id. They sign in once they have a password.

    Raises Invalid naming the fields.
    """
    return add_people(session, [new], at)[0]


def add_people(session: Session, people: Sequence[NewPerson], at: datetime) -> list[UUID]:
    """Add people who join, in as few statements as one person takes; return their ids in the same order.

    Raises Invalid naming the fields; where there are several people, as "place.field", counted from 0.
    """
    others = _others(session, people)
    values, errors = [], dict[str, Message]()
    for place, new in enumerate(people):
        identity = _identity_of(new, others)
        values.append(identity)
        found = {**problems(identity), **others.claim(identity)}
        if new.unit_id is None:
            found["unit"] = message("Choose the unit.")
        errors.update({name if len(people) == 1 else f"{place}.{name}": what for name, what in found.items()})
    if errors:
        raise Invalid(errors)
    return _insert(session, people, values, at)


def _insert(
    session: Session, people: Sequence[NewPerson], values: Sequence[Mapping[str, str]], at: datetime
) -> list[UUID]:
    today, ids = firm_day(session, at), [(uuid4(), uuid4(), uuid4()) for _ in people]
    session.add_all(Person(id=person_id, created_at=at, event_id=added) for person_id, added, _ in ids)
    session.flush()
    for new, identity, (person_id, _, joined) in zip(people, values, ids, strict=True):
        fact = Fact(uuid4(), EmploymentKind.JOIN, new.joined_on, unit_id=new.unit_id)
        session.add(Identity(person_id=person_id, **identity))
        session.add(Account(person_id=person_id))
        session.add(fact_row(session, person_id, fact, 1, "", joined))
        session.add(now_row(person_id, reading(fold((fact,)), today)))
    session.flush()
    for new, (person_id, added, joined) in zip(people, ids, strict=True):
        subject = f"person:{person_id}"
        record(session, PersonAdded(subject=subject, occurred_at=at, person_id=person_id), added)
        entered = NewFact(EmploymentKind.JOIN, new.joined_on, unit_id=new.unit_id)
        note_employment(session, person_id, entered, at, joined)
    return [person_id for person_id, _, _ in ids]


def change_identity(session: Session, person_id: UUID, changes: Mapping[str, str], at: datetime) -> MailStep:
    """Change some of the fields of `CHANGEABLE`; what stays the same is not recorded.

    Another address than the one there is waits until it is confirmed there; returns what became of it.
    Raises NotFound, Invalid naming the fields.
    """
    identity = session.scalar(select(Identity).where(Identity.person_id == person_id).with_for_update())
    if identity is None:
        raise NotFound
    present = {name: getattr(identity, name) for name in CHANGEABLE}
    wanted = _cleaned({**present, **{name: value for name, value in changes.items() if name in CHANGEABLE}})
    changed = tuple(name for name in CHANGEABLE if wanted[name] != present[name])
    if not changed:
        return MailStep.NOTHING
    _check(session, wanted, identity)
    step = enter_mail(session, identity, wanted["mail"], at)
    if step is not MailStep.NOW:
        changed = tuple(name for name in changed if name != "mail")
    if changed:
        _set(session, identity, {name: wanted[name] for name in changed}, at)
    return step


def _set(session: Session, identity: Identity, values: Mapping[str, str], at: datetime) -> None:
    person_id, old = identity.person_id, identity.mail
    for name, value in values.items():
        setattr(identity, name, value)
    session.flush()
    subject, fields = f"person:{person_id}", tuple(values)
    record(session, IdentityChanged(subject=subject, occurred_at=at, person_id=person_id, fields=fields))
    if "mail" in values:
        record(session, MailChanged(subject=subject, occurred_at=at, person_id=person_id, old_mail=old))


def choose_language(session: Session, person_id: UUID, language: str, at: datetime) -> None:
    """Keep the language a person reads in, for pages and mails.

    Raises Invalid for a language this system does not speak.
    """
    change_identity(session, person_id, {"language": language}, at)


def _cleaned(values: Mapping[str, str]) -> dict[str, str]:
    cleaned = {name: value.strip() for name, value in values.items()}
    return {**cleaned, "username": cleaned["username"].lower(), "mail": cleaned["mail"].lower()}


@dataclass
class _Others:
    """Which sign-in names and staff numbers are taken: by people there are, and by those just claimed."""

    usernames: set[str]
    numbers: set[str]

    def claim(self, identity: Mapping[str, str]) -> dict[str, Message]:
        """Take a name and a number for an identity; return what is wrong when others have them."""
        errors: dict[str, Message] = {}
        if identity["username"] in self.usernames:
            errors["username"] = message("Somebody else signs in by this name.")
        if identity["staff_number"] in self.numbers:
            errors["staff_number"] = message("Somebody employed has this staff number.")
        self.usernames.add(identity["username"])
        self.numbers.add(identity["staff_number"])
        return errors


def _others(session: Session, people: Sequence[NewPerson]) -> _Others:
    i = Identity
    query = select(i.username, i.staff_number, i.number_in_use)
    if len(people) == 1:
        new = people[0]
        wanted = (new.username or wish_of(new.staff_number)).strip().lower()
        named = i.username.startswith(wanted, autoescape=True)
        query = query.where(or_(named, i.staff_number == new.staff_number.strip()))
    rows = session.execute(query).all()
    return _Others({row.username for row in rows}, {row.staff_number for row in rows if row.number_in_use})


def _identity_of(new: NewPerson, others: _Others) -> dict[str, str]:
    return _cleaned(
        {
            "username": new.username or _free_username(new.staff_number, others.usernames),
            "staff_number": new.staff_number,
            "name_zh": new.name_zh,
            "name_en": new.name_en,
            "mail": new.mail,
            "language": new.language,
        }
    )


def wish_of(staff_number: str) -> str:
    """Return the sign-in name that a staff number suggests."""
    return re.sub(r"[^\w.@+-]", "-", staff_number.strip().lower())[:70]


def _free_username(staff_number: str, taken: set[str]) -> str:
    wanted = wish_of(staff_number)
    if wanted not in taken:
        return wanted
    return next(name for name in (f"{wanted}-{n}" for n in range(2, len(taken) + 3)) if name not in taken)


def _check(session: Session, values: Mapping[str, str], own: Identity) -> None:
    errors, i = problems(values), Identity
    same = or_(i.username == values["username"], (i.staff_number == values["staff_number"]) & i.number_in_use)
    query = select(i.username, i.staff_number, i.number_in_use).where(same, i.person_id != own.person_id)
    rows = session.execute(query).all()
    numbers = {row.staff_number for row in rows if row.number_in_use and own.number_in_use}
    errors |= _Others({row.username for row in rows}, numbers).claim(values)
    if errors:
        raise Invalid(errors)


def problems(values: Mapping[str, str]) -> dict[str, Message]:
    """Return what is wrong with an identity by itself: field → message."""
    errors: dict[str, Message] = {}
    if not USERNAME.fullmatch(values["username"]):
        errors["username"] = message("Letters, digits and . @ + - _ only, at most 80.")
    if not values["staff_number"] or len(values["staff_number"]) > 40:
        errors["staff_number"] = message("A staff number has 1 to 40 characters.")
    if not (values["name_zh"] or values["name_en"]):
        errors["name_zh"] = message("Give a name in at least one language.")
    if len(values["name_zh"]) > 80:
        errors["name_zh"] = message("A Chinese name has at most 80 characters.")
    if len(values["name_en"]) > 120:
        errors["name_en"] = message("An English name has at most 120 characters.")
    if values["mail"] and (len(values["mail"]) > 254 or not MAIL.fullmatch(values["mail"])):
        errors["mail"] = message("This is not an e-mail address.")
    if values["language"] not in LANGUAGES:
        errors["language"] = message("The languages are Chinese and English.")
    for name in ("username", "staff_number", "name_zh", "name_en", "mail"):
        if not values[name].isprintable():
            errors[name] = message("There are characters here that cannot be shown.")
    return errors
