"""Every route of the application, asked for by everybody about Ana's things, against the permission table.

The expectation comes from docs/access.csv and the cast's roles, not from the code that decides. A new route
is covered by being there; one about a person's object says in `OWNERS` who may, unless the table says it.
"""

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from lms.core import clock
from lms.core.access import Action
from lms.people.actions import issue_token
from tests.factories import csrf_of
from tests.security.world import ANONYMOUS, BY, CAST, ROLES, routes, url_of, values_of

TABLE = Path(__file__).parents[2] / "docs" / "access.csv"
EVERYBODY = frozenset(ROLES)
# Who may, where an object belongs to somebody and the route itself only asks for a sign-in.
OWNERS = {
    "approvals.detail": frozenset({"carla", "fang", "admin"}),  # who asked, and who approve
    "approvals.decide": frozenset({"carla", "fang", "admin"}),
    "certification.certificate_file": frozenset({"ana", "carla", "felix"}),
    "notices.open_notice": frozenset({"ana"}),
    "people.end_own_session": frozenset({"ana"}),
}
# Parameters that name an object of one person; a route that has one is about that person.
OF_A_PERSON = {
    "person_id",
    "attempt_id",
    "play_id",
    "notice_id",
    "approval_id",
    "fact_id",
    "handle",
    "number",
    "recusal_id",
}
PUBLIC_BY_NUMBER = {"certification.certificate", "certification.certificate_json"}
LEADS_TO_SIGN_IN = {"people.sign_out", "people.second_step", "people.send_second_step"}
NOTHING_THERE = {
    "certification.calendar_feed": 404,  # the token of the world opens another thing
    "certification.calendar_feed_short": 404,
    "courses.handbook_media": 404,
    "courses.answer_changes": 404,  # Ana has no run of changes; tests/certification/test_supplements.py has
    "quizzes.close_review": 404,  # no review waits; tests/quizzes/test_author_pages.py makes one
    "people.mail_link": 404,  # as above; tests/people/test_mail_changes.py follows its own links
    "people.confirm_mail": 404,
    "people.take_role": 404,
}  # no such picture; a role Ana has not
ONLY_ANA_HAS_ONE = {"agreements.copy"}  # the route is everybody's own; only Ana has signed
# What a form must say for its action to be done to Ana at all, where refusing it would be a 403 of its own.
BODIES = {"people.send_link": {"way": "mail"}}  # a printed link is refused to whoever has an address
DONE = {200, 202, 204, 303, 409, 422}


def permitted() -> dict[str, set[tuple[str, str]]]:
    """action → (role, relation), as the auditors' table has it."""
    found: dict[str, set[tuple[str, str]]] = {}
    with TABLE.open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["action"], set()).add((row["role"], row["relation"]))
    return found


def may(name: str, rule, action: Action, table) -> bool:
    """Whether `name` may ask for this route, filled with Ana's objects."""
    if action is Action.PUBLIC:
        return True
    if name == ANONYMOUS:
        return False
    about_a_person = bool(rule.arguments & OF_A_PERSON)
    if action is Action.SIGNED_IN:
        assert not about_a_person or rule.endpoint in OWNERS, (
            f"{rule.rule} is about somebody's object and asks only for a sign-in: say in OWNERS who may"
        )
        return name in OWNERS.get(rule.endpoint, EVERYBODY)
    relations = {"any"}
    if not about_a_person or name == "ana":
        relations.add("self")
    if not about_a_person or name == "bruno":
        relations.add("managed")
    roles = {"learner", *(role.value for role in ROLES[name])}
    return any(role in roles and relation in relations for role, relation in table[action.value])


def ask(client, method: str, url: str, body=None):
    headers = {"Accept": "application/json"} if url.startswith("/api/") else {"Accept": "text/html"}
    if method == "GET":
        return client.get(url, headers=headers)
    if url.startswith("/api/"):
        headers["X-CSRFToken"] = csrf_of(client)
        return client.open(url, method=method, json={"slot": 1, "seq": 1, "response": None}, headers=headers)
    return client.open(
        url, method=method, data={**(body or {}), "csrf_token": csrf_of(client)}, headers=headers
    )


def wrong(rule, method: str, name: str, allowed: bool, answer) -> str | None:
    """What is wrong with an answer, or None."""
    status, place = answer.status_code, answer.headers.get("Location", "")
    turned_away = status == 303 and place.startswith("/sign-in")
    if allowed:
        none = NOTHING_THERE.get(
            rule.endpoint, 404 if name != "ana" and rule.endpoint in ONLY_ANA_HAS_ONE else 200
        )
        fine = status in DONE | {none} and not (turned_away and rule.endpoint not in LEADS_TO_SIGN_IN)
    elif name == ANONYMOUS:
        fine = status == 401 if rule.rule.startswith("/api/") else turned_away
    else:
        fine = status in {403, 404}
    told = f"{status} {place}".strip()
    return (
        None
        if fine
        else f"{method} {rule.rule} as {name}: {told}, {'allowed' if allowed else 'denied'} by the table"
    )


@pytest.mark.timeout(600)
def test_every_route_admits_whom_the_permission_table_admits_and_nobody_else(dry_app, world):
    table, found = permitted(), []
    for rule, method in routes(dry_app):
        url = url_of(dry_app, rule, values_of(world, rule))
        action = dry_app.view_functions[rule.endpoint].access
        for name in CAST:
            answer = ask(world.client(dry_app, name), method, url, BODIES.get(rule.endpoint, {}))
            problem = wrong(rule, method, name, may(name, rule, action, table), answer)
            found += [problem] if problem else []
    assert not found, "\n".join(found)


def test_a_stranger_cannot_tell_ana_s_objects_from_none(dry_app, world):
    for rule, method in routes(dry_app):
        if not rule.arguments & OF_A_PERSON or dry_app.view_functions[rule.endpoint].access is Action.PUBLIC:
            continue
        values = values_of(world, rule)
        client = world.client(dry_app, "dario")
        real = ask(client, method, url_of(dry_app, rule, values))
        other = {key: "0" * len(str(value)) if key in OF_A_PERSON else value for key, value in values.items()}
        other |= {
            key: "00000000-0000-4000-8000-000000000000"
            for key in other
            if key.endswith("_id") and key in OF_A_PERSON
        }
        none = ask(client, method, url_of(dry_app, rule, other))
        assert real.status_code == none.status_code, rule.rule
        assert real.status_code in {403, 404}, rule.rule


def test_a_token_opens_what_its_scope_names_and_no_page(dry_app, world, standing):
    with standing.database.transaction(BY) as session:
        until = clock.now() + timedelta(days=1)
        token = issue_token(session, world.ids["carla"], "another", ("nothing:read",), until, clock.now())
    headers, found = {"Authorization": f"Bearer {token}"}, []
    for rule, method in routes(dry_app):
        view = dry_app.view_functions[rule.endpoint]
        if view.access is Action.PUBLIC:
            continue
        url = url_of(dry_app, rule, values_of(world, rule))
        answer = dry_app.test_client().open(url, method=method, headers=headers)
        if answer.status_code not in {400, 401, 403, 404}:
            found.append(f"{method} {rule.rule}: {answer.status_code}")
    assert not found, "\n".join(found)
