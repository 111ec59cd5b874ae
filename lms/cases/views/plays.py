"""Pages of the learner: the cases, a case, a scene of a play, the debrief. All work without a script."""

from fractions import Fraction
from typing import Any
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for

from lms.cases import actions, queries, showing
from lms.cases.documents import shares_from
from lms.cases.queries import PlayFound
from lms.cases.rules import CLOCK_GRACE, PlayState, Position
from lms.cases.views.blueprint import pages
from lms.core import versions
from lms.core.access import Action, may_ever
from lms.core.errors import Invalid
from lms.web import context
from lms.web.forms import whole
from lms.web.pages import say


@pages.show("/cases", may=Action.LEARN)
def index() -> Any:
    """List the cases, or those of a pool, with what has been done."""
    session, actor = context.db_session(), context.actor()
    pool = request.args.get("pool", "")[:80]
    found = queries.cases_in(versions.snapshot(session, actor.publication), pool)
    met = queries.met_by(session, actor.person_id)
    title = showing.pool_title(pool) if pool else None
    return render_template("cases/index.html", cases=found, met=met, pool=title)


@pages.show("/cases/<case_id>", may=Action.LEARN)
def case(case_id: str) -> Any:
    """Say what a case is about, what has been done, and offer to begin."""
    session, actor = context.db_session(), context.actor()
    found = queries.case_of(versions.snapshot(session, actor.publication), case_id)
    plays = queries.plays_of(session, actor.person_id, case_id)
    return render_template(
        "cases/case.html", published=found, plays=plays, may_read=may_ever(actor, Action.READ_CONTENT),
        opened=next((each for each in plays if each.state == PlayState.IN_PROGRESS), None),
        timed=any(scene.clock for scene in found.case.scenes.values()),
    )  # fmt: skip


@pages.change("/cases/<case_id>", may=Action.LEARN)
def start(case_id: str) -> Any:
    """Begin a case, or go on with the open play."""
    play = actions.start_play(context.db_session(), context.actor().person_id, case_id, context.now())
    return redirect(url_for("cases.play", play_id=play.id), 303)


@pages.show("/plays/<uuid:play_id>", may=Action.LEARN)
def play(play_id: UUID) -> Any:
    """Show the scene in which a play stands; one that is finished leads to its debrief."""
    found = queries.play_for(context.db_session(), context.actor(), play_id)
    if found.play.state == PlayState.FINISHED:
        return redirect(url_for("cases.debrief", play_id=play_id), 303)
    return _scene(found)


def _scene(found: PlayFound, error: str = "") -> Any:
    here = found.position(context.now())
    published, scene = found.published, found.published.scenes[here.state.scene]
    late = [published.choice(each.scene, each.choice) for each in here.passed_by]
    page = render_template(
        "cases/play.html", published=published, play=found.play, scene=scene, here=here, late=late, error=error,
        choices=showing.choices_in_order(published, here.state, found.play.id),
        documents=showing.documents_of(published, here.state.scene),
        before=showing.own_path(published, (*found.steps, *here.passed_by)),
    )  # fmt: skip
    response = make_response(page, 422 if error else 200)
    return _reloading(response, here, url_for("cases.play", play_id=found.play.id))


def _reloading(response: Any, here: Position, url: str) -> Any:
    """Let the browser load the page anew once the clock has run out, also without a script."""
    if here.deadline_at is not None:
        left = (here.deadline_at + CLOCK_GRACE - context.now()).total_seconds()
        response.headers["Refresh"] = f"{max(1, int(left) + 1)}; url={url}"
    return response


@pages.change("/plays/<uuid:play_id>/choices", may=Action.LEARN)
def choose(play_id: UUID) -> Any:
    """Take a choice; a step that was taken already stays as it was."""
    session, actor = context.db_session(), context.actor()
    answer = (request.form.get("step", 0, type=whole), request.form.get("choice", "")[:120])
    found = queries.play_for(session, actor, play_id)
    ended = found.position(context.now()).ended(found.published.case)
    if not answer[1] and not ended:
        return _scene(found, say(actions.NOTHING_CHOSEN))
    try:
        after = actions.choose(session, actor, play_id, answer, context.now())
    except Invalid as error:
        return _scene(found, say(error.reason))
    finished = after.state == PlayState.FINISHED
    return redirect(url_for("cases.debrief" if finished else "cases.play", play_id=play_id), 303)


@pages.show("/plays/<uuid:play_id>/debrief", may=Action.LEARN)
def debrief(play_id: UUID) -> Any:
    """Show how a play ended, its score, and the path taken beside the expert's, with the rule behind each choice."""
    found = queries.play_for(context.db_session(), context.actor(), play_id)
    if found.play.state != PlayState.FINISHED:
        return redirect(url_for("cases.play", play_id=play_id), 303)
    published, play = found.published, found.play
    end = published.case.scenes[found.steps[-1].scene].choices[found.steps[-1].choice].to
    return render_template(
        "cases/debrief.html", published=published, play=play, ending=published.scenes[end],
        score=Fraction(play.score or "0"), shares=shares_from(play.shares or "{}"),
        own=showing.own_path(published, found.steps), expert=showing.expert_path(published, found.steps),
    )  # fmt: skip
