"""The pages of cases over HTTP: cycle without a script, strangers, what is not shown early, maps, statements."""

import io
import re
from datetime import timedelta

import pytest
import time_machine

from lms.core import clock
from tests.cases.small import CANARY, CASE, EXPERT, FAILING, TEXT, play_through, publish_case
from tests.factories import csrf_of, post, sign_in
from tests.statements import counted


@pytest.fixture
def ana(database, cast, client):
    publish_case(database)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, cast.ana)
    return cast.ana


def begin(client) -> str:
    reply = post(client, f"/cases/{CASE}")
    assert reply.status_code == 303
    return reply.location


def go(client, play, *ways, first=1):
    reply = None
    for number, way in enumerate(ways, first):
        reply = post(client, f"{play}/choices", {"step": str(number), "choice": way})
    return reply


def test_a_case_is_played_from_the_list_to_the_debrief(client, ana):
    assert "A small gift" in client.get("/cases").text
    assert "at least 70%" in client.get(f"/cases/{CASE}").text
    play = begin(client)
    scene = client.get(play).text
    assert "A box waits for you." in scene
    assert "One parcel." in scene
    reply = go(client, play, *EXPERT)
    assert reply.location == f"{play}/debrief"
    page = client.get(reply.location).text
    assert "It is settled." in page
    assert page.count(CANARY) == 2 * len(EXPERT)
    assert "/handbook/asking" in page
    assert client.get(play).location == f"{play}/debrief"
    assert "Passed" in client.get("/cases").text


def test_no_reason_points_or_end_is_told_before_the_end(client, ana):
    play = begin(client)
    pages = [client.get("/cases").text, client.get(f"/cases/{CASE}").text, client.get(play).text]
    go(client, play, "hand-in")
    pages.append(client.get(play).text)
    assert not [page for page in pages if CANARY in page or "tempting" in page or "It is settled" in page]
    assert client.get(f"{play}/debrief").location == play


def test_nothing_chosen_and_an_impossible_choice_are_said_beside_the_choices(client, ana):
    play = begin(client)
    for way in ("", "declare"):
        reply = go(client, play, way)
        assert reply.status_code == 422
        assert "Choose one of the ways that are open." in reply.text


def test_a_form_sent_twice_changes_nothing(client, ana):
    play = begin(client)
    go(client, play, "hand-in")
    assert go(client, play, "hand-in").location == play
    assert "The form lies before you." in client.get(play).text


def test_the_clock_is_shown_and_what_it_did_is_told(client, ana):
    now = clock.now()
    with time_machine.travel(now, tick=False) as traveller:
        play = begin(client)
        go(client, play, "hand-in")
        shown = client.get(play)
        assert "data-case-clock" in shown.text
        assert shown.headers["Refresh"] == f"64; url={play}"
        traveller.shift(timedelta(seconds=70))
        late = client.get(play).text
        assert "The clock ran out. This is what happened: Tomorrow will do." in late
        assert "The client rings." in late
        reply = go(client, play, "apologise", first=3)
        assert reply.location == f"{play}/debrief"
        assert "The clock ran out" in client.get(reply.location).text


def test_a_stranger_finds_no_play(client, ana, cast):
    play = begin(client)
    sign_in(client, cast.dario)
    assert client.get(play).status_code == 404
    assert client.get(f"{play}/debrief").status_code == 404
    assert go(client, play, "hand-in").status_code == 404


def test_a_play_costs_few_statements(client, ana, database):
    play = begin(client)
    token = csrf_of(client)
    with counted(database) as seen:
        client.get(play)
    assert len(seen) <= 4, seen
    with counted(database) as seen:
        client.post(f"{play}/choices", data={"step": "1", "choice": "hand-in", "csrf_token": token})
    assert len(seen) <= 8, seen


def test_the_map_is_for_authors_and_shows_paths_from_five_plays_on(client, ana, database, cast):
    assert client.get(f"/author/cases/{CASE}").status_code == 403
    for way in (EXPERT, EXPERT, FAILING, FAILING):
        play_through(database, ana, way, clock.now())
    sign_in(client, cast.erin)
    page = client.get(f"/author/cases/{CASE}").text
    assert "from 5 finished plays on" in page
    assert 'data-label="Taken"' not in page
    play_through(database, cast.dario, EXPERT, clock.now())
    page = client.get(f"/author/cases/{CASE}").text
    rows = re.findall(
        r'data-label="Choice"><code>([^<]+)<.*?data-label="Taken" class="num">(\d+)<', page, re.DOTALL
    )
    assert dict(rows)["hand-in"] == "3"
    assert dict(rows)["keep"] == "2"
    for kind in ("map-critical", "map-expert", "map-pass", "map-fail"):
        assert kind in page


def draft(client, text):
    data = {"draft": (io.BytesIO(text.encode()), "case.yml"), "csrf_token": csrf_of(client)}
    return client.post("/author/cases", data=data, content_type="multipart/form-data").text


def test_a_draft_is_checked_and_drawn_and_not_stored(client, ana, cast):
    sign_in(client, cast.erin)
    assert "No problem was found." in draft(client, TEXT)
    lost = TEXT.replace("to: form", "to: done").replace("critical: true", "critical: false", 1)
    page = draft(client, lost)
    assert "E710" in page
    assert "E715" in page
    assert "never reached" in page
    assert "map-no-return" in page
    assert re.search(r"case.yml:1:\d+: E\d{3}", draft(client, "case: ["))
    assert client.get("/cases").text.count("A small gift") == 1
