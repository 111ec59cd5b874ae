"""On whose account a command acts: the operator's, or that of the person named by --as."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from lms.core import clock
from lms.core.access import Action, Actor, may_ever
from lms.core.db import By, Database
from lms.core.errors import NotAllowed, message
from lms.people import queries


@contextmanager
def opened(
    database: Database, options: argparse.Namespace, action: Action
) -> Iterator[tuple[Session, Actor | None]]:
    """Open a transaction on the account of the operator, or of the person named by --as, who must be allowed."""
    actor: Actor | None = None
    if options.acting:
        with database.reading() as session:
            actor = queries.actor_of_person(
                session, queries.person_named(session, options.acting), clock.now()
            )
        if actor is None or not may_ever(actor, action):
            raise NotAllowed(message("%(name)s may not do this.", name=options.acting))
    by = By(str(actor.person_id), credential="command") if actor else By("operator", credential="command")
    with database.transaction(by) as session:
        yield session, actor
