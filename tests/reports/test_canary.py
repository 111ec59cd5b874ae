"""No page that a learner can reach, or guess, holds anything that belongs to somebody else."""

import html
import re

from tests.factories import sign_in
from tests.reports.firm import make_world

TAG = "q7x"
PEOPLE = ("ana", "bruno", "carla", "dario", "felix", "fang", "mia")
MOST_PAGES = 150


def addresses(text):
    found = re.findall(r'(?:href|hx-get)="(/[^"#]*)', text)
    return {
        html.unescape(each).split("#")[0] for each in found if not each.startswith(("/static/", "/sign-out"))
    }


def crawl(client, starts):
    """Every page reached from the starting ones by links, as text."""
    waiting, seen = list(starts), {}
    while waiting and len(seen) < MOST_PAGES:
        url = waiting.pop(0)
        if url in seen:
            continue
        answer = client.get(url)
        seen[url] = answer.get_data().decode("utf-8", "replace")
        if answer.status_code == 200 and "html" in answer.content_type:
            waiting += sorted(addresses(seen[url]) - seen.keys())
        elif answer.status_code in {301, 302, 303}:
            waiting.append(answer.headers["Location"])
    return seen


def test_no_page_names_anybody_whom_the_reader_may_not_know(database, client):
    world = make_world(database, TAG)
    ids = [getattr(world, name) for name in PEOPLE]
    guessed = [
        "/", "/me/record", "/me/evaluations", "/me/security", "/notices", "/team", "/hr", "/audit", "/people",
        "/people/tokens", "/evaluations", "/hr/approvals", "/hr/credits/new", "/hr/programmes/onboarding",
        *(f"/hr/reports/{name}{form}" for name in ("standings", "people") for form in ("", ".csv", ".json", ".xlsx")),
        *(f"/hr/people/{each}" for each in ids), *(f"/people/{each}" for each in ids),
        *(f"/api/v1/{name}" for name in ("people", "standings")), *(f"/api/v1/people/{each}" for each in ids),
        *(f"/api/v1/standings?person={each}" for each in ids),
    ]  # fmt: skip
    for who, known in (("ana", {"ana"}), ("dario", {"dario"}), ("bruno", {"bruno", "ana", "mia"})):
        sign_in(client, getattr(world, who))
        pages = crawl(client, guessed)
        assert len(pages) > 60
        for url, text in pages.items():
            named = {name for name in PEOPLE if f"{name}{TAG}" in text.lower()}
            assert named <= known, (who, url, named - known)
