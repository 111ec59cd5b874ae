"""A published paper with an item of every kind: the examples of the authors' guide, drawn all together."""

from lms.core.db import By
from lms.core.versions import snapshot
from lms.quizzes import actions, queries
from lms.quizzes.documents import item_from
from lms.quizzes.rules import Item, QuizKind
from lms.quizzes.scoring import key_response, response_document
from tests.content import checked, publish_content
from tests.test_docs import EXAMPLE, text_of

QUIZ = queries.QuizRef(QuizKind.QUIZ, "clean-desk")
QUIZ_FILE = "content/courses/clean-desk/quiz.yml"
ONE = "  - {bank: clean-desk, objective: DESK-1, take: 1}\n"
ALL = "  - {bank: clean-desk, take: 10}\n  - {bank: clean-desk, sets: true, take: 2}\n"
ITEMS = 12


def publish_every_kind(database):
    """Publish the guide's examples with a quiz that draws all its graded items; return the snapshot."""
    files = dict(EXAMPLE.findall(text_of("docs/authoring.md")))
    assert ONE in files[QUIZ_FILE]
    files[QUIZ_FILE] = files[QUIZ_FILE].replace(ONE, ALL)
    return publish_content(database, checked({path: text.encode() for path, text in files.items()}))


def slots_of(database, person_id) -> dict[int, Item]:
    """The items of the newest paper of a person, by slot."""
    with database.transaction(By("tests")) as session:
        attempt = queries.attempts_of(session, person_id)[0]
        current = snapshot(session)
        return {
            slot.number: item_from(current.get("item", slot.item).body)
            for slot in queries.stored_paper(attempt).paper.slots
        }


def begin(database, person_id, at):
    with database.transaction(By("tests")) as session:
        return actions.start_attempt(session, person_id, actions.Start(QUIZ), at)


def key_document(item: Item):
    """What earns all, as the page's script sends it."""
    return response_document(key_response(item))


def form_fields(slot: int, item: Item) -> dict[str, object]:
    """What earns all, as a form without a script sends it."""
    name, key = f"slot-{slot}", key_document(item)
    if "choose" in key:
        return {name: key["choose"]}
    if "text" in key:
        return {name: key["text"]}
    if "order" in key:
        return {f"{name}-{option}": str(place) for place, option in enumerate(key["order"], 1)}
    if "number" in key:
        return {f"{name}-number": key["number"], f"{name}-unit": key.get("unit", "")}
    inner = "gap-" if "gaps" in key else ""
    return {f"{name}-{inner}{part}": value for part, value in key.get("pairs", key.get("gaps")).items()}
