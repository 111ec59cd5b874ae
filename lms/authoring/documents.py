"""What publication stores: one immutable document an authored text, with its HTML and its hash. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from lms.authoring.corpus import LANGUAGES, Corpus, Pair
from lms.authoring.document import Body, Document, document, said
from lms.authoring.documents_cases import cases
from lms.authoring.documents_rules import policies, programmes
from lms.authoring.media import Media
from lms.core.authored_page import Page
from lms.core.canonical import canonical_json, sha256_hex
from lms.core.markdown import render, render_inline
from lms.core.text import Language, Words
from lms.courses.source import CourseSource, LessonSource
from lms.quizzes.details import detail_body, set_body
from lms.quizzes.rules import Item
from lms.quizzes.rules_kinds import Cloze, Match
from lms.quizzes.scoring import scoring_hash, text_hash
from lms.quizzes.source import BankSource, ItemSource
from lms.quizzes.source_blueprints import BlueprintSource


def documents_of(corpus: Corpus) -> tuple[Document, ...]:
    """Return the documents of a corpus without errors, sorted by kind and id. Renders all Markdown."""
    found = [*_courses(corpus), *_quizzes(corpus), *_pages(corpus), *programmes(corpus), *policies(corpus)]
    found += cases(corpus)
    found += [_media_document(folder, media) for (folder, _), media in corpus.media.items()]
    return tuple(sorted(found, key=lambda one: (one.kind, one.id)))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _both(pair: Mapping[Language, Page], name: str) -> dict[str, str]:
    return {language: str(getattr(pair[language], name)) for language in LANGUAGES}


def _page_body(pages: Mapping[Language, Page]) -> Body:
    first = pages["zh"]
    return {
        "id": first.id,
        "title": _both(pages, "title"),
        "reviewed_on": _day(first.reviewed_on),
        "review_by": _day(first.review_by),
        "retired": first.retired,
        "text": _both(pages, "body"),
        "html": {language: render(pages[language].body) for language in LANGUAGES},
    }


def _courses(corpus: Corpus) -> Iterator[Document]:
    for name, course in corpus.courses.items():
        yield document("course", name, course.path, _course_body(course))
    for (owner, _), pair in corpus.lessons.items():
        yield _lesson_document(owner, pair)


def _course_body(course: CourseSource) -> Body:
    takeaway = course.takeaway
    return {
        "id": course.id,
        "title": said(course.title),
        "summary": said(course.summary),
        "owner": course.owner,
        "objectives": [{"id": name, "text": said(words)} for name, words in course.objectives],
        "lessons": list(course.lessons),
        "takeaway": said(takeaway),
        "html": {language: render(takeaway.said_in(language)) for language in LANGUAGES}
        if takeaway
        else None,
        "quiz": course.quiz or None,
        "retired": course.retired,
    }


def _lesson_document(owner: str, pair: Pair[LessonSource]) -> Document:
    lesson = pair["zh"]
    sources = {
        language: [
            {
                "name": one.name,
                "issuer": one.issuer,
                "year": one.year,
                "article": one.article,
                "checked_on": _day(one.checked_on),
            }
            for one in pair[language].citations
        ]
        for language in LANGUAGES
    }
    body = {
        **_page_body({language: pair[language].page for language in LANGUAGES}),
        "course": owner,
        "minutes": lesson.minutes,
        "objectives": list(lesson.objectives),
        "checks": list(lesson.checks),
        "sources": sources,
    }
    return document("lesson", f"{owner}/{lesson.page.id}", lesson.page.path, body)


def _pages(corpus: Corpus) -> Iterator[Document]:
    for name, section in corpus.sections.items():
        body = {
            **_page_body({language: section[language].page for language in LANGUAGES}),
            "keywords": {language: list(section[language].keywords) for language in LANGUAGES},
            "may_depart": {language: section[language].may_depart for language in LANGUAGES},
        }
        yield document("handbook", name, section["zh"].page.path, body)
    for name, agreement in corpus.agreements.items():
        body = {
            **_page_body({language: agreement[language].page for language in LANGUAGES}),
            "intent": {language: agreement[language].intent for language in LANGUAGES},
        }
        yield document("agreement", name, agreement["zh"].page.path, body)


def _quizzes(corpus: Corpus) -> Iterator[Document]:
    for bank in corpus.banks.values():
        listed: Body = {"id": bank.id, "items": [source.id for source in bank.items]}
        yield document("bank", bank.id, bank.path, listed)
        for source in bank.items:
            if source.item:
                yield _item_document(bank, source, source.item)
    for blueprint in corpus.blueprints.values():
        if blueprint.blueprint:
            yield document(blueprint.kind.value, blueprint.id, blueprint.path, _blueprint_body(blueprint))


def _item_document(bank: BankSource, source: ItemSource, item: Item) -> Document:
    body: Body = {
        "id": item.id,
        "bank": item.bank,
        "kind": item.kind.value,
        "use": item.use.value,
        "objective": item.objective,
        "difficulty": item.difficulty,
        "scoring": item.scoring.value,
        "stem": said(item.stem),
        "options": [
            {
                "id": option.id,
                "text": said(option.text),
                "right": option.right,
                "pinned": option.pinned,
                "because": said(option.because),
                "weight": str(option.weight),
            }
            for option in item.options
        ],
        "because": said(item.because),
        "see": item.see,
        "retired": source.retired,
        "html": {language: _item_html(item, language) for language in LANGUAGES},
    }
    if item.detail is not None:
        body["detail"] = detail_body(item.detail)
    if item.set is not None:
        body["set"] = set_body(item.set)
    sha256 = sha256_hex(canonical_json(body))
    return Document("item", item.id, bank.path, body, sha256, scoring_hash(item), text_hash(item))


def _item_html(item: Item, language: Language) -> Body:
    def html(words: Words | None) -> str | None:
        return None if words is None else render_inline(words.said_in(language))

    shown: Body = {
        "stem": html(item.stem),
        "because": html(item.because),
        "options": {
            option.id: {"text": html(option.text), "because": html(option.because)} for option in item.options
        },
    }
    match item.detail:
        case Match(pairs=pairs):
            shown["pairs"] = {one.id: {"text": html(one.text), "because": html(one.because)} for one in pairs}
        case Cloze(gaps=gaps):
            shown["gaps"] = {one.id: {"because": html(one.because)} for one in gaps}
    return shown if item.set is None else {**shown, "set": html(item.set.stem)}


def _blueprint_body(source: BlueprintSource) -> Body:
    blueprint = source.blueprint
    assert blueprint is not None
    return {
        "id": blueprint.id,
        "kind": blueprint.kind.value,
        "title": said(blueprint.title),
        "summary": said(source.summary),
        "cut_score": str(blueprint.cut_score),
        "minutes": blueprint.minutes,
        "attempts": blueprint.attempts,
        "wait_hours": [wait // timedelta(hours=1) for wait in blueprint.waits],
        "draw": [
            {
                "bank": draw.bank,
                "take": draw.take,
                "objective": draw.objective,
                "difficulty": list(draw.difficulty),
                "critical": draw.critical,
            }
            | ({"sets": True} if draw.sets else {})
            for draw in blueprint.draws
        ],
        "show": {
            "after_submit": blueprint.show.after_submit.value,
            "after_pass": blueprint.show.after_pass.value,
        },
        "retired": source.retired,
    }


def _media_document(folder: str, media: Media) -> Document:
    name = f"{folder}/{media.file}"
    body: Body = {
        "id": name,
        "content_type": media.content_type,
        "bytes": len(media.data),
        "sha256": media.sha256,
    }
    return Document("media", name, media.path, body, sha256_hex(canonical_json(body)), data=media.data)
