"""What a request brings of answers, and the acknowledgement. The HTTP side that pages and API share."""

import hashlib
import json
from typing import Any

from flask import Response, jsonify, request
from flask_babel import gettext

from lms.core.errors import Invalid, message
from lms.core.text import Language
from lms.quizzes.actions import Answer, FormAnswers, Saved, Sent
from lms.web import context
from lms.web.forms import whole
from lms.web.pages import language, problem

MOST_ANSWERS = 500
DEEPEST = 12
MOST_SEQ = 2**31 - 1
WINDOW_LENGTH = 32
LONGEST_NAME = 6
MOST_FIELDS = 60


def reader_language() -> Language:
    """Return the language in which texts are shown to whoever asks."""
    return "zh" if language() == "zh" else "en"


def device(kind: str = "") -> str:
    """Name the window the request comes from, or else the sign-in."""
    window = request.headers.get("X-Window", "")
    if window.isascii() and window.isalnum() and len(window) <= WINDOW_LENGTH:
        return window
    held = context.actor().session_id or "token"
    return kind + hashlib.sha256(held.encode()).hexdigest()[:16]


def answers_sent() -> Sent:
    """Read one answer or a list of them.

    Raises Invalid for anything else.
    """
    body = _json_sent()
    entries = body if isinstance(body, list) else [body]
    if len(entries) > MOST_ANSWERS:
        raise Invalid({"responses": message("These are too many answers at once.")})
    return Sent(device(), tuple(_answer(each) for each in entries))


def _json_sent() -> Any:
    """Read the body; None for what is no JSON, or JSON that no text or stack could hold."""
    try:
        body = request.get_json(silent=True)
        json.dumps(body, ensure_ascii=False).encode()
    except (RecursionError, UnicodeEncodeError):
        return None
    return None if _is_deep(body) else body


def _is_deep(body: Any) -> bool:
    layer = [body]
    for _ in range(DEEPEST):
        inner = [
            each.values() if isinstance(each, dict) else each
            for each in layer
            if isinstance(each, (dict, list))
        ]
        layer = [value for values in inner for value in values]
    return bool(layer)


def _answer(entry: Any) -> Answer:
    shape = Invalid({"responses": message("An answer has a slot, a sequence number and a response.")})
    if not isinstance(entry, dict) or not entry.keys() >= {"slot", "seq"}:
        raise shape
    slot, seq, response = entry["slot"], entry["seq"], entry.get("response")
    if type(slot) is not int or type(seq) is not int or not 0 <= seq <= MOST_SEQ:
        raise shape
    if response is not None and not isinstance(response, dict):
        raise shape
    return Answer(slot, seq, response)


def form_answers() -> FormAnswers:
    """Read a whole form: the fields of each question, and which answers it was showing."""
    as_of = request.args.get("as_of", 0, type=whole)
    sent = sent_fields("slot")
    slots = {int(name): fields for name, fields in sent.items() if name.isascii() and name.isdigit()}
    return FormAnswers(device("form-"), as_of, slots)


def sent_fields(head: str) -> dict[str, dict[str, list[str]]]:
    """Return the fields of each question of a form by what follows the question's name; "" is its own field.

    Questions of a paper are named `slot-1` (head "slot", found under "1"), the check of a lesson is `answer`.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for name in request.form:
        first, _, rest = name.partition("-")
        if first != head:
            continue
        question, key = (rest.partition("-")[0], rest.partition("-")[2]) if head == "slot" else (head, rest)
        if len(question) <= LONGEST_NAME:
            found.setdefault(question, {})[key] = request.form.getlist(name)[:MOST_FIELDS]
    return found


def reply(saved: Saved) -> Response:
    """Acknowledge: 200 once answers are held; 409 when the paper is closed and they were kept as late."""
    told: dict[str, Any] = {
        "saved": saved.saved, "deadline_at": saved.deadline_at.isoformat(), "now": context.now().isoformat(),
    }  # fmt: skip
    if saved.closed:
        title = gettext("This paper is closed. Your answer was kept, but it does not count.")
        return problem(409, str(title), closed=True, **told)
    return jsonify({**told, "elsewhere": saved.elsewhere})
