"""Webhooks: signed, sent outside of transactions, tried again, given up where administrators see it, each once."""

import base64
import hashlib
import hmac
import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select

from lms.core import clock
from lms.core.db import By
from lms.core.egress import Outward, networks_of
from lms.core.errors import Conflict, Invalid, NotFound
from lms.jobs import KINDS
from lms.notices.delivery import Surroundings, lease, run_one, work
from lms.notices.models import Job
from lms.notices.rules import LEASE, MOST_TRIES, JobState
from lms.notices.webhooks import actions, queries
from lms.notices.webhooks.models import Endpoint, WebhookMessage, WebhookTry
from lms.notices.webhooks.rules import CLEARANCE_CHANGED, Outgoing, signed_headers
from tests.factories import post, sign_in

BODY = '{"type":"clearance.changed","data":{"duty":"read-client-files","note":"客户"}}'
ONE = Outgoing(CLEARANCE_CHANGED, "one", BODY)
OUTWARD = Outward(networks_of("127.0.0.0/8"))


class Receiver(ThreadingHTTPServer):
    """Another system on this machine: it answers with `statuses` in turn, then 204, and keeps what it got."""

    def __init__(self):
        self.statuses, self.got, self.during = [], [], lambda: None
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hooks"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(({key.lower(): value for key, value in self.headers.items()}, body))
        self.server.during()
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 204)
        self.end_headers()

    def log_message(self, *_):
        return


@pytest.fixture
def receiver():
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def around(database, settings):
    return Surroundings(database, settings.model_copy(update={"egress_private": "127.0.0.0/8"}))


@pytest.fixture
def secret(database, cast, receiver):
    with database.transaction(By("tests")) as session:
        return actions.add_endpoint(
            session, cast.admin, receiver.url, [CLEARANCE_CHANGED], OUTWARD, clock.now()
        ).secret


def tell(database, *outgoing):
    with database.transaction(By("tests")) as session:
        return actions.publish(session, outgoing or [ONE], clock.now())


def jobs(database):
    with database.reading() as session:
        found = session.scalars(select(Job).where(Job.kind == actions.WEBHOOK)).all()
        session.expunge_all()
        return found


def verified(secret, headers, body):
    """Verify as a receiver does, by the specification alone."""
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.split("_", 1)[1])
    expected = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(expected, headers["webhook-signature"])


def test_the_signature_is_that_of_the_published_example():
    at = datetime.fromtimestamp(1614265330, UTC)
    found = signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}'
    )
    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_message_arrives_whole_and_signed_and_once(database, around, receiver, secret):
    assert tell(database) == 1
    for _ in range(3):
        work(around, KINDS, clock.now())
    [(headers, body)] = receiver.got
    assert body.decode() == BODY
    assert headers["content-type"] == "application/json"
    assert headers["webhook-id"].startswith("msg_")
    assert abs(int(headers["webhook-timestamp"]) - clock.now().timestamp()) < 60
    assert verified(secret, headers, body)
    assert not verified(secret, headers, body + b" ")
    with database.reading() as session:
        assert session.scalars(select(WebhookMessage)).one().taken_at is not None
        assert [(each.status, each.error) for each in session.scalars(select(WebhookTry))] == [(204, "")]
    assert [each.state for each in jobs(database)] == [JobState.DONE]


def test_what_fails_is_sent_again_with_the_same_id_and_bytes(database, around, receiver, secret):
    receiver.statuses = [500, 302]
    tell(database)
    at = clock.now()
    for pause in (0, 5, 5):
        at += timedelta(seconds=pause)
        work(around, KINDS, at)
    assert len(receiver.got) == 3
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len({body for _, body in receiver.got}) == 1
    with database.reading() as session:
        tries = session.scalars(select(WebhookTry).order_by(WebhookTry.tried_at)).all()
        assert [each.status for each in tries] == [500, 302, 204]
    assert [each.state for each in jobs(database)] == [JobState.DONE]


def test_one_that_is_always_refused_is_given_up_seen_and_tried_again(
    database, app, cast, around, receiver, secret
):
    receiver.statuses = [503] * MOST_TRIES
    tell(database)
    at = clock.now()
    for _ in range(MOST_TRIES):
        at += timedelta(hours=2)
        work(around, KINDS, at)
    [job] = jobs(database)
    assert (job.state, job.tries, job.error) == (JobState.DEAD, MOST_TRIES, "HTTP 503")
    client = app.test_client()
    sign_in(client, cast.admin)
    page = client.get("/webhooks?lang=en").text
    assert "HTTP 503" in page
    assert "Given up" in page
    with database.reading() as session:
        [line] = queries.unsent(session)
    assert post(client, f"/webhooks/messages/{line.id}/again").status_code == 303
    assert post(client, f"/webhooks/messages/{line.id}/again").status_code == 409
    work(around, KINDS, clock.now())
    assert len(receiver.got) == MOST_TRIES + 1
    assert [each.state for each in jobs(database)] == [JobState.DONE]


def test_no_transaction_is_open_while_the_other_side_takes_its_time(database, around, receiver, secret):
    written = []

    def write():
        with database.transaction(By("tests")) as session:
            session.add(
                Job(kind="other", payload="{}", key="meanwhile", run_at=clock.now() + timedelta(days=1))
            )
        written.append(1)

    receiver.during = write
    tell(database)
    work(around, KINDS, clock.now())
    assert written == [1]
    assert [each.state for each in jobs(database)] == [JobState.DONE]


def test_a_worker_that_dies_after_sending_sends_the_same_message_again(database, around, receiver, secret):
    tell(database)
    now = clock.now()
    [(job_id, first)] = lease(database, now)
    [(again, second)] = lease(database, now + LEASE + timedelta(seconds=1))
    assert again == job_id
    run_one(around, KINDS, job_id, second)
    run_one(around, KINDS, job_id, first)
    ids = [headers["webhook-id"] for headers, _ in receiver.got]
    assert len(set(ids)) == 1
    with database.reading() as session:
        assert len(session.scalars(select(WebhookTry)).all()) == 1


def test_a_private_address_is_not_sent_to_unless_the_settings_name_it(database, settings, receiver, secret):
    tell(database)
    work(Surroundings(database, settings), KINDS, clock.now())
    assert receiver.got == []
    [job] = jobs(database)
    assert job.state == JobState.WAITING
    assert "Barred" in job.error


def test_what_ended_is_sent_no_more(database, around, receiver, secret):
    tell(database)
    with database.transaction(By("tests")) as session:
        actions.end_endpoint(session, session.scalars(select(Endpoint.id)).one(), clock.now())
    work(around, KINDS, clock.now())
    assert receiver.got == []
    assert tell(database, Outgoing(CLEARANCE_CHANGED, "two", BODY)) == 0
    with database.reading() as session, pytest.raises(Conflict):
        actions.try_again(session, session.scalars(select(WebhookMessage.id)).one(), clock.now())


def test_only_kinds_asked_for_are_told(database, secret):
    assert tell(database, Outgoing("other.kind", "x", "{}")) == 0


@pytest.mark.parametrize(
    ("url", "kinds", "field"),
    [
        ("https://127.0.0.1/", [CLEARANCE_CHANGED], "url"),
        ("http://hr.example.com/", [CLEARANCE_CHANGED], "url"),
        ("https://hr.example.com/", [], "kinds"),
        ("https://hr.example.com/", ["everything"], "kinds"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(database, cast, url, kinds, field):
    with database.transaction(By("tests")) as session, pytest.raises(Invalid) as caught:
        actions.add_endpoint(session, cast.admin, url, kinds, Outward(), clock.now())
    assert list(caught.value.errors) == [field]


def test_an_address_is_added_once_its_secret_shown_once_and_ended(database, app, cast):
    client = app.test_client()
    sign_in(client, cast.admin)
    form = {"url": "https://hr.example.com/hooks", "kinds": [CLEARANCE_CHANGED]}
    page = post(client, "/webhooks?lang=en", form)
    assert page.status_code == 200
    assert "whsec_" in page.text
    assert "whsec_" not in client.get("/webhooks").text
    assert post(client, "/webhooks", form).status_code == 422
    assert post(client, "/webhooks", {**form, "url": "https://10.0.0.1/"}).status_code == 422
    with database.reading() as session:
        [line] = queries.endpoints(session)
    assert post(client, f"/webhooks/{line.id}/end").status_code == 303
    assert post(client, f"/webhooks/{line.id}/end").status_code == 404
    with database.reading() as session, pytest.raises(NotFound):
        actions.end_endpoint(session, line.id, clock.now())


@pytest.mark.parametrize("name", ["ana", "bruno", "carla", "felix", "fang"])
def test_nobody_but_administrators_sees_webhooks(app, cast, name):
    client = app.test_client()
    sign_in(client, getattr(cast, name))
    assert client.get("/webhooks").status_code == 403
    assert json.loads(client.get("/csrf").text)
