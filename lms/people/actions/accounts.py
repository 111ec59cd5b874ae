"""How people sign in: passwords, failures, the second factor."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete, insert, select, update
from sqlalchemy.orm import Session

from lms.audit.events import record
from lms.core.errors import Conflict, Invalid, NotFound, message
from lms.people import credentials
from lms.people.actions.sessions import end_sessions_of
from lms.people.models import Account, RecoveryCode
from lms.people.rules import (
    CredentialsReset,
    PasswordChanged,
    SecondFactorChanged,
    SignInFailed,
)


def set_password(
    session: Session, person_id: UUID, password_hash: str, at: datetime, *, keep: bytes | None = None
) -> None:
    """Set a password from its hash; end every session of the person but the one whose hash is `keep`.

    The caller has asked `credentials.password_objection` and hashed before this transaction began.
    """
    account = _locked(session, person_id)
    account.password_hash, account.password_changed_at = password_hash, at
    account.failures, account.locked_until = 0, None
    session.flush()
    end_sessions_of(session, person_id, at, keep=keep)
    record(session, PasswordChanged(subject=f"person:{person_id}", occurred_at=at, person_id=person_id))


def note_reset(session: Session, person_id: UUID, at: datetime) -> None:
    """Note that somebody else had the credentials reset: signing and approving are barred for 72 hours.

    The second factor goes too: whoever lost their password by losing their phone would be locked out.
    """
    account = _locked(session, person_id)
    account.credentials_reset_at, account.totp_secret = at, ""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    session.flush()
    record(session, CredentialsReset(subject=f"person:{person_id}", occurred_at=at, person_id=person_id))


def note_failure(session: Session, person_id: UUID | None, why: str, at: datetime) -> None:
    """Count a refused sign-in and let sign-in rest when there have been many in a row.

    An attempt while it rests is recorded but not counted: nobody can be locked out for ever by others.
    """
    failures = 0
    if person_id is not None:
        account = _locked(session, person_id)
        if not credentials.is_locked(account.locked_until, at):
            account.failures += 1
            rest = credentials.lock_after(account.failures)
            account.locked_until = at + rest if rest else None
        failures = account.failures
    subject = f"person:{person_id}" if person_id else "person:unknown"
    record(
        session,
        SignInFailed(subject=subject, occurred_at=at, person_id=person_id, why=why, failures=failures),
    )


def use_second_factor(session: Session, person_id: UUID, code: str, at: datetime) -> str | None:
    """Take a code of the authenticator or a recovery code, once; return which it was, None for neither.

    Nothing is taken while sign-in rests.
    """
    account = _locked(session, person_id)
    if credentials.is_locked(account.locked_until, at) or not account.totp_secret:
        return None
    step = credentials.totp_step(account.totp_secret, code, at, account.totp_last_step)
    if step is not None:
        account.totp_last_step = step
        return "totp"
    r = RecoveryCode
    unused = (
        r.code_hash == credentials.hash_recovery_code(code),
        r.person_id == person_id,
        r.used_at.is_(None),
    )
    taken = session.execute(update(r).where(*unused).values(used_at=at))
    return "recovery" if cast(CursorResult[Any], taken).rowcount else None


def enrol_second_factor(session: Session, person_id: UUID, secret: str, code: str, at: datetime) -> list[str]:
    """Switch the second factor on, once a code proves the authenticator; return ten recovery codes.

    Raises Invalid for a wrong code, Conflict when it is on already.
    """
    account = _locked(session, person_id)
    if account.totp_secret:
        raise Conflict(message("The second factor is on already."))
    step = credentials.totp_step(secret, code, at, 0)
    if step is None:
        raise Invalid({"code": message("This code does not fit. Is the clock of your phone right?")})
    account.totp_secret, account.totp_last_step = secret, step
    return _renew_codes(session, person_id, "on", at)


def renew_recovery_codes(session: Session, person_id: UUID, at: datetime) -> list[str]:
    """Make ten new recovery codes; the old ones are worth nothing from now on.

    Raises Conflict without a second factor.
    """
    if not _locked(session, person_id).totp_secret:
        raise Conflict(message("There is no second factor to recover."))
    return _renew_codes(session, person_id, "codes", at)


def drop_second_factor(session: Session, person_id: UUID, at: datetime) -> None:
    """Switch the second factor off.

    Raises Conflict when it is off.
    """
    account = _locked(session, person_id)
    if not account.totp_secret:
        raise Conflict(message("The second factor is off already."))
    account.totp_secret = ""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    _note_second_factor(session, person_id, "off", at)


def _renew_codes(session: Session, person_id: UUID, change: str, at: datetime) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = credentials.new_recovery_codes()
    rows = [{"code_hash": credentials.hash_recovery_code(code), "person_id": person_id} for code in codes]
    session.execute(insert(RecoveryCode), rows)
    _note_second_factor(session, person_id, change, at)
    return codes


def _note_second_factor(session: Session, person_id: UUID, change: str, at: datetime) -> None:
    session.flush()
    subject = f"person:{person_id}"
    record(session, SecondFactorChanged(subject=subject, occurred_at=at, person_id=person_id, change=change))


def _locked(session: Session, person_id: UUID) -> Account:
    found = session.scalar(select(Account).where(Account.person_id == person_id).with_for_update())
    if found is None:
        raise NotFound
    return found
