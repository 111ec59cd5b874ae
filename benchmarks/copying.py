"""Copies of a person's whole history: every row that is theirs, under new ids, by bulk inserts.

A row is compiled once into what stays and what differs from copy to copy: ids, also within texts, and the
numbers of certificates. The commitments of the log are computed anew, so that it can be sealed and verified.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, insert, select

from lms.audit import chain
from lms.certification.rules_numbers import number_of
from lms.core.db import Base

LEFT_OUT = {"job", "people_session", "certification_certificate_pdf"}
TOKEN = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|CZ(?:-[0-9A-Z]{4}){7}")
MOST_IDS = 500
Values = dict[str, Any]
Make = Callable[["Copy"], Any]


@dataclass
class Copy:
    """One copy: who and where it is, its new ids, what its log entries commit to."""

    number: int
    original: UUID
    ids: Mapping[UUID, UUID]
    texts: Mapping[str, str]
    words: Mapping[str, str]
    salts: random.Random
    commitments: dict[UUID, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Compiled:
    """A row: what stays, and how to make the rest."""

    stays: Values
    makes: tuple[tuple[str, Make], ...]

    def row(self, copy: Copy) -> Values:
        """Return the row of a copy."""
        return {**self.stays, **{name: make(copy) for name, make in self.makes}}


class Original:
    """All rows of one person, ready to be copied. `shared` ids (the unit) are given to each copy."""

    def __init__(self, connection: Connection, person: UUID, unit: UUID) -> None:
        self.person, self.unit = person, unit
        rows = _rows_of(connection, person)
        self.own = _own_ids(rows, person)
        self.numbers = [row["number"] for row in rows.get("certification_certificate", ())]
        known = self.own | {unit}
        self.names = {str(each) for each in known} | {each.hex for each in known} | set(self.numbers)
        tables = [table for table in Base.metadata.sorted_tables if table.name in rows]
        self.compiled: list[tuple[Table, list[Compiled]]] = [
            (table, [self._compile(table, row, known) for row in rows[table.name]]) for table in tables
        ]

    def copy(self, number: int, unit: UUID, words: Mapping[str, str], dice: random.Random) -> Copy:
        """Begin a copy: new ids for all that is the person's own."""
        ids = {each: UUID(int=dice.getrandbits(128), version=4) for each in self.own}
        ids[self.unit] = unit
        texts = {str(old): str(new) for old, new in ids.items()}
        texts |= {old.hex: new.hex for old, new in ids.items()}
        texts |= {each: number_of(dice.randbytes(20)) for each in self.numbers}
        return Copy(number, self.person, ids, texts, words, dice)

    def write(self, connection: Connection, copies: Sequence[Copy]) -> int:
        """Insert the rows of copies, a table after the other; return how many rows."""
        bodies = next(rows for table, rows in self.compiled if table.name == "audit_body")
        made = {"audit_body": [_committed(row, copy) for copy in copies for row in bodies]}
        for table, rows in self.compiled:
            values = made.get(table.name) or [row.row(copy) for copy in copies for row in rows]
            made[table.name] = values
            connection.execute(insert(table), values)
        return sum(len(values) for values in made.values())

    def _compile(self, table: Table, row: Values, known: set[UUID]) -> Compiled:
        stays: Values = {}
        makes: list[tuple[str, Make]] = []
        for name, value in row.items():
            if table.name == "audit_event" and name in {"seq", "commitment"}:
                continue
            make = self._maker(value, known) if table.name != "people_identity" else _word(name)
            if make is None:
                stays[name] = value
            else:
                makes.append((name, make))
        if table.name == "audit_event":
            makes.append(("commitment", lambda copy, old=row["id"]: copy.commitments[copy.ids[old]]))
        return Compiled(stays, tuple(makes))

    def _maker(self, value: object, known: set[UUID]) -> Make | None:
        if isinstance(value, UUID):
            return (lambda copy: copy.ids[value]) if value in known else None
        if not isinstance(value, str):
            return None
        if not any(found in self.names for found in TOKEN.findall(value)):
            return None
        if value in self.names:
            return lambda copy: copy.texts[value]
        pieces = re.split(f"({TOKEN.pattern})", value)  # every second one is an id or a number
        return lambda copy: "".join(copy.texts.get(each, each) for each in pieces)


def _word(name: str) -> Make | None:
    if name == "person_id":
        return lambda copy: copy.ids[copy.original]
    if name in {"username", "staff_number", "name_zh", "name_en", "mail"}:
        return lambda copy: copy.words[name]
    return None


def _committed(row: Compiled, copy: Copy) -> Values:
    values = row.row(copy)
    values["salt"] = copy.salts.randbytes(chain.SALT_BYTES)
    copy.commitments[values["event_id"]] = chain.commit_body(values["salt"], values["body"])
    return values


def _rows_of(connection: Connection, person: UUID) -> dict[str, list[Values]]:
    """Return a person's rows by table: those that name them, and those that hang on such rows."""
    found: dict[str, list[Values]] = {}
    for table in Base.metadata.sorted_tables:
        if table.name in LEFT_OUT:
            continue
        if table.name == "people_person":
            query = select(table).where(table.c.id == person)
        elif "person_id" in table.c:
            query = select(table).where(table.c.person_id == person)
        else:
            rows = _hanging(connection, table, found)
            if rows:
                found[table.name] = rows
            continue
        rows = [dict(row) for row in connection.execute(query).mappings()]
        if rows:
            found[table.name] = rows
    return found


def _hanging(connection: Connection, table: Table, found: Mapping[str, list[Values]]) -> list[Values]:
    """Return the rows whose key points at rows found: lessons of runs, answers of attempts, bodies of events."""
    for column in table.primary_key.columns:
        for key in column.foreign_keys:
            owners = [row["id"] for row in found.get(key.column.table.name, ())]
            rows: list[Values] = []
            for start in range(0, len(owners), MOST_IDS):
                query = select(table).where(column.in_(owners[start : start + MOST_IDS]))
                rows += [dict(row) for row in connection.execute(query).mappings()]
            if rows:
                return rows
    return []


def _own_ids(rows: Mapping[str, list[Values]], person: UUID) -> set[UUID]:
    own = {person}
    for each in rows.values():
        own |= {row["id"] for row in each if isinstance(row.get("id"), UUID)}
    return own
