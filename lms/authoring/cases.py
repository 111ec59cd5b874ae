"""What cases refer to, and whether pools hold as many as programmes ask for. Pure."""

from lms.authoring.corpus import LANGUAGES, Corpus
from lms.authoring.references import References, check_see
from lms.cases.rules import Choice
from lms.certification.rules_words import Need
from lms.core.authored import Step, place_of
from lms.core.problems import Problem


def check_cases(corpus: Corpus) -> list[Problem]:
    """Report what a case names that is not there, and documents that no scene shows."""
    seen = References(corpus)
    for name in corpus.cases:
        _check_case(seen, name)
    for (name, document), pair in corpus.case_documents.items():
        for source in pair.values():
            seen.outline(source.page.path, source.page.outline, f"cases/{name}")
        if len(pair) == len(LANGUAGES) and pair["zh"].kind is not pair["en"].kind:
            page = pair["en"].page
            place = place_of(page.root, "kind")
            seen.add(page.path, place, "E402", key="kind", other=pair["zh"].page.path)
        case = corpus.cases.get(name)
        if case and case.case and document not in _shown(corpus, name):
            first = next(iter(pair.values())).page
            seen.add(first.path, (1, 1), "W701")
    _check_pools(seen)
    return seen.problems


def _shown(corpus: Corpus, name: str) -> set[str]:
    case = corpus.cases[name].case
    return {each for scene in case.scenes.values() for each in scene.documents} if case else set()


def _check_case(seen: References, name: str) -> None:
    source = seen.corpus.cases[name]
    for outline in source.outlines:
        seen.outline(source.path, outline, f"cases/{name}")
    if source.case is None:
        return
    known = {document for owner, document in seen.corpus.case_documents if owner == name}
    for scene in source.case.scenes.values():
        for index, document in enumerate(scene.documents):
            place = place_of(source.root, "scenes", scene.id, "documents", index)
            seen.look_up(source.path, place, "document", document, known)
        for choice in scene.choices.values():
            _check_choice(seen, name, ("scenes", scene.id, "choices", choice.id), choice)


def _check_choice(seen: References, name: str, here: tuple[Step, ...], choice: Choice) -> None:
    source = seen.corpus.cases[name]
    if choice.see:
        check_see(seen, source.path, place_of(source.root, *here, "see"), choice.see)


def _check_pools(seen: References) -> None:
    sizes: dict[str, int] = {}
    for case in seen.corpus.cases.values():
        for pool in () if case.retired else case.pools:
            sizes[pool] = sizes.get(pool, 0) + 1
    for programme in seen.corpus.programmes.values():
        for key, path in (("initial", programme.initial), ("renewal_path", programme.renewal_path)):
            for index, one in enumerate(path):
                wanted, count = max(one.not_seen, 1), sizes.get(one.target, 0)
                if one.need is Need.CASE_FROM and 0 < count < wanted:
                    place = place_of(programme.root, key, index, "not_seen")
                    seen.add(programme.path, place, "E724", pool=one.target, count=count, wanted=wanted)
