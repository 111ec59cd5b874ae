"""What a request may do to the system, whoever sends it: automatic over the route table."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import quote

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from lms.app import create_app
from lms.core import clock
from lms.core.db import Base
from lms.people.actions import issue_token
from lms.people.models import Identity, RoleNow
from lms.web.pages import CSP
from tests.factories import csrf_of, post
from tests.security.world import ANONYMOUS, BY, CAST, routes, url_of, values_of

# The log, a session's last use, and the print of a certificate: made from it once by whoever comes first.
NOT_DOMAIN = {"audit_event", "audit_body", "people_session", "certification_certificate_pdf"}
LONG = "长文x" * 7_000  # 20 kB and more
ODD = "\u202e\u0000\r\nBcc: x@example.test\u200b\u0301%s{{7*7}}<script>'\"--;"
GARBAGE = (
    "0", "-1", "99999999999999999999999999", "9223372036854775808", "null", "%00", "..", "'", "0001-01-01",
    "9999-12-31", "0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "2026-02-30", "x" * 3_000, "\u0000", "😀" * 50,
)  # fmt: skip
NASTY = ("99999999999999999999999999", "-1", "0001-01-01", "9999-12-31T23:59-12:00", "\u0000")
ASKED = (
    "after", "before", "limit", "as_of", "known_at", "unit", "programme", "state", "q", "kind", "person", "on",
    "version", "next", "lang", "recent",
)  # fmt: skip
SEARCHING = ("reports.", "people.index", "people_api", "certification_api", "evaluations_api")
INLINE = re.compile(
    r"<script(?![^>]*\b(?:src=|type=\"application/json\"))|<style|\sstyle=|\son[a-z]+=|javascript:"
)


def every_change(app):
    return [rule for rule, method in routes(app) if method == "POST"]


def every_page(app):
    return [rule for rule, method in routes(app) if method == "GET"]


@pytest.mark.parametrize("name", [ANONYMOUS, "ana", "carla"])
def test_no_change_is_made_without_its_token(dry_app, world, name):
    client, found = world.client(dry_app, name), []
    for rule in every_change(dry_app):
        url = url_of(dry_app, rule, values_of(world, rule))
        for body in ({"data": {}}, {"json": {}}, {"data": {"csrf_token": "invented"}}):
            status = client.post(url, **body).status_code
            found += [] if status == 400 else [f"{rule.rule}: {status}"]
    assert not found, "\n".join(found)


def test_a_token_of_one_session_is_worth_nothing_in_another(dry_app, world):
    taken = csrf_of(world.client(dry_app, "dario"))
    ana = world.client(dry_app, "ana")
    assert ana.post("/notices", data={"csrf_token": taken}).status_code == 400


def test_looking_changes_nothing(settings, database, own_world):
    world = own_world
    app = create_app(settings, database)
    client, before = world.client(app, "carla"), rows(database)
    for rule in every_page(app):
        client.get(url_of(app, rule, values_of(world, rule)))
    after = rows(database)
    changed = {name for name, held in after.items() if held != before[name]}
    assert not changed


def rows(database) -> dict[str, int]:
    """What each table holds, as one number a table."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in NOT_DOMAIN]
    with database.reading() as session:
        return {table.name: hash(frozenset(map(repr, session.execute(select(table))))) for table in tables}


# --- garbage ----------------------------------------------------------------------------------------------


PARAMETER = re.compile(r"<(?:[^<>]*:)?(\w+)>")


def test_no_address_however_odd_breaks_a_route(dry_app, world, engine_kind):
    garbage = GARBAGE if engine_kind == "sqlite" else NASTY
    client, found = world.client(dry_app, "carla"), []
    for rule, method in routes(dry_app):
        values = {name: str(value) for name, value in values_of(world, rule).items()}
        for name in values:
            for odd in garbage:
                filled = {**values, name: odd}
                path = PARAMETER.sub(lambda each, filled=filled: quote(filled[each[1]], safe=""), rule.rule)
                found += broken(client, method, path)
    assert not found, "\n".join(found)


def broken(client, method, path, query=None) -> list[str]:
    if method == "GET":
        answer = client.get(path, query_string=query)
    else:
        answer = client.post(path, data={"csrf_token": csrf_of(client)})
    return [f"{method} {path[:160]} {query}: {answer.status_code}"] if answer.status_code >= 500 else []


@pytest.mark.timeout(600)
def test_no_query_however_odd_breaks_a_page(dry_app, world, engine_kind):
    garbage, found = GARBAGE[::2] if engine_kind == "sqlite" else NASTY, []
    for name in ("carla", "felix"):
        client = world.client(dry_app, name)
        for rule in every_page(dry_app):
            url = url_of(dry_app, rule, values_of(world, rule))
            for odd in garbage if name == "carla" else NASTY:
                queries = [dict.fromkeys(ASKED, odd)]
                if name == "felix" and rule.endpoint.startswith(SEARCHING):
                    queries = [{each: odd} for each in ASKED]
                found += [line for query in queries for line in broken(client, "GET", url, query)]
    assert not found, "\n".join(found)


# --- forms ------------------------------------------------------------------------------------------------


class Forms(HTMLParser):
    """The forms of a page: where they go, their fields with type and first value."""

    def __init__(self, text):
        super().__init__()
        self.found, self._choice = [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        each = dict(attrs)
        if tag == "form":
            self.found.append((each.get("action") or "", (each.get("method") or "get").lower(), {}))
        elif self.found and each.get("name") and tag in {"input", "textarea", "select"}:
            self.found[-1][2].setdefault(each["name"], (each.get("type", tag), each.get("value") or ""))
            self._choice = each["name"] if tag == "select" else None
        elif tag == "option" and self.found and self._choice and each.get("value"):
            kind, value = self.found[-1][2][self._choice]
            self.found[-1][2][self._choice] = (kind, value or each["value"])


@pytest.mark.timeout(600)
def test_no_text_however_long_or_odd_breaks_a_form(dry_app, world):
    tried, found = set(), []
    for name in ("carla", "ana", "fang", ANONYMOUS):
        client = world.client(dry_app, name)
        for rule in every_page(dry_app):
            url = url_of(dry_app, rule, values_of(world, rule))
            page = client.get(url)
            if page.mimetype != "text/html":
                continue
            for action, method, fields in Forms(page.get_data(as_text=True)).found:
                target = action or url
                if method != "post" or target in tried or "file" in {kind for kind, _ in fields.values()}:
                    continue
                tried.add(target)
                found += [line for odd in (LONG, ODD) for line in refused(client, target, fields, odd)]
    assert len(tried) > 20
    assert not found, "\n".join(found)


def refused(client, target, fields, odd) -> list[str]:
    """What is wrong with the answer to a form whose every typed field holds `odd`, and the others what they had."""
    typed = {"text", "textarea", "password", "email", "search", "input", "date", "number"}
    body = {name: odd if kind in typed else value for name, (kind, value) in fields.items()}
    answer = client.post(target, data={**body, "csrf_token": csrf_of(client)})
    held = answer.get_data(as_text=True)
    wrong = answer.status_code >= 500 or "<script>'" in held
    return [f"{target} with {odd[:12]!r}: {answer.status_code}"] if wrong else []


@pytest.mark.parametrize(
    "body",
    [
        "", "null", "1", '"x"', "{}", "[[]]", '{"slot": "1", "seq": 1, "response": {}}', "[" * 5_000,
        '{"slot": 1, "seq": 99999999999999999999, "response": null}', '{"slot": 1e400, "seq": 1}',
        '{"slot": 99999999999999999999999, "seq": 1, "response": {"choose": ["a"]}}',
        '{"slot": -1, "seq": 1, "response": {"choose": ["a"]}}', '{"slot": 1, "seq": true, "response": []}',
    ],
)  # fmt: skip
def test_a_program_that_sends_the_wrong_types_is_told_so(dry_app, world, body):
    client = world.client(dry_app, "ana")
    headers = {"X-CSRFToken": csrf_of(client)}
    url = f"/api/v1/attempts/{world.values['attempt_id']}/responses"
    answer = client.post(url, data=body, content_type="application/json", headers=headers)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("odd", ['"\\ud800"', '"\\u0000"', "NaN", "1e999", '{"a": {"b": [1, 2.5, null]}}'])
def test_an_answer_that_no_browser_would_send_is_kept_or_refused(dry_app, world, odd):
    client = world.client(dry_app, "ana")
    headers = {"X-CSRFToken": csrf_of(client)}
    url = f"/api/v1/attempts/{world.values['attempt_id']}/responses"
    body = f'{{"slot": 1, "seq": 1, "response": {{"choose": [{odd}]}}}}'
    assert client.post(url, data=body, content_type="application/json", headers=headers).status_code in {
        200,
        422,
    }


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=-1", "limit=100000", "limit=x", "after=nobody", "as_of=soon"]
)
def test_a_resource_refuses_what_it_cannot_read_as_a_problem(dry_app, world, query):
    paths = ["/api/v1/people", "/api/v1/standings", "/api/v1/evaluations/this-year"]
    name, _, _ = query.partition("=")
    client = world.client(dry_app, "carla")
    for path in paths if name == "limit" else paths[:1] if name == "after" else paths[1:2]:
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 422, path
        assert answer.content_type == "application/problem+json"


# --- every answer -----------------------------------------------------------------------------------------


def test_every_page_carries_its_headers_and_holds_nothing_inline(dry_app, world):
    for name in ("carla", "ana", "fang", "felix", ANONYMOUS):
        client = world.client(dry_app, name)
        for rule in every_page(dry_app):
            answer = client.get(url_of(dry_app, rule, values_of(world, rule)))
            told = answer.headers
            assert told["Content-Security-Policy"] == CSP, rule.rule
            assert told["X-Content-Type-Options"] == "nosniff", rule.rule
            assert "Cookie" in told["Vary"], rule.rule
            if name != ANONYMOUS:
                assert told["Cache-Control"] == "no-store", rule.rule
            if answer.mimetype == "text/html":
                assert not INLINE.search(answer.get_data(as_text=True)), rule.rule


def test_nothing_widens_the_policy_of_content():
    assert "unsafe" not in CSP
    assert "*" not in CSP
    for part in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert part in CSP


@pytest.mark.parametrize("url", ["/nowhere", "/people/x/edit", "/courses/none", "/api/v1/none"])
def test_pages_of_errors_carry_the_headers_too(dry_app, world, url):
    answer = world.client(dry_app, "carla").get(url)
    assert answer.status_code == 404
    assert answer.headers["Content-Security-Policy"] == CSP


@pytest.mark.parametrize("name", [ANONYMOUS, "carla"])
def test_a_body_of_two_megabytes_is_refused_in_words(dry_app, world, name):
    client = world.client(dry_app, name)
    token = csrf_of(client)
    for url in ("/sign-in", "/people/import") if name == "carla" else ("/sign-in",):
        # Encoded here: the client would leave the temporary file open that it writes so large a body to.
        file = FileStorage(BytesIO(b"x" * 2_000_000), "people.csv")
        boundary, body = encode_multipart(MultiDict({"file": file, "csrf_token": token}))
        kind = f"multipart/form-data; boundary={boundary}"
        answer = client.post(url, data=body, content_type=kind, headers={"Accept-Language": "en"})
        assert answer.status_code == 413
        assert "What was sent is too large." in answer.get_data(as_text=True)
    answer = client.post(
        "/api/v1/attempts/00000000-0000-4000-8000-000000000000/responses", data=b"x" * 2_000_000
    )
    assert answer.status_code in {400, 413}


def test_a_method_that_a_route_does_not_take_is_told(dry_app, world):
    client = world.client(dry_app, "carla")
    for method in ("PUT", "DELETE", "PATCH"):
        answer = client.open("/people/new", method=method, headers={"X-CSRFToken": csrf_of(client)})
        assert answer.status_code == 405
        assert answer.mimetype == "text/html"
    answer = client.post("/api/v1/people", headers={"X-CSRFToken": csrf_of(client)})
    assert answer.status_code == 405
    assert answer.content_type == "application/problem+json"


# --- headers, hosts, places -------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", ["a\r\nSet-Cookie: x=1", "a b", "x" * 41, "<script>", "é", ""])
def test_a_request_id_from_outside_is_kept_only_if_it_is_plain(dry_app, sent):
    environ = {"HTTP_X_REQUEST_ID": sent.encode().decode("latin-1")}
    answer = dry_app.test_client().get("/healthz", environ_overrides=environ)
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-Id"])
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.test/", "//evil.test", "/\\evil.test", "\\\\evil.test", "javascript:alert(1)", "http:evil.test",
        "/x\r\nSet-Cookie: a=b", "/\tx", "////evil.test", "https:/evil.test", " //evil.test", "/%0d%0aX: y\n", "",
        "/" + "x" * 600, "data:text/html,x", "/@evil.test\\..", "evil.test",
    ],
)  # fmt: skip
def test_next_never_leads_off_this_site_nor_into_a_header(dry_app, world, place):
    answer = world.client(dry_app, "ana").get("/sign-in", query_string={"next": place})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"
    page = dry_app.test_client().get("/sign-in", query_string={"next": place})
    assert "evil.test" not in re.sub(r"lang=(zh|en)|href=\"\?[^\"]*", "", page.get_data(as_text=True))


def test_a_forged_host_comes_into_no_link(dry_app, world):
    headers = {"Host": "evil.test", "X-Forwarded-Host": "evil.test", "Forwarded": "host=evil.test"}
    for name in ("carla", ANONYMOUS):
        client = world.client(dry_app, name)
        for rule in every_page(dry_app):
            answer = client.get(url_of(dry_app, rule, values_of(world, rule)), headers=headers)
            assert b"evil.test" not in answer.get_data(), rule.rule
            assert "evil.test" not in str(answer.headers), rule.rule


def test_odd_devices_and_languages_are_taken_calmly(dry_app, world):
    for odd in ("\x1b[2J", "x" * 5_000, "%n%s${jndi:x}", "é" * 50):
        headers = {"User-Agent": odd, "Accept-Language": odd, "Accept": odd, "X-Window": odd}
        for url in ("/", "/sign-in", "/me/security"):
            assert world.client(dry_app, "ana").get(url, headers=headers).status_code < 500


# --- ids, fields, searches --------------------------------------------------------------------------------


def test_a_child_under_another_s_parent_is_not_there(dry_app, world):
    values, bruno = world.values, world.ids["bruno"]
    attempt, fact = values["attempt_id"], values["fact_id"]
    client = world.client(dry_app, "carla")
    for path in (
        f"/hr/people/{bruno}/attempts/{attempt}/void", f"/people/{bruno}/facts/{fact}/void",
        "/courses/professional-ethics/what-is-client-information/finish",
        "/courses/professional-ethics/what-is-client-information/seen",
        "/courses/client-confidentiality/need-to-know/checks/CONF-C01",
        f"/evaluations/none/{bruno}/correction",
    ):  # fmt: skip
        answer = post(client, path, {"void-reason": "x", "reason": "x", "answer": "a"})
        assert answer.status_code == 404, path
    for path in (
        "/courses/professional-ethics/what-is-client-information", f"/people/{bruno}/facts/{fact}/void",
        "/courses/professional-ethics/media/four-classes.en.svg", "/handbook/media/four-classes.en.svg",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path


def test_fields_that_a_form_does_not_have_change_nothing(settings, database, own_world):
    world = own_world
    client = world.client(create_app(settings, database), "carla")
    ana, dario = world.ids["ana"], world.ids["dario"]
    body = {
        "staff_number": "Q7anaNo", "name_zh": "q7ana中", "name_en": "New Name", "mail": "q7ana@example.test",
        "username": "q7anauser", "person_id": str(dario), "id": str(dario), "role": "hr", "roles": "hr",
        "password_hash": "x", "unit": str(world.firm.unit), "language": "en", "number_in_use": "0",
    }  # fmt: skip
    with database.reading() as session:
        before = held(session, ana, dario)
    assert post(client, f"/people/{ana}/edit", body).status_code == 303
    with database.reading() as session:
        after = held(session, ana, dario)
    assert after == [before[0] | {"name_en": "New Name"}, before[1], before[2]]


def held(session, *people):
    found = [session.get_one(Identity, each) for each in people]
    columns = Identity.__table__.columns.keys()
    roles = sorted(map(str, session.execute(select(RoleNow.person_id, RoleNow.role)).all()))
    return [*({name: getattr(each, name) for name in columns} for each in found), roles]


@pytest.mark.parametrize("query", ["%", "_", "%%", "q7a%", "q7_na", "\\", "' OR 1=1 --", "*"])
def test_a_search_takes_every_sign_for_itself(dry_app, world, query):
    client = world.client(dry_app, "carla")
    for path in ("/people", "/hr/reports/people", "/hr/reports/standings"):
        page = client.get(path, query_string={"q": query}).get_data(as_text=True)
        assert "q7dario" not in page.lower(), path


def test_ids_that_are_none_are_not_found(dry_app, world):
    for name in CAST[1:]:
        client = world.client(dry_app, name)
        for path in (
            "/attempts/1",
            "/hr/people/1",
            "/people/ana",
            "/api/v1/people/1",
            "/notices/1",
            "/hr/approvals/x",
        ):
            assert client.get(path).status_code in {404, 405}, path
        assert post(client, "/me/security/sessions/zz/end").status_code == 404
        assert post(client, "/me/security/sessions/00/end").status_code == 404


def test_a_leaver_s_token_and_a_token_of_another_scope_open_nothing(dry_app, world, standing):
    until = clock.now() + timedelta(days=1)
    with standing.database.transaction(BY) as session:
        token = issue_token(session, world.ids["dario"], "other", ("people:read",), until, clock.now())
    headers = {"Authorization": f"Bearer {token}"}
    seen = dry_app.test_client().get("/api/v1/people", headers=headers).get_json()["items"]
    assert [each["id"] for each in seen] == [str(world.ids["dario"])]
    for path in ("/api/v1/standings", "/api/v1/evaluations/this-year"):
        assert dry_app.test_client().get(path, headers=headers).status_code == 403
