"""A modest limit on what one address may try: it slows guessing, the counters in the database stop it."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, Response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

View = TypeVar("View", bound=Callable[..., Any])
_limiter = Limiter(get_remote_address, headers_enabled=False, strategy="fixed-window")


def install(app: Flask, redis_url: str) -> None:
    """Count in memory, or in Redis where several processes serve."""
    app.config["RATELIMIT_STORAGE_URI"] = redis_url or "memory://"
    _limiter.init_app(app)


def at_most(limit: str, counts: Callable[[Response], bool] | None = None) -> Callable[[View], View]:
    """Limit how often one address may call a view, as in "40 per minute"; `counts` says which answers do.

    Stands below `pages.show` or `pages.change`; beyond the limit the answer is 429.
    """
    return cast(Callable[[View], View], _limiter.limit(limit, deduct_when=counts))
