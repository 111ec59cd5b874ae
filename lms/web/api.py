"""Manners of the JSON API: strong entity tags, OpenAPI 3.1 with problem+json."""

from typing import Any

from flask import Response, make_response
from pydantic import BaseModel
from werkzeug.datastructures import ETags

from lms.core.canonical import canonical_json, sha256_hex


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class Problem(BaseModel):
    """An error, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    errors: list[FieldProblem] | None = None


def conditional(body: dict[str, Any], known: ETags) -> Response:
    """Answer with JSON and its entity tag; with 304 and no body when the caller has it already."""
    data = canonical_json(body)
    tag = sha256_hex(data)[:32]
    if known.contains(tag):
        response = make_response("", 304)
    else:
        response = make_response(data)
        response.content_type = "application/json"
    response.set_etag(tag)
    return response


def describe_problems(spec: dict[str, Any]) -> dict[str, Any]:
    """Say in the OpenAPI document that every error is problem+json."""
    reference = {"schema": {"$ref": "#/components/schemas/Problem"}}
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = spec.setdefault("components", {}).setdefault("schemas", {})
    parts.update(schema.pop("$defs", {}))
    parts["Problem"] = schema
    for path in spec.get("paths", {}).values():
        for operation in path.values():
            if isinstance(operation, dict) and "responses" in operation:
                _add_errors(operation["responses"], reference)
    return spec


def _add_errors(responses: dict[str, Any], reference: dict[str, Any]) -> None:
    for code, words in (
        ("401", "Sign in or send a token."),
        ("403", "Not allowed."),
        ("404", "No such thing."),
    ):
        responses.setdefault(code, {"description": words})
    for code, response in responses.items():
        if code.startswith(("4", "5")):
            response["content"] = {"application/problem+json": reference}
