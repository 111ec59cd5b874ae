"""The queue of a firm whose history was made in seconds: what the worker would have done long ago is done."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from lms.certification.actions.certifying import PRINT
from lms.demo.acts import BY, Firm
from lms.notices.actions import MAIL
from lms.notices.models import Job
from lms.notices.rules import JobState

FIRST_SECONDS, BETWEEN_SECONDS = 60, 20


def settle(firm: Firm, now: datetime) -> None:
    """End the mails, as the worker does where no mail server is set; spread the printing of certificates.

    A certificate asked for now must not wait behind all those of two years. What else waits is due now.
    """
    others = update(Job).where(Job.kind.not_in((MAIL, PRINT)), Job.run_at < now).values(run_at=now)
    mails = update(Job).where(Job.kind == MAIL).values(state=JobState.DONE, done_at=Job.run_at)
    waiting = select(Job).where(Job.kind == PRINT).order_by(Job.run_at.desc(), Job.id)
    with firm.database.transaction(BY, now=now) as session:
        session.execute(others, execution_options={"synchronize_session": False})
        session.execute(mails, execution_options={"synchronize_session": False})
        for number, job in enumerate(session.scalars(waiting)):
            job.run_at = now + timedelta(seconds=FIRST_SECONDS + BETWEEN_SECONDS * number)
