"""What bears each id in the files as they are now. Pure."""

from lms.authoring.corpus import Corpus
from lms.authoring.ids import Bearer
from lms.core.authored import place_of
from lms.core.authored_page import Page
from lms.quizzes.rules import Use


def bearers_of(corpus: Corpus) -> dict[tuple[str, str], Bearer]:
    """Return what bears each id that ids.lock keeps, by kind and id; a check is a kind of its own."""
    found: dict[tuple[str, str], Bearer] = {}
    for name, course in corpus.courses.items():
        found["course", name] = Bearer(course.path, course.root.place, course.retired)
        for objective, _ in course.objectives:
            place = place_of(course.root, "objectives", objective)
            found["objective", objective] = Bearer(course.path, place, retired=False)
    for (owner, slug), pair in corpus.lessons.items():
        found["lesson", f"{owner}/{slug}"] = _bearer(next(iter(pair.values())).page)
    for name, section in corpus.sections.items():
        found["handbook", name] = _bearer(next(iter(section.values())).page)
    for name, agreement in corpus.agreements.items():
        found["agreement", name] = _bearer(next(iter(agreement.values())).page)
    for bank in corpus.banks.values():
        found["bank", bank.id] = Bearer(bank.path, bank.root.place, retired=False)
        for source in bank.items:
            kind = "check" if source.item and source.item.use is Use.CHECK else "item"
            found[kind, source.id] = Bearer(bank.path, source.place, source.retired)
    for blueprint in corpus.blueprints.values():
        place = blueprint.root.place
        found[blueprint.kind.value, blueprint.id] = Bearer(blueprint.path, place, blueprint.retired)
    plain = (("case", corpus.cases.values()), ("programme", corpus.programmes.values()))
    for kind, sources in plain:
        found |= {(kind, one.id): Bearer(one.path, one.root.place, one.retired) for one in sources}
    return found


def _bearer(page: Page) -> Bearer:
    return Bearer(page.path, page.root.place, page.retired)
