"""The check over all authored texts. Pure: files are a mapping of paths to bytes, the day an argument."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from lms.authoring.banks import check_banks
from lms.authoring.bearers import bearers_of
from lms.authoring.cases import check_cases
from lms.authoring.corpus import Corpus, read_corpus
from lms.authoring.document import Document
from lms.authoring.documents import documents_of
from lms.authoring.ids import check_lock, lock_text
from lms.authoring.languages import check_languages
from lms.authoring.references import check_references
from lms.core.problems import Problem, in_order


@dataclass(frozen=True)
class Checked:
    """The result of a check: every problem in order, and what was read."""

    problems: tuple[Problem, ...]
    corpus: Corpus

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the texts from being published."""
        return tuple(one for one in self.problems if one.is_error)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that do not."""
        return tuple(one for one in self.problems if not one.is_error)

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """What publication would store; nothing while there is an error. Renders on first use."""
        return () if self.errors else documents_of(self.corpus)

    def lock_after(self) -> str:
        """Return the ids.lock to write once the documents are published."""
        return lock_text(self.corpus.lock, bearers_of(self.corpus), _hashes(self.documents))


def check(files: Mapping[str, bytes], today: date | None = None) -> Checked:
    """Check authored files; paths begin with `content/` or `cases/` and use slashes. Never raises.

    Without `today` review dates are not looked at.
    """
    corpus, found = read_corpus(files)
    found = [
        *found,
        *check_references(corpus),
        *check_languages(corpus, today),
        *check_banks(corpus),
        *check_cases(corpus),
        *check_lock(corpus.lock, bearers_of(corpus), corpus.unread),
    ]
    return Checked(in_order(found), corpus)


def _hashes(documents: Iterable[Document]) -> dict[tuple[str, str], str]:
    found = {}
    kept = (
        "case",
        "course",
        "lesson",
        "bank",
        "item",
        "quiz",
        "examination",
        "programme",
        "agreement",
        "handbook",
    )
    for one in documents:
        if one.kind in kept:
            kind = "check" if one.kind == "item" and one.body["use"] == "check" else one.kind
            found[kind, one.id] = one.sha256
        if one.kind == "course":
            objectives = one.body["objectives"]
            assert isinstance(objectives, list)
            found.update({("objective", entry["id"]): one.sha256 for entry in objectives})
    return found
