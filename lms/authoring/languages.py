"""Whether a text says the same in both languages, and when it is due for review. Pure."""

from collections.abc import Iterable
from datetime import date

from lms.authoring.corpus import LANGUAGES, Corpus
from lms.authoring.numbers import lacking
from lms.cases.source_checks import case_texts
from lms.core.authored import Place, place_of
from lms.core.authored_page import Page
from lms.core.problems import Problem, problem
from lms.core.text import Language, Words
from lms.courses.source import LessonSource
from lms.quizzes.source_texts import said_texts


def check_languages(corpus: Corpus, today: date | None) -> list[Problem]:
    """Report what one language has and the other lacks, and, given the day, what is due for review."""
    found = list(_missing(corpus))
    for lessons in corpus.lessons.values():
        if len(lessons) == len(LANGUAGES):
            found += _front_matter(lessons["zh"], lessons["en"])
    for pages in _page_pairs(corpus):
        if today:
            found += [one for page in pages.values() for one in _overdue(page, today)]
        if len(pages) == len(LANGUAGES):
            found += _pages(pages["zh"], pages["en"])
    found += _items(corpus)
    found += _cases(corpus)
    return found


def _page_pairs(corpus: Corpus) -> Iterable[dict[Language, Page]]:
    for pair in corpus.lessons.values():
        yield {language: source.page for language, source in pair.items()}
    for section in corpus.sections.values():
        yield {language: source.page for language, source in section.items()}
    for document in corpus.case_documents.values():
        yield {language: source.page for language, source in document.items()}
    for agreement in corpus.agreements.values():
        yield {language: source.page for language, source in agreement.items()}


def _missing(corpus: Corpus) -> Iterable[Problem]:
    for stem, languages in corpus.written.items():
        for language in LANGUAGES:
            if language not in languages:
                (other,) = languages
                name = f"{stem}.{language}.md".rpartition("/")[2]
                yield problem(f"{stem}.{other}.md", (1, 1), "E401", file=name)


def _front_matter(zh: LessonSource, en: LessonSource) -> list[Problem]:
    pairs = {
        "minutes": (zh.minutes, en.minutes),
        "objectives": (zh.objectives, en.objectives),
        "checks": (zh.checks, en.checks),
        "sources": (
            [(one.year, one.checked_on) for one in zh.citations],
            [(one.year, one.checked_on) for one in en.citations],
        ),
    }
    return [
        problem(en.page.path, place_of(en.page.root, key), "E402", key=key, other=zh.page.path)
        for key, (one, other) in pairs.items()
        if one != other
    ]


def _overdue(page: Page, today: date) -> list[Problem]:
    if page.review_by is None or page.review_by >= today:
        return []
    place = place_of(page.root, "review_by")
    return [problem(page.path, place, "W401", day=page.review_by.isoformat())]


def _pages(zh: Page, en: Page) -> list[Problem]:
    if zh.retired != en.retired:
        return [problem(en.path, place_of(en.root, "retired"), "E402", key="retired", other=zh.path)]
    if not zh.outline.sound or not en.outline.sound:
        return []
    ours, theirs = zh.outline.headings, en.outline.headings
    for one, other in zip(ours, theirs, strict=False):
        if one.level != other.level:
            return [
                problem(
                    en.path, (other.line, 1), "E403", sign="#" * one.level, title=one.title, line=one.line
                )
            ]
    if len(ours) != len(theirs):
        page, more, few = (zh, ours, theirs) if len(ours) > len(theirs) else (en, theirs, ours)
        extra = more[len(few)]
        lacks = en if page is zh else zh
        return [problem(page.path, (extra.line, 1), "E420", title=extra.title, other=lacks.path)]
    return _section_numbers(zh, en)


def _section_numbers(zh: Page, en: Page) -> list[Problem]:
    found = []
    for (line_zh, text_zh), (line_en, text_en) in zip(_sections(zh), _sections(en), strict=True):
        for page, line, here, there in ((zh, line_zh, text_zh, text_en), (en, line_en, text_en, text_zh)):
            numbers = lacking(here, there)
            if numbers:
                other = "en" if page is zh else "zh"
                found.append(
                    problem(page.path, (line, 1), "W402", numbers=", ".join(numbers), language=other)
                )
    return found


def _sections(page: Page) -> list[tuple[int, str]]:
    """Return the line on which each section begins, and its text."""
    lines = page.body.split("\n")
    starts = [page.body_line, *(heading.line for heading in page.outline.headings)]
    ends = [*starts[1:], page.body_line + len(lines)]
    return [
        (start, "\n".join(lines[start - page.body_line : end - page.body_line]))
        for start, end in zip(starts, ends, strict=True)
    ]


def _items(corpus: Corpus) -> Iterable[Problem]:
    for bank in corpus.banks.values():
        for source in bank.items:
            for steps, words in said_texts(source.item) if source.item else ():
                yield from _numbers(bank.path, place_of(source.node, *steps), words)


def _cases(corpus: Corpus) -> Iterable[Problem]:
    for source in corpus.cases.values():
        for steps, words in case_texts(source.case) if source.case else ():
            yield from _numbers(source.path, place_of(source.root, *steps), words)


def _numbers(path: str, place: Place, words: Words) -> Iterable[Problem]:
    """Report the numbers of a text that one language has and the other lacks."""
    for language, here, there in (("en", words.zh, words.en), ("zh", words.en, words.zh)):
        numbers = lacking(here, there)
        if numbers:
            yield problem(path, place, "W402", numbers=", ".join(numbers), language=language)
