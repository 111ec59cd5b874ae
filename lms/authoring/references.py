"""References between authored texts: nothing may be pointed at that is not there. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from lms.authoring.corpus import Corpus
from lms.certification.rules_words import Need
from lms.core.authored import Place, Step, place_of
from lms.core.authored_page import Page
from lms.core.authored_values import hint
from lms.core.markdown import INTERNAL
from lms.core.markdown_check import Outline
from lms.core.problems import Problem, problem
from lms.quizzes.rules import Use
from lms.quizzes.rules_kinds import Hotspot


@dataclass
class References:
    """Looks references up, and remembers which media files were referred to."""

    corpus: Corpus
    problems: list[Problem] = field(default_factory=list)
    shown: set[tuple[str, str]] = field(default_factory=set)

    def add(self, path: str, place: Place, code: str, **params: object) -> None:
        """Note a problem."""
        self.problems.append(problem(path, place, code, **params))

    def look_up(
        self, path: str, place: Place, kind: str, name: str, known: Iterable[str] | None = None
    ) -> bool:
        """Report a reference to nothing; an empty name was reported where it was read."""
        known = self.corpus.known(kind) if known is None else set(known)
        if not name or name in known:
            return bool(name)
        self.add(path, place, "E301", what=f"@{kind} {name[:80]}", hint=hint(name, known))
        return False

    def link(self, path: str, place: Place, target: str) -> None:
        """Report a link to a text that is not there."""
        area, _, name = target.partition("/")
        if area == "handbook":
            self.look_up(path, place, "handbook", name)
        else:
            self.look_up(path, place, "lesson" if "/" in name else "course", name)

    def outline(self, path: str, outline: Outline, folder: str) -> None:
        """Check the links and images of a Markdown text; images lie in the media folder beside it."""
        for link in outline.links:
            if not link.media:
                self.link(path, link.place, link.target)
                continue
            self.shown.add((folder, link.target))
            files = [file for place, file in self.corpus.media if place == folder]
            self.look_up(path, link.place, "media", link.target, files)


def check_references(corpus: Corpus) -> list[Problem]:
    """Report every reference to nothing."""
    seen = References(corpus)
    for folder in corpus.courses:
        _check_course(seen, folder)
    for name, pair in corpus.lessons.items():
        for lesson in pair.values():
            _check_lesson(seen, name[0], lesson.page, lesson.objectives, lesson.checks)
    for section in (one for pair in corpus.sections.values() for one in pair.values()):
        seen.outline(section.page.path, section.page.outline, "handbook")
    for agreement in (one for pair in corpus.agreements.values() for one in pair.values()):
        seen.outline(agreement.page.path, agreement.page.outline, "agreements")
    _check_items(seen)
    _check_draws(seen)
    _check_programmes(seen)
    _check_duties(seen)
    for key, media in corpus.media.items():
        if key not in seen.shown:
            seen.add(media.path, (1, 1), "W302")
    return seen.problems


def _check_course(seen: References, folder: str) -> None:
    corpus = seen.corpus
    course = corpus.courses[folder]
    slugs = [slug for owner, slug in corpus.numbers if owner == folder]
    for index, slug in enumerate(course.lessons):
        place = place_of(course.root, "lessons", index)
        known = {name.partition("/")[2] for name in corpus.known("lesson") if name.startswith(f"{folder}/")}
        seen.look_up(course.path, place, "lesson", slug, known)
    for slug in slugs:
        if slug not in course.lessons:
            seen.add(course.path, place_of(course.root, "lessons"), "W303", lesson=slug)
    ordered = sorted(
        (slug for slug in course.lessons if slug in slugs), key=lambda s: int(corpus.numbers[folder, s])
    )
    if ordered != [slug for slug in course.lessons if slug in slugs]:
        seen.add(course.path, place_of(course.root, "lessons"), "W304", order=", ".join(ordered))
    if course.quiz:
        seen.look_up(course.path, place_of(course.root, "quiz"), "quiz", course.quiz)
    for _, outline in course.outlines:
        seen.outline(course.path, outline, f"courses/{folder}")


def _objectives(corpus: Corpus, folder: str) -> set[str] | None:
    course = corpus.courses.get(folder)
    return None if course is None else {name for name, _ in course.objectives}


def _check_lesson(
    seen: References, folder: str, page: Page, objectives: tuple[str, ...], checks: tuple[str, ...]
) -> None:
    seen.outline(page.path, page.outline, f"courses/{folder}")
    known = _objectives(seen.corpus, folder)
    if known is None and folder not in seen.corpus.known("course"):
        seen.add(page.path, (1, 1), "E310", folder=folder)
    for index, name in enumerate(objectives):
        if known is not None:
            seen.look_up(page.path, place_of(page.root, "objectives", index), "objective", name, known)
    items = {one.id: one.item for bank in seen.corpus.banks.values() for one in bank.items}
    unread = seen.corpus.known("bank") - set(seen.corpus.banks)
    for index, name in enumerate(checks):
        place = place_of(page.root, "checks", index)
        if name not in items and unread:
            continue
        item = items.get(name)
        if seen.look_up(page.path, place, "check", name, items) and item and item.use is not Use.CHECK:
            seen.add(page.path, place, "E311", item=name)


def _check_items(seen: References) -> None:
    first: dict[str, tuple[str, int]] = {}
    for bank in seen.corpus.banks.values():
        known = _objectives(seen.corpus, _folder(bank.path))
        for source in bank.items:
            if source.id in first:
                path, line = first[source.id]
                seen.add(bank.path, source.place, "E302", what=f"@item {source.id}", file=path, line=line)
            elif source.id:
                first[source.id] = (bank.path, source.place[0])
            if source.item is None:
                continue
            if known is not None:
                place = place_of(source.node, "objective")
                seen.look_up(bank.path, place, "objective", source.item.objective, known)
            if isinstance(source.item.detail, Hotspot):
                _check_picture(seen, bank.path, place_of(source.node, "image"), source.item.detail.image)
            if source.item.see:
                check_see(seen, bank.path, place_of(source.node, "see"), source.item.see)


def _check_picture(seen: References, path: str, place: Place, address: str) -> None:
    folder, file = address.rsplit("/media/", 1)
    seen.shown.add((folder, file))
    known = [name for area, name in seen.corpus.media if area == folder]
    seen.look_up(path, place, "media", file, known)


def check_see(seen: References, path: str, place: Place, target: str) -> None:
    """Report a `see` that names no text."""
    internal = INTERNAL.fullmatch(target)
    if internal and not target.startswith("/"):
        seen.link(path, place, internal[1])
    else:
        seen.add(path, place, "E409", target=target[:80])


def _folder(path: str) -> str:
    return path.split("/")[2]


def _check_draws(seen: References) -> None:
    for source in seen.corpus.blueprints.values():
        draws = source.blueprint.draws if source.blueprint else ()
        for index, draw in enumerate(draws):
            steps: tuple[Step, ...] = ("draw", index)
            found = seen.look_up(source.path, place_of(source.root, *steps, "bank"), "bank", draw.bank)
            bank = seen.corpus.banks.get(draw.bank)
            known = _objectives(seen.corpus, _folder(bank.path)) if bank else None
            if found and draw.objective and known is not None:
                place = place_of(source.root, *steps, "objective")
                seen.look_up(source.path, place, "objective", draw.objective, known)


def _check_programmes(seen: References) -> None:
    programmes = seen.corpus.programmes
    for programme in programmes.values():
        for index, rule in enumerate(programme.assign):
            if rule.kind == "holds":
                place = place_of(programme.root, "assign", index, "holds")
                seen.look_up(programme.path, place, "programme", rule.target)
        for key, path in (("initial", programme.initial), ("renewal_path", programme.renewal_path)):
            for index, one in enumerate(path):
                place = place_of(programme.root, key, index, one.need.value)
                seen.look_up(programme.path, place, one.need.value, one.target)
    for name, programme in programmes.items():
        circle = _circle(seen.corpus, name)
        if circle:
            seen.add(programme.path, programme.root.place, "E514", circle=" → ".join(circle))


def _circle(corpus: Corpus, start: str) -> list[str]:
    """Return a way from a programme back to itself, over what it requires and whose holders owe it."""
    trail: list[tuple[str, list[str]]] = [(start, [start])]
    visited: set[str] = set()
    while trail:
        name, way = trail.pop()
        programme = corpus.programmes.get(name)
        if programme is None:
            continue
        needs = {
            one.target for one in (*programme.initial, *programme.renewal_path) if one.need is Need.PROGRAMME
        }
        needs |= {rule.target for rule in programme.assign if rule.kind == "holds"}
        if start in needs:
            return [*way, start]
        for target in sorted(needs - visited):
            visited.add(target)
            trail.append((target, [*way, target]))
    return []


def _check_duties(seen: References) -> None:
    for policy in seen.corpus.clearances:
        for duty in policy.duties:
            for key, kind, names in (
                ("programmes", "programme", duty.programmes),
                ("agreements", "agreement", duty.agreements),
            ):
                for index, name in enumerate(names):
                    place = place_of(policy.root, "duties", duty.id, key, index)
                    seen.look_up(policy.path, place, kind, name)
