"""The documents of programmes, policies, the calendar and the glossary. Pure."""

from collections.abc import Iterator

from lms.authoring.corpus import Corpus
from lms.authoring.document import Body, Document, document, said
from lms.certification.rules_programmes import Requirement
from lms.certification.rules_steps import Remind, Step, Track, is_plain
from lms.certification.source import ProgrammeSource

_ALWAYS = (Track.BEFORE_DUE, Track.BEFORE_EXPIRY, Track.MANAGER_AFTER)


def programmes(corpus: Corpus) -> Iterator[Document]:
    """Yield the documents of the programmes."""
    for name, programme in corpus.programmes.items():
        yield document("programme", name, programme.path, programme_body(programme))


def programme_body(programme: ProgrammeSource) -> Body:
    """Return the document of one programme."""
    return {
        "id": programme.id,
        "title": said(programme.title),
        "summary": said(programme.summary),
        "kind": programme.kind.value,
        "owner": programme.owner or None,
        "assign": [{"kind": rule.kind, "target": rule.target} for rule in programme.assign],
        "due": str(programme.due),
        "period_months": programme.period_months,
        "renewal": programme.renewal.value if programme.period_months else None,
        "grid": [f"{month:02}-{day:02}" for month, day in programme.grid],
        "minimum_active": str(programme.minimum_active) if programme.minimum_active else None,
        "window": str(programme.window) if programme.window else None,
        "grace": str(programme.grace),
        "look_back": str(programme.look_back),
        "long_lapse": str(programme.long_lapse) if programme.long_lapse else None,
        "roll_holidays": programme.roll_holidays,
        "initial": _path_body(programme.initial),
        "renewal_path": _path_body(programme.renewal_path),
        "remind": _remind_body(programme.remind),
        "retired": programme.retired,
    }


def _remind_body(remind: Remind) -> Body:
    """Return the steps as published: bare durations stay texts, so that a file's hash stays what it was."""
    found = {
        track.value: [_step_body(track, step) for step in remind.of(track)]
        for track in Track
        if track in _ALWAYS or remind.of(track)
    }
    return dict(found)


def _step_body(track: Track, step: Step) -> str | Body:
    if is_plain(track, step):
        return str(step.at)
    return {
        "at": str(step.at),
        "to": [each.value for each in step.to],
        "by": [each.value for each in step.by],
    }


def _path_body(path: tuple[Requirement, ...]) -> list[Body]:
    return [{"need": one.need.value, "target": one.target, "not_seen": one.not_seen} for one in path]


def policies(corpus: Corpus) -> Iterator[Document]:
    """Yield the documents of the policies, the calendar and the glossary."""
    for policy in corpus.evaluation:
        gate = policy.gate
        body: Body = {
            "id": "evaluation",
            "bands": [{"grade": grade, "least": least} for grade, least in policy.bands],
            "weights": dict(policy.weights),
            "standing_credit": {state: str(credit) for state, credit in policy.standing_credit},
            "assessment_scale": {
                "cut_score": policy.cut_score_points,
                "full_marks": policy.full_marks_points,
            },
            "gate": {"kinds": list(gate.kinds), "states": list(gate.states), "cap": gate.cap}
            if gate
            else None,
        }
        yield document("policy", "evaluation", policy.path, body)
    for clearances in corpus.clearances:
        duties = [
            {
                "id": duty.id,
                "title": said(duty.title),
                "programmes": list(duty.programmes),
                "agreements": list(duty.agreements),
                "states": list(duty.states),
                "while_on_leave": duty.while_on_leave,
                "break_glass_minutes": duty.break_glass_minutes,
            }
            for duty in clearances.duties
        ]
        yield document("policy", "clearances", clearances.path, {"id": "clearances", "duties": duties})
    yield from _lists(corpus)


def _lists(corpus: Corpus) -> Iterator[Document]:
    for calendar in corpus.calendar:
        years = {
            str(year.year): {
                "announced": year.announced,
                "holidays": [day.isoformat() for day in year.holidays],
                "workdays": [day.isoformat() for day in year.workdays],
            }
            for year in calendar.years
        }
        yield document("calendar", "calendar", calendar.path, {"id": "calendar", "years": years})
    for glossary in corpus.glossary:
        terms = [{"id": term.id, "said": said(term.said), "note": said(term.note)} for term in glossary.terms]
        yield document("glossary", "glossary", glossary.path, {"id": "glossary", "terms": terms})
