"""The API describes itself, for programs and for people, and refuses in one manner."""

import re

from tests.factories import sign_in


def references(node):
    if isinstance(node, dict):
        yield from ([node["$ref"]] if "$ref" in node else [])
        for each in node.values():
            yield from references(each)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


def test_the_description_names_every_resource_with_scope_and_problems(app, client):
    spec = client.get("/api/v1/openapi.json").get_json()
    assert spec["openapi"].startswith("3.1")
    routes = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "openapi.spec"
    }
    assert set(spec["paths"]) == routes
    for path, methods in spec["paths"].items():
        for operation in methods.values():
            assert operation["x-scope"], path
            assert operation["security"] == [{"token": []}]
            assert operation["summary"]
            for code in ("401", "403", "404"):
                assert set(operation["responses"][code]["content"]) == {"application/problem+json"}


def test_every_reference_of_the_description_leads_somewhere(client):
    spec = client.get("/api/v1/openapi.json").get_json()
    for reference in set(references(spec)):
        node = spec
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
        assert node


def test_the_page_shows_every_resource_without_any_script_of_its_own(client):
    spec = client.get("/api/v1/openapi.json").get_json()
    answer = client.get("/api/docs?lang=en")
    assert answer.status_code == 200
    for path in spec["paths"]:
        assert path in answer.text
    assert not re.search(r"<script(?![^>]*\bsrc=\"/static/)", answer.text)
    assert " style=" not in answer.text
    for anchor in set(re.findall(r'href="#([^"]+)"', answer.text)):
        assert f'id="{anchor}"' in answer.text


def test_what_cannot_be_read_is_refused_field_by_field(cast, client):
    sign_in(client, cast.carla)
    answer = client.get("/api/v1/standings?limit=0&as_of=someday")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    document = answer.get_json()
    assert document["status"] == 422
    assert {each["field"] for each in document["errors"]} == {"limit", "as_of"}


def test_an_unknown_resource_and_method_are_problems_too(cast, client):
    sign_in(client, cast.carla)
    for answer, status in ((client.get("/api/v1/none"), 404), (client.delete("/api/v1/people"), 405)):
        assert answer.status_code in {status, 400}
        assert answer.content_type == "application/problem+json"
