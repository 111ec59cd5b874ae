"""Questions and feedback for templates: published HTML marked as safe, addresses below the root. HTTP side."""

from collections.abc import Mapping
from typing import Any

from flask import request

from lms.web.pages import safe_html


def question_html(question: Mapping[str, Any]) -> dict[str, Any]:
    """Mark a question's texts as the HTML they are; plain texts of gaps and figures stay plain."""
    shown = {**question, "stem": safe_html(question["stem"])}
    for key in ("options", "targets", "stems"):
        if key in question:
            shown[key] = [{**each, "text": safe_html(each["text"])} for each in question[key]]
    if "image" in question:
        shown["image"] = f"{request.script_root}/{question['image']}"
    if "set" in question:
        shown["set"] = {**question["set"], "stem": safe_html(question["set"]["stem"])}
    return shown


def feedback_html(feedback: Mapping[str, Any], plain_keys: bool) -> dict[str, Any]:
    """Mark the texts of feedback as the HTML they are; `plain_keys` tells that the keys of notes are not."""
    notes = {
        name: {
            **note,
            "because": safe_html(note["because"]),
            "key": note.get("key") if plain_keys else safe_html(note.get("key")),
        }
        for name, note in feedback["options"].items()
    }
    return {**feedback, "because": safe_html(feedback["because"]), "options": notes}
