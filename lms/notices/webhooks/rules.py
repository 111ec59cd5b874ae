"""What a webhook message is and how it is signed. Source: Standard Webhooks, standardwebhooks.com."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lms.core.errors import Message, message
from lms.core.events import Event

PREFIX = "whsec_"
SECRET_BYTES = 32
CLEARANCE_CHANGED = "clearance.changed"
# What an endpoint can ask for.
KINDS: Mapping[str, Message] = {CLEARANCE_CHANGED: message("A duty became allowed or denied")}


@dataclass(frozen=True)
class Outgoing:
    """Something to tell every endpoint that asked for its kind, once; `key` makes it unique."""

    kind: str
    key: str
    body: str


@dataclass(frozen=True, kw_only=True)
class EndpointAdded(Event):
    """An administrator named an address that is told of some kinds of events."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EndpointEnded(Event):
    """An address is told no more."""


@dataclass(frozen=True, kw_only=True)
class MessageRetried(Event):
    """An administrator had a message tried again that had been given up."""


def new_secret() -> str:
    """Return a fresh signing secret."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers by which the receiver knows who sent a message, when, and that it is whole."""
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix(PREFIX))
    content = b".".join((message_id.encode(), stamp.encode(), body))
    signature = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{signature}",
    }


def was_taken(status: int) -> bool:
    """Whether the receiver has taken a message: any status of success, no redirect."""
    return 200 <= status < 300
