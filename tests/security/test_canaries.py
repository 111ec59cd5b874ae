"""Everybody's names, address, staff number and sign-in name carry a token of their own: nobody gets a foreign one."""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from sqlalchemy import select

from lms.audit.models import AuditBody, AuditEvent
from lms.people.models import Identity
from tests.security.world import ANONYMOUS, CANARY, ROLES, routes, url_of, values_of

MAY_SEE = {
    ANONYMOUS: set(),
    "ana": {"ana"},
    "dario": {"dario"},
    "bruno": {"bruno", "ana"},
    "erin": {"erin"},
    "grace": {"grace"},
}
LINK = re.compile(r"(?:href|src|hx-get)=\"([^\"#]+)")
MOST_PAGES = 400


def starts(app, world):
    """Every address that can be asked for, filled with Ana's things and with everybody's ids."""
    for rule, _method in routes(app, "GET"):
        values = values_of(world, rule)
        yield url_of(app, rule, values)
        if "person_id" in values:
            yield from (url_of(app, rule, {**values, "person_id": each}) for each in world.ids.values())


def crawled(client, urls):
    """Address → answer, of these and of every page of this site that they lead to."""
    waiting, seen = list(dict.fromkeys(urls)), set()
    while waiting and len(seen) < MOST_PAGES:
        url = waiting.pop(0)
        if url in seen:
            continue
        seen.add(url)
        answer = client.get(url)
        yield url, answer
        if answer.mimetype == "text/html":
            found = (urljoin(url, unescape(each)) for each in LINK.findall(answer.get_data(as_text=True)))
            waiting += [
                each
                for each in found
                if not urlsplit(each).netloc and not each.startswith(("/static", "data:"))
            ]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", sorted(MAY_SEE))
def test_nobody_reads_of_others_who_are_not_theirs(dry_app, world, name):
    client, found, own = world.client(dry_app, name), [], 0
    for url, answer in crawled(client, starts(dry_app, world)):
        text = answer.get_data().decode("utf-8", "replace") + str(answer.headers)
        tokens = {each.lower() for each in CANARY.findall(text)}
        own += name in tokens
        foreign = tokens - MAY_SEE[name]
        found += [f"{url} shows {name} {sorted(foreign)}"] if foreign else []
    assert not found, "\n".join(found)
    assert own or name == ANONYMOUS, "the canaries are not seen even by their owners: this test sees nothing"


def test_the_log_of_events_holds_no_canary(standing):
    with standing.database.reading() as session:
        bodies = "".join(session.scalars(select(AuditBody.body)))
        subjects = "".join(f"{each.object_id} {each.scope}" for each in session.scalars(select(AuditEvent)))
    # A signature is the name that was typed: the one event that holds one, in a body that erasure removes.
    bodies = re.sub(r'"typed_name":"[^"]*"', "", bodies)
    assert not CANARY.search(bodies + subjects)


def test_every_person_has_a_canary_in_every_field(standing):
    fields = (Identity.username, Identity.staff_number, Identity.name_zh, Identity.name_en, Identity.mail)
    with standing.database.reading() as session:
        people = session.execute(select(*fields)).all()
    assert len(people) == len(ROLES)
    assert all(CANARY.search(value) for each in people for value in each)
