"""The blueprint of these pages."""

import structlog
from flask import request

from lms.web.access import Pages

pages = Pages("certification", __name__, template_folder="../templates")


@pages.before_request
def _hide_secret() -> None:
    """Keep the token of a calendar out of the log."""
    if request.view_args and "token" in request.view_args:
        structlog.contextvars.bind_contextvars(path=request.path.replace(request.view_args["token"], "…"))
