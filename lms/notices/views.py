"""The reader's notices."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for

from lms.core.access import Action
from lms.notices import actions, queries, wording
from lms.web import context
from lms.web.access import Pages

pages = Pages("notices", __name__, template_folder="templates")


@pages.show("/notices", may=Action.SIGNED_IN)
def index() -> Any:
    """List the reader's notices, newest first."""
    found = queries.notices_of(context.db_session(), context.actor().person_id)
    rows = [
        (
            each,
            wording.title(each.code, queries.params_of(each)),
            wording.sentence(each.code, queries.params_of(each)),
        )
        for each in found
    ]
    return render_template("notices/index.html", rows=rows)


@pages.change("/notices/<uuid:notice_id>", may=Action.SIGNED_IN)
def open_notice(notice_id: UUID) -> Any:
    """Note that a notice was opened and go where it leads."""
    notice = actions.mark_read(context.db_session(), context.actor(), notice_id, context.now())
    return redirect(notice.link, 303)


@pages.change("/notices", may=Action.SIGNED_IN)
def read_all() -> Any:
    """Note that all were seen."""
    actions.mark_all_read(context.db_session(), context.actor(), context.now())
    return redirect(url_for("notices.index"), 303)
