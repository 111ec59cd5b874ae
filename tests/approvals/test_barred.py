"""One administrator is never two people: a reset by somebody else bars approving for three days."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lms.approvals import actions
from lms.approvals.models import Approval
from lms.approvals.rules import ApprovalState
from lms.core.access import Role
from lms.core.db import By
from lms.core.errors import NotAllowed
from lms.people.actions import request_role
from lms.people.models import Account
from lms.people.queries import actor_of_person
from tests.factories import make_cast

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
RESET = AT - timedelta(hours=72)


@pytest.mark.parametrize(
    ("later", "barred"), [(timedelta(seconds=-1), True), (timedelta(0), False), (timedelta(seconds=1), False)]
)
def test_whoever_had_their_sign_in_reset_by_another_approves_nothing_for_72_hours(database, later, barred):
    cast = make_cast(database, AT - timedelta(days=30))
    with database.transaction(By("operator")) as session:
        session.get_one(Account, cast.fang).credentials_reset_at = RESET
        request_role(session, cast.dario, Role.AUDITOR, cast.carla, "internal audit needs him", AT)
        waiting = session.scalars(select(Approval)).one()
        fang = actor_of_person(session, cast.fang, AT)
        try:
            actions.approve(session, fang, waiting.id, waiting.preview_hash, AT + later)
        except NotAllowed:
            assert barred
        else:
            assert not barred
        wanted = ApprovalState.OPEN if barred else ApprovalState.APPROVED
        assert session.get_one(Approval, waiting.id).state == wanted
