"""The description of the API: OpenAPI 3.1 for programs, a page of our own for people, errors as problem+json."""

from collections.abc import Mapping
from typing import Any

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import current_app, render_template
from flask_babel import gettext

from lms.core.access import Action
from lms.web import context
from lms.web.access import Pages
from lms.web.api import describe_problems
from lms.web.pages import problem, say_status

SPEC_PATH = "/api/v1/openapi.json"
reference = Pages("reference", __name__, template_folder="templates")


def install(app: APIFlask) -> None:
    """Let the API describe itself and refuse what it cannot read as every other error is told."""
    app.config["INFO"] = {
        "description": "Standings, people, evaluations and one's own attempts. Tokens are made by an administrator.",
        "license": {"name": "Apache-2.0"},
    }
    app.config["AUTO_OPERATION_ID"] = True
    app.security_schemes = {"token": {"type": "http", "scheme": "bearer"}}
    app.spec_processor(describe)
    app.error_callback = told  # not error_processor: that would answer readers of pages with JSON, too


def told(error: HTTPError) -> Any:
    """Answer what pydantic refused with problem+json, field by field."""
    fields = [
        {"field": name, "message": "; ".join(str(each) for each in _texts(messages))}
        for place in (error.detail or {}).values()
        for name, messages in (place.items() if isinstance(place, Mapping) else ())
    ]
    title = (
        gettext("Something in the request cannot be accepted.") if fields else say_status(error.status_code)
    )
    return problem(error.status_code, str(title), **({"errors": fields} if fields else {}))


def _texts(messages: Any) -> list[Any]:
    return messages if isinstance(messages, list) else [messages]


def describe(spec: dict[str, Any]) -> dict[str, Any]:
    """Add to the generated document what APIFlask cannot know: scopes, problems, tokens."""
    scopes = {
        f"{method.lower()}_{rule.endpoint.replace('.', '_')}": view_scope(rule.endpoint)
        for rule in current_app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    for path in spec.get("paths", {}).values():
        for operation in path.values():
            operation["security"] = [{"token": []}]
            if scope := scopes.get(operation.get("operationId", ""), ""):
                operation["x-scope"] = scope
    return describe_problems(spec)


def view_scope(endpoint: str) -> str:
    """Return what a token must carry for an endpoint; empty where no token opens it."""
    return str(getattr(current_app.view_functions[endpoint], "scope", ""))


@reference.show("/api/docs", may=Action.PUBLIC, mode=context.Mode.OWN)
def api_docs() -> Any:
    """Show the description of the API as a page, without any script."""
    spec = current_app._get_spec("json")  # type: ignore[attr-defined]  # noqa: SLF001 - the cached document
    operations = [
        (method.upper(), path, operation)
        for path, methods in spec["paths"].items()
        for method, operation in methods.items()
        if isinstance(operation, dict)
    ]
    return render_template(
        "api.html",
        spec=spec,
        operations=operations,
        resolve=resolver(spec),
        spec_path=SPEC_PATH,
        kind_of=kind_of,
    )


def resolver(spec: Mapping[str, Any]) -> Any:
    """Return a function that follows a reference into the document's schemas, once."""
    schemas = spec.get("components", {}).get("schemas", {})

    def resolve(schema: Mapping[str, Any] | None) -> tuple[str, Mapping[str, Any]]:
        name = str((schema or {}).get("$ref", "")).rpartition("/")[2]
        return (name, schemas.get(name, {})) if name else ("", schema or {})

    return resolve


def kind_of(schema: Mapping[str, Any]) -> str:
    """Return what a schema says a value is, in a word or two."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(kind_of(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"[{kind_of(schema.get('items', {}))}]"
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"])
    if isinstance(schema.get("additionalProperties"), Mapping):
        return f"{{…: {kind_of(schema['additionalProperties'])}}}"
    return str(schema.get("format") or schema.get("type") or "any")
