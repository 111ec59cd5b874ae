"""The document of a case: all its scenes and documents with their HTML, and what was proven of it. Pure."""

from collections.abc import Iterator

from lms.authoring.corpus import LANGUAGES, Corpus, Pair
from lms.authoring.document import Body, Document, document, said
from lms.cases.rules import Case, Choice, Scene
from lms.cases.source import CaseSource, DocumentSource
from lms.core.markdown import render, render_inline
from lms.core.text import Words


def cases(corpus: Corpus) -> Iterator[Document]:
    """Yield the documents of the cases."""
    for name, source in corpus.cases.items():
        if source.case and source.proof:
            yield document("case", name, source.path, _body(corpus, name, source, source.case))


def _body(corpus: Corpus, name: str, source: CaseSource, case: Case) -> Body:
    assert source.proof is not None
    return {
        "id": case.id,
        "title": said(case.title),
        "summary": said(source.summary),
        "owner": source.owner,
        "minutes": source.minutes,
        "pools": list(source.pools),
        "criteria": [{"id": each, "name": said(words)} for each, words in case.criteria],
        "vars": [list(each) for each in case.variables],
        "start": case.start,
        "expert": list(case.expert),
        "cut_score": str(case.cut_score),
        "scenes": [_scene(each) for each in case.scenes.values()],
        "documents": {
            each: _document(pair)
            for (owner, each), pair in sorted(corpus.case_documents.items())
            if owner == name
        },
        "bounds": {each: list(pair) for each, pair in source.proof.bounds.items()},
        "no_return": [list(each) for each in sorted(source.proof.no_return)],
        "retired": source.retired,
    }


def _scene(scene: Scene) -> Body:
    return {
        "id": scene.id,
        "text": said(scene.text),
        "html": {language: render(scene.text.said_in(language)) for language in LANGUAGES},
        "documents": list(scene.documents),
        "clock": {"seconds": scene.clock.seconds, "then": scene.clock.then} if scene.clock else None,
        "ending": scene.ending.value if scene.ending else None,
        "choices": [_choice(each) for each in scene.choices.values()],
    }


def _choice(choice: Choice) -> Body:
    return {
        "id": choice.id,
        "text": said(choice.text),
        "because": said(choice.because),
        "html": _inline(choice.text),
        "because_html": _inline(choice.because),
        "to": choice.to,
        "when": [list(each) for each in choice.when],
        "set": [list(each) for each in choice.sets],
        "add": [list(each) for each in choice.adds],
        "points": [list(each) for each in choice.points],
        "critical": choice.critical,
        "acknowledged": choice.acknowledged,
        "tempting": choice.tempting,
        "see": choice.see or None,
    }


def _inline(words: Words) -> dict[str, str]:
    return {language: render_inline(words.said_in(language)) for language in LANGUAGES}


def _document(pair: Pair[DocumentSource]) -> Body:
    return {
        "kind": pair["zh"].kind.value,
        "title": {language: pair[language].page.title for language in LANGUAGES},
        "head": {language: dict(pair[language].head) for language in LANGUAGES},
        "html": {language: render(pair[language].page.body) for language in LANGUAGES},
    }
