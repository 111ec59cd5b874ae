"""The clock's list of work: what jobs there are, and which chores come round by themselves."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lms.audit.actions import BATCH, note_verdict, seal
from lms.audit.queries import last_of_kind, verify_log
from lms.audit.signing import Keyring, new_private_key_text, private_key_from
from lms.audit.verification import LogVerified
from lms.cases.background import settle_all
from lms.certification.actions import sweep_all
from lms.certification.actions.certifying import PRINT
from lms.certification.actions.digesting import TEAM_LISTS, gather_digests, list_teams
from lms.certification.actions.printing import print_certificate
from lms.certification.clearances.flipping import flip_all
from lms.certification.reacting import REASSESS_ALL, assess_all
from lms.core.db import By, Database
from lms.core.installation import kept_secret
from lms.core.settings import Settings
from lms.notices.actions import ADDRESS_MAIL, CONFIRM_MAIL, LINK_MAIL, MAIL
from lms.notices.confirming import CONFIRMATION_DELIVERY
from lms.notices.delivery import Chore, JobKind, Surroundings, Worker
from lms.notices.digests import DIGEST, DIGEST_DELIVERY
from lms.notices.mailing import ADDRESS_DELIVERY, LINK_DELIVERY, NOTICE_DELIVERY
from lms.notices.webhooks.actions import WEBHOOK
from lms.notices.webhooks.delivery import DELIVERY
from lms.people.actions import refresh_changed
from lms.quizzes.background import close_and_score

VERIFY_EVERY = timedelta(hours=24)
KINDS: Mapping[str, JobKind] = {
    MAIL: NOTICE_DELIVERY,
    LINK_MAIL: LINK_DELIVERY,
    CONFIRM_MAIL: CONFIRMATION_DELIVERY,
    ADDRESS_MAIL: ADDRESS_DELIVERY,
    REASSESS_ALL: assess_all,
    PRINT: print_certificate,
    DIGEST: DIGEST_DELIVERY,
    TEAM_LISTS: list_teams,
    WEBHOOK: DELIVERY,
}


def seal_log(around: Surroundings, at: datetime) -> int:
    """Seal all events that wait; return how many."""
    key = private_key_from(audit_key(around.settings))
    sealed = 0
    while True:
        with around.database.transaction(By("worker")) as session:
            found = seal(session, key, at)
        sealed += found
        if found < BATCH:
            return sealed


def audit_key(settings: Settings) -> str:
    """Return the key that signs checkpoints: as set, or kept in the instance folder."""
    return settings.audit_key or kept_secret(settings.instance / "audit.key", new_private_key_text())


def audit_keyring(settings: Settings, earlier: Iterable[Ed25519PublicKey] = ()) -> Keyring:
    """Return the public keys by which checkpoints are verified: this installation's, and earlier ones."""
    return Keyring([private_key_from(audit_key(settings)).public_key(), *earlier])


def verify_daily(around: Surroundings, at: datetime) -> bool:
    """Recompute the whole log once a day and record what came of it; return whether it was done."""
    with around.database.reading() as session:
        last = last_of_kind(session, LogVerified.__name__)
        if last is not None and at - last < VERIFY_EVERY:
            return False
        verdict = verify_log(session, audit_keyring(around.settings))
    with around.database.transaction(By("worker")) as session:
        note_verdict(session, verdict, at)
    return True


def refresh_people(around: Surroundings, at: datetime) -> int:
    """Bring today's reading of employment up to date; return how many people it changed."""
    with around.database.transaction(By("worker")) as session:
        return refresh_changed(session, at)


def close_attempts(around: Surroundings, at: datetime) -> int:
    """Hand in what ran out of time and score what waits; return how many were handed in."""
    return close_and_score(around.database, at).closed


def settle_plays(around: Surroundings, at: datetime) -> int:
    """Let the clocks of open plays run out; return how many plays came to their end."""
    return settle_all(around.database, at)


def sweep_standings(around: Surroundings, at: datetime) -> int:
    """Assess everybody with a standing whose day has come; return how many."""
    return sweep_all(around.database, at).people


def flip_duties(around: Surroundings, at: datetime) -> int:
    """Tell of duties that are allowed or denied since a day has come; return how many people were looked at."""
    return flip_all(around.database, at)


CHORES = (
    Chore("seal", 1, seal_log),
    Chore("attempts", 15, close_attempts),
    Chore("plays", 15, settle_plays),
    Chore("people", 300, refresh_people),
    Chore("sweep", 600, sweep_standings),
    Chore("digests", 120, gather_digests),
    Chore("duties", 600, flip_duties),
    Chore("verify", 3600, verify_daily),
)


def make_worker(database: Database, settings: Settings) -> Worker:
    """Return a worker over all jobs and chores."""
    return Worker(Surroundings(database, settings), KINDS, CHORES)
