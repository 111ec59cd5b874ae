"""Publication: immutable versions, all or nothing, the first by one person, every later one by two."""

from functools import cache

import pytest
from sqlalchemy import func, select

from lms.approvals.actions import approve, refuse
from lms.approvals.queries import kind_of, payload_of
from lms.audit.models import AuditBody, AuditEvent
from lms.authoring.actions import ask_publication, planned, publish
from lms.authoring.publishing import Sorting, plan
from lms.core import clock
from lms.core.canonical import canonical_json, sha256_hex
from lms.core.db import By
from lms.core.errors import Conflict, Invalid, NotAllowed
from lms.core.versions import Change, ContentMedia, ContentVersion, Publication, snapshot
from lms.people.queries import actor_of_person
from tests.content import changed, publish_content, real_content

LESSON = "content/courses/client-confidentiality/02-need-to-know.en.md"
AGREEMENT = "content/agreements/confidentiality-agreement.en.md"
BY = By("operator")


@cache
def edited(path=LESSON):
    return changed((path, "\n## ", "\nOne more sentence.\n\n## "))


def actor(database, person_id):
    with database.reading() as session:
        return actor_of_person(session, person_id, clock.now())


def ask(database, who, content, sorting, reason="Annual review"):
    with database.transaction(By(str(who.person_id))) as session:
        approval = ask_publication(session, who, content, sorting, reason, clock.now())
        return approval and approval.id


def decide(database, who, approval_id, act=approve):
    with database.transaction(By(str(who.person_id))) as session:
        if act is refuse:
            return refuse(session, who, approval_id, "Not yet", clock.now())
        from lms.approvals.models import Approval

        approval = session.get_one(Approval, approval_id)
        preview = kind_of(session, approval.kind).preview(session, payload_of(approval))
        return approve(session, who, approval_id, preview.hash, clock.now())


def test_the_first_publication_stores_every_text_once_with_its_hash(database):
    found = publish_content(database)
    documents = real_content().documents
    assert found.publication == 1
    assert set(found.versions) == {(each.kind, each.id) for each in documents}
    for each in documents:
        version = found.versions[each.kind, each.id]
        assert (version.number, version.change, version.sha256) == (1, Change.FIRST, each.sha256)
        assert sha256_hex(canonical_json(version.body)) == each.sha256


def test_media_are_stored_by_their_hash(database, content):
    with database.reading() as session:
        stored = {row.sha256: row.data for row in session.scalars(select(ContentMedia))}
    pictures = content.all("media")
    assert pictures
    assert set(stored) == {each.body["sha256"] for each in pictures}
    assert all(sha256_hex(data) == digest for digest, data in stored.items())


def test_a_publication_is_one_event_that_names_its_manifest(database, content):
    with database.reading() as session:
        kind, body = session.execute(
            select(AuditEvent.kind, AuditBody.body).join(AuditBody, AuditBody.event_id == AuditEvent.id)
        ).one()
        assert session.get_one(Publication, 1).event_id == session.scalar(select(AuditEvent.id))
    assert kind == "ContentPublished"
    assert f'"texts":{len(real_content().documents)}' in body
    assert "changes" not in body


def test_publishing_the_same_texts_again_changes_nothing(database, content):
    with database.transaction(BY) as session:
        again = publish(session, real_content(), clock.now())
        assert (again.publication, again.versions) == (0, ())
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Publication)) == 1


def test_a_second_publication_needs_a_second_person(database, content):
    with pytest.raises(NotAllowed), database.transaction(BY) as session:
        publish(session, edited(), clock.now(), editorial=["*"])
    with database.reading() as session:
        assert snapshot(session).publication == 1


def test_every_changed_text_must_be_sorted(database, content):
    with database.reading() as session:
        with pytest.raises(Invalid, match="lesson/client-confidentiality/need-to-know"):
            planned(session, edited(), Sorting())
        with pytest.raises(Invalid, match="No changed text has this name: nothing"):
            planned(session, edited(), Sorting(material=("nothing", "lesson/*")))
        with pytest.raises(Invalid, match="Sorted as material and as editorial"):
            planned(session, edited(), Sorting(("lesson/*",), ("client-confidentiality/need-to-know",)))


@pytest.mark.parametrize(
    ("sorting", "change"),
    [(Sorting(material=("lesson/*",)), Change.MATERIAL), (Sorting(editorial=("*",)), Change.EDITORIAL)],
)
def test_an_approved_publication_adds_a_version_and_keeps_the_old_one(
    database, cast, content, sorting, change
):
    erin, fang = actor(database, cast.erin), actor(database, cast.fang)
    approval_id = ask(database, erin, edited(), sorting)
    with database.reading() as session:
        assert snapshot(session).publication == 1
    decide(database, fang, approval_id)
    with database.reading() as session:
        found = snapshot(session)
        assert found.publication == 2
        version = found.get("lesson", "client-confidentiality/need-to-know")
        assert (version.number, version.change) == (2, change)
        assert "One more sentence." in version.body["html"]["en"]
        both = session.scalars(
            select(ContentVersion.number).where(ContentVersion.content_id == version.content_id)
        ).all()
        assert sorted(both) == [1, 2]
        before = snapshot(session, 1).get("lesson", version.content_id)
        assert "One more sentence." not in before.body["html"]["en"]


def test_only_an_author_asks_and_nobody_approves_their_own_request(database, cast, content):
    ana, erin = actor(database, cast.ana), actor(database, cast.erin)
    with pytest.raises(NotAllowed):
        ask(database, ana, edited(), Sorting(editorial=("*",)))
    approval_id = ask(database, erin, edited(), Sorting(editorial=("*",)))
    with pytest.raises(NotAllowed):
        decide(database, erin, approval_id)
    with database.reading() as session:
        assert snapshot(session).publication == 1


def test_a_refused_publication_changes_nothing_and_the_second_of_two_goes_stale(database, cast, content):
    erin, fang = actor(database, cast.erin), actor(database, cast.fang)
    refused = ask(database, erin, edited(), Sorting(editorial=("*",)))
    decide(database, fang, refused, refuse)
    first = ask(database, erin, edited(), Sorting(editorial=("*",)))
    second = ask(database, erin, edited(AGREEMENT), Sorting(material=("*",)))
    decide(database, fang, first)
    with pytest.raises(Conflict):
        decide(database, fang, second)
    with database.reading() as session:
        assert snapshot(session).publication == 2
        assert snapshot(session).get("agreement", "confidentiality-agreement").number == 1


def test_nothing_is_asked_when_nothing_differs(database, cast, content):
    assert ask(database, actor(database, cast.erin), real_content(), Sorting()) is None


def test_a_rolled_back_publication_leaves_no_trace_not_even_in_memory(database):
    def fail():
        with database.transaction(BY) as session:
            publish(session, real_content(), clock.now())
            {}[snapshot(session).publication]

    with pytest.raises(KeyError, match="1"):
        fail()
    with database.reading() as session:
        assert snapshot(session).versions == {}
    assert publish_content(database).get("course", "professional-ethics")


def test_texts_with_errors_are_never_published(database):
    from lms.authoring.rules import check

    broken = check({"content/courses/x/course.yml": b"course: x\n"})
    assert broken.errors
    with pytest.raises(Invalid), database.transaction(BY) as session:
        publish(session, broken, clock.now())
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ContentVersion)) == 0


def test_a_text_that_vanishes_is_refused_but_a_picture_is_retired(database, content):
    without = [each for each in real_content().documents if each.id != "refusing"]
    with pytest.raises(Invalid, match="handbook/refusing"):
        plan(content.versions, without, Sorting())
    picture = content.all("media")[0]
    without = [each for each in real_content().documents if each.id != picture.content_id]
    (gone,) = plan(content.versions, without, Sorting())
    assert (gone.id, gone.number, gone.change) == (picture.content_id, 2, Change.RETIRED)
