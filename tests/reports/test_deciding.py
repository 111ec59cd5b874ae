"""HR decides about a person: form, preview of what moves, a second person; and what is refused, where and why."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.approvals.models import Approval
from lms.audit.models import AuditEvent
from lms.certification.models import CreditRow, DecisionRow
from lms.people.models import EmploymentFact
from tests.factories import post, sign_in
from tests.reports.firm import ago, ago_instant
from tests.reports.test_pages import get, words

ANNUAL, ONBOARDING = "annual-confidentiality", "onboarding"
BACKWARDS = "ntil: The last day lies before the first."
WHY = "Back from a long illness; papers kept by HR."


def ahead(days):
    return ago(-days).isoformat()


def url(world, who, act):
    return f"/hr/people/{getattr(world, who)}/decide/{act}?lang=en"


def hash_in(answer):
    return re.search(r'name="preview_hash"[^>]*value="(\w+)"', answer.text).group(1)


def seen(client, address, sent, status=200):
    """Send the form and return the preview."""
    answer = post(client, address, {"reason": WHY, **sent})
    assert answer.status_code == status, words(answer.text)
    return answer


def through(client, address, sent):
    """Send the form, look at the preview and go on; return where that leads."""
    preview = seen(client, address, sent)
    answer = post(client, address, {"reason": WHY, **sent, "preview_hash": hash_in(preview)})
    assert answer.status_code == 303, words(answer.text)
    return answer.location


def approve(client, who, address):
    sign_in(client, who)
    return post(client, address, {"approve": "1", "preview_hash": hash_in(client.get(address + "?lang=en"))})


def decided(world, client, who, act, sent):
    """Let Carla ask and Fang approve."""
    sign_in(client, world.carla)
    asked = through(client, url(world, who, act), sent)
    assert approve(client, world.fang, asked).status_code == 303
    sign_in(client, world.carla)


def total(world, table):
    with world.firm.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def totals(world):
    return [total(world, table) for table in (Approval, DecisionRow, CreditRow, EmploymentFact)]


def page_of(world, client, who):
    return words(get(client, f"/hr/people/{getattr(world, who)}"))


def test_an_extension_is_previewed_asked_and_told(world, client):
    sign_in(client, world.carla)
    address, sent = url(world, "dario", "extension"), {"programme": ONBOARDING, "until_on": ahead(20)}
    preview = words(seen(client, address, sent).text)
    assert "“Onboarding certification”: Overdue becomes Assigned." in preview
    assert "Due on" in preview
    assert total(world, Approval) == 0
    decided(world, client, "dario", "extension", sent)
    assert world.firm.state(world.dario, ONBOARDING) == "assigned"
    page = page_of(world, client, "dario")
    assert "Extension in “Onboarding certification” from" in page
    assert f"{WHY} Asked by Carla, approved by Fang." in page


def test_the_second_person_sees_the_same_table(world, client):
    sign_in(client, world.carla)
    sent = {"programme": ONBOARDING, "until_on": ahead(20)}
    shown = seen(client, url(world, "dario", "extension"), sent).text
    asked = through(client, url(world, "dario", "extension"), sent)
    sign_in(client, world.fang)
    approver = client.get(asked + "?lang=en").text
    table = re.compile(r'<table[^>]*id="moves".*?</table>', re.DOTALL)
    assert words(table.search(shown).group(0)) == words(table.search(approver).group(0))


def test_a_waiver_shows_the_day_after_it_and_its_end_can_be_asked_for(world, client):
    sent = {"programme": ANNUAL, "until_on": ahead(30)}
    sign_in(client, world.carla)
    preview = words(seen(client, url(world, "mia", "waiver"), sent).text)
    assert "Lapsed becomes Waived" in preview
    assert "the day after the waiver: Lapsed" in preview
    decided(world, client, "mia", "waiver", sent)
    assert world.firm.state(world.mia) == "waived"
    with world.firm.database.reading() as session:
        decision = str(session.scalar(select(DecisionRow.id)))
    decided(world, client, "mia", "withdraw", {"decision": decision})
    assert world.firm.state(world.mia) == "lapsed"
    assert "Waiver in “Annual confidentiality certification” withdrawn" in page_of(world, client, "mia")


def test_an_exclusion_asks_for_the_day_of_review(world, client):
    sign_in(client, world.carla)
    answer = seen(client, url(world, "dario", "exclusion"), {"programme": ONBOARDING}, 422)
    assert "Looked at again on: This field is required." in words(answer.text)
    decided(world, client, "dario", "exclusion", {"programme": ONBOARDING, "until_on": ahead(90)})
    assert world.firm.state(world.dario, ONBOARDING) == "not_required"


def test_a_revocation_and_its_annulment_take_two_each(world, client):
    decided(world, client, "bruno", "revocation", {"programme": ANNUAL})
    assert world.firm.state(world.bruno) == "revoked"
    with world.firm.database.reading() as session:
        decision = str(session.scalar(select(DecisionRow.id)))
    decided(world, client, "bruno", "withdraw", {"decision": decision})
    assert world.firm.state(world.bruno) == "certified"
    sign_in(client, world.carla)
    answer = seen(client, url(world, "bruno", "withdraw"), {"decision": decision}, 422)
    assert "Not a valid choice" in words(answer.text)


def test_prior_credit_says_in_which_programme_it_counts(world, client):
    sign_in(client, world.carla)
    sent = {"target": "course:professional-ethics", "occurred_on": ago(70).isoformat()}
    preview = words(seen(client, url(world, "dario", "credit"), sent).text)
    assert "In “Onboarding certification” this step is then done." in preview
    old = {**sent, "occurred_on": ago(400).isoformat()}
    preview = words(seen(client, url(world, "dario", "credit"), old).text)
    assert "counts only from a later day" in preview
    decided(world, client, "dario", "credit", sent)
    assert "Credit for “Professional ethics” on" in page_of(world, client, "dario")


def test_a_credit_is_corrected_and_declared_void_by_two(world, client):
    with world.firm.database.reading() as session:
        query = select(CreditRow.id).where(
            CreditRow.person_id == world.bruno, CreditRow.target == "professional-ethics"
        )
        credit = str(session.scalar(query))
    decided(
        world, client, "bruno", "credit-correction", {"credit": credit, "occurred_on": ago(205).isoformat()}
    )
    page = page_of(world, client, "bruno")
    assert "The credit for “Professional ethics” on" in page
    with world.firm.database.reading() as session:
        query = select(CreditRow).where(CreditRow.source_key == f"corrects:{credit}")
        corrected = session.scalars(query).one()
        assert corrected.occurred_on == ago(205)
        replaced = str(corrected.id)
    sign_in(client, world.carla)
    sent = {"credit": replaced}
    preview = words(seen(client, url(world, "bruno", "credit-void"), sent).text)
    assert "this shortens none" in preview
    decided(world, client, "bruno", "credit-void", sent)
    assert world.firm.state(world.bruno) == "certified"
    assert world.firm.check(ago(0).isoformat()) == []


def test_leave_over_an_expiry_moves_the_grace_and_needs_no_second_person(world, client):
    sign_in(client, world.carla)
    until = world.firm.row(world.ana).valid_until
    sent = {
        "from_on": (until - timedelta(days=5)).isoformat(),
        "until_on": (until + timedelta(days=60)).isoformat(),
    }
    preview = words(seen(client, url(world, "ana", "leave"), sent).text)
    assert "Grace through" in preview
    before = world.firm.row(world.ana).grace_until
    assert through(client, url(world, "ana", "leave"), sent).endswith(f"/hr/people/{world.ana}")
    row = world.firm.row(world.ana)
    assert row.grace_until > before
    assert row.valid_until == until
    assert "Leave of absence: from" in page_of(world, client, "ana")
    answer = seen(client, url(world, "ana", "leave"), sent, 422)
    assert "There is a leave of absence on some of these days already." in words(answer.text)
    back = {"from_on": (until + timedelta(days=10)).isoformat()}
    through(client, url(world, "ana", "leave-end"), back)
    assert "Back from leave of absence" in page_of(world, client, "ana")


def test_a_mover_a_leaver_and_a_returner_are_in_the_timeline(world, client):
    with world.firm.database.reading() as session:
        south = str(world.south)
        assert session is not None
    sign_in(client, world.carla)
    through(client, url(world, "mia", "move"), {"from_on": ago(3).isoformat(), "unit": south})
    through(client, url(world, "mia", "departure"), {"from_on": ago(2).isoformat()})
    assert world.firm.state(world.mia) == "ended"
    preview = words(
        seen(client, url(world, "mia", "rehire"), {"from_on": ago(0).isoformat(), "unit": south}).text
    )
    assert "Ended becomes Assigned" in preview
    through(client, url(world, "mia", "rehire"), {"from_on": ago(0).isoformat(), "unit": south})
    assert world.firm.state(world.mia, ONBOARDING) == "assigned"
    page = page_of(world, client, "mia")
    for fact in ("Moved: from", "Left: from", "Re-hired: from", WHY):
        assert fact in page


@pytest.mark.parametrize(
    ("who", "act", "sent", "told"),
    [
        ("dario", "extension", {"programme": ONBOARDING, "until_on": ago(40).isoformat()}, BACKWARDS),
        ("carla", "waiver", {"programme": ONBOARDING, "until_on": ahead(9)}, "The person who asked gains by it"),
        ("felix", "extension", {"programme": ONBOARDING, "until_on": ahead(9)}, "Until: There is time until"),
        ("bruno", "extension", {"programme": ANNUAL, "until_on": ahead(900)}, "Nothing is owed here by a day"),
        ("dario", "revocation", {"programme": ONBOARDING}, "Only what is valid or in grace can be revoked"),
        ("mia", "waiver", {"programme": ANNUAL, "from_on": ahead(9), "until_on": ahead(3)}, BACKWARDS),
        ("mia", "waiver", {"programme": "none", "until_on": ahead(3)}, "Certification: Not a valid choice."),
        ("mia", "waiver", {"programme": ANNUAL, "until_on": ahead(3), "reason": " "}, "Reason: This field"),
        ("mia", "waiver", {"programme": ANNUAL, "until_on": "soon"}, "Not a valid date value."),
        ("mia", "credit", {"target": "course:professional-ethics", "occurred_on": ahead(1)}, "day is still to come."),
        ("mia", "credit", {"target": "course:none", "occurred_on": ago(1).isoformat()}, "done: Not a valid choice."),
        ("mia", "credit", {"target": "course:professional-ethics", "occurred_on": "1990-01-01"}, "is too long ago."),
        ("ana", "leave", {"from_on": ahead(9), "until_on": ahead(3)}, BACKWARDS),
        ("ana", "leave-end", {"from_on": ahead(9)}, "There is no leave of absence on this day that could end."),
        ("ana", "rehire", {"from_on": ahead(9), "unit": ""}, "Unit: This field is required."),
        ("carla", "leave", {"from_on": ahead(9)}, "Somebody else records your employment."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_at_the_field_and_changes_nothing(world, client, who, act, sent, told):
    sign_in(client, world.carla)
    before = totals(world)
    answer = seen(client, url(world, who, act), sent, 422)
    assert told in words(answer.text)
    assert totals(world) == before


def test_what_changed_since_the_preview_is_refused_and_shown_anew(world, client):
    sign_in(client, world.carla)
    address, sent = url(world, "dario", "extension"), {"programme": ONBOARDING, "until_on": ahead(20)}
    old = hash_in(seen(client, address, sent))
    decided(world, client, "dario", "exclusion", {"programme": ONBOARDING, "until_on": ahead(90)})
    before = totals(world)
    answer = post(client, address, {"reason": WHY, **sent, "preview_hash": old})
    assert answer.status_code == 422
    assert "Nothing is owed here by a day" in words(answer.text)
    address, sent = url(world, "mia", "waiver"), {"programme": ANNUAL, "until_on": ahead(20)}
    old = hash_in(seen(client, address, sent))
    through(client, url(world, "mia", "leave"), {"from_on": ago(1).isoformat(), "until_on": ahead(200)})
    answer = post(client, address, {"reason": WHY, **sent, "preview_hash": old})
    assert answer.status_code == 409
    assert "Facts have changed since you saw this, so nothing was done." in words(answer.text)
    assert hash_in(answer) != old
    assert totals(world)[:3] == before[:3]


def test_a_request_gone_stale_is_refused_on_the_page_that_shows_what_it_would_do_now(world, client):
    sign_in(client, world.carla)
    asked = through(client, url(world, "mia", "waiver"), {"programme": ANNUAL, "until_on": ahead(20)})
    sign_in(client, world.fang)
    old = hash_in(client.get(asked + "?lang=en"))
    world.firm.employ(world.mia, "absence", ago(0).isoformat(), ago(1).isoformat(), ahead(200))
    answer = post(client, asked, {"approve": "1", "preview_hash": old})
    assert answer.status_code == 409
    assert "What this would do has changed since it was asked." in words(answer.text)
    assert "What would follow" in words(answer.text)
    assert world.firm.state(world.mia) == "lapsed"


def test_who_asked_cannot_approve_nor_can_anybody_twice(world, client):
    sign_in(client, world.carla)
    asked = through(client, url(world, "mia", "waiver"), {"programme": ANNUAL, "until_on": ahead(20)})
    shown = client.get(asked + "?lang=en")
    answer = post(client, asked, {"approve": "1", "preview_hash": hash_in(shown)})
    assert answer.status_code == 403
    assert "You asked for this yourself: a second person must decide." in words(answer.text)
    assert world.firm.state(world.mia) == "lapsed"
    sign_in(client, world.fang)
    shown = hash_in(client.get(asked + "?lang=en"))
    assert post(client, asked, {"approve": "1", "preview_hash": shown}).status_code == 303
    answer = post(client, asked, {"approve": "1", "preview_hash": shown})
    assert answer.status_code == 409
    assert "This request has been decided already." in words(answer.text)
    assert total(world, DecisionRow) == 1


def test_nobody_approves_for_a_person_they_report_to(world, client):
    with world.firm.doing(ago(0).isoformat()) as session:
        from lms.people import actions

        actions.set_lead(session, world.firm.unit, world.mia, ago(0), ago_instant(0))
    sign_in(client, world.carla)
    answer = seen(client, url(world, "mia", "waiver"), {"programme": ANNUAL, "until_on": ahead(20)}, 422)
    assert "The person who asked reports to somebody who gains by it" in words(answer.text)


def test_what_was_typed_comes_back_to_be_changed(world, client):
    sign_in(client, world.carla)
    sent = {"programme": ANNUAL, "until_on": ahead(20), "reason": WHY, "change": "1"}
    answer = post(client, url(world, "mia", "waiver"), sent)
    assert answer.status_code == 200
    assert WHY in answer.text
    assert f'value="{ahead(20)}"' in answer.text


def test_only_hr_decides(world, client):
    for who in ("ana", "bruno", "dario", "felix", "fang"):
        sign_in(client, getattr(world, who))
        assert client.get(url(world, "mia", "waiver")).status_code in {403, 404}
        assert post(client, url(world, "mia", "waiver"), {}).status_code in {403, 404}
        assert "/decide/" not in client.get(f"/hr/people/{world.mia}").text
    sign_in(client, world.carla)
    assert client.get(url(world, "mia", "nothing")).status_code == 404
    with world.firm.database.reading() as session:
        kinds = session.scalars(select(AuditEvent.kind).where(AuditEvent.kind == "DecisionRecorded")).all()
    assert kinds == []
