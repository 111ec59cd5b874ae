"""Every page of the product with whose it is: a name, the reader, its address, and what is done on it first."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.house import AGREEMENT, BAD_ROSTER, COURSE, GOOD_ROSTER, play_case, roster_file
from tests.browser.keys import press
from tests.cases.small import TEXT
from tests.reports.firm import ago

SUBMIT = "main form[method=post] button[type=submit]"


@dataclass(frozen=True)
class Shown:
    """One page in one state. `act` does something on it; `refused` says that the server answers with an error."""

    name: str
    who: str | None
    path: Callable | str
    act: Callable | None = None
    refused: bool = False

    def address(self, house) -> str:
        return house.url + (self.path if isinstance(self.path, str) else self.path(house))


def person(path: str, name: str):
    return lambda house: path.format(house.people[name])


def made(path: str, name: str):
    return lambda house: path.format(house.ids[name])


def timed_play(house):
    """Begin the timed case only now: its clocks are real, and run out while other pages are looked at."""
    play = play_case(house, "ana", "friday-default", steps=0)
    return f"/plays/{play}"


def certificate(name: str):
    return lambda house: f"/certificates/{house.ids['numbers'][house.people[name]]}"


def send(page) -> None:
    press(page, SUBMIT)


def wrong_password(page) -> None:
    page.fill("[name=username]", "ana")
    page.fill("[name=password]", "not-this-one")
    send(page)


def ask_for_link(page) -> None:
    page.fill("[name=username]", "nobody-of-this-name")
    send(page)


def sign_nameless(page) -> None:
    press(page, "#sign button[type=submit]")


def answer_check(page) -> None:
    page.locator("form.check label.option").first.click()
    page.locator("form.check button[type=submit]").first.click()
    page.wait_for_selector("[data-verdict]")


def before_handing_in(page) -> None:
    page.locator("#attempt button[type=submit]:visible").last.click()
    page.wait_for_selector("#attempt-summary[open]")


def begin_second_factor(page) -> None:
    page.locator("form[action$='/second-factor/start'] button").click()
    page.wait_for_url("**/me/security/second-factor")


def send_roster(data: bytes):
    def act(page) -> None:
        page.set_input_files("input[type=file]", roster_file(data))
        send(page)

    return act


def waive(page) -> None:
    page.select_option("[name=programme]", "annual-confidentiality")
    page.fill("[name=until_on]", ago(-40).isoformat())
    page.fill("[name=reason]", "长期病假，资料由人力资源部保存。")
    send(page)


def go_on_leave(page) -> None:
    page.fill("[name=from_on]", ago(-3).isoformat())
    page.fill("[name=until_on]", ago(-90).isoformat())
    page.fill("[name=reason]", "产假。")
    send(page)


def assign_unit(page) -> None:
    page.select_option("[name=unit]", "desk")
    page.fill("[name=reason]", "新增客户资料查阅职责。")
    send(page)


def print_links(page) -> None:
    page.locator("main input[type=checkbox]").first.check()
    press(page, "button[value=print]")


def choose_nothing(page) -> None:
    page.locator("#case-form").evaluate("form => form.noValidate = true")
    press(page, "#case-form button[type=submit]")


def try_draft(text: str):
    def act(page) -> None:
        draft = {"name": "case.yml", "mimeType": "text/yaml", "buffer": text.encode()}
        page.set_input_files("input[type=file]", draft)
        press(page, SUBMIT)

    return act


OUTSIDE = [
    Shown("sign-in", None, "/sign-in"),
    Shown("sign-in-refused", None, "/sign-in", wrong_password, refused=True),
    Shown("forgot", None, "/forgot"),
    Shown("forgot-sent", None, "/forgot", ask_for_link),
    Shown("link", None, made("/link/{}", "link")),
    Shown("link-used", None, "/link/0123456789abcdef", refused=True),
    Shown("certificate-public", None, certificate("liwei")),
    Shown("certificate-unknown", None, "/certificates/CZ-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", refused=True),
]
LEARNER = [
    Shown("training", "ana", "/"),
    Shown("training-held", "liwei", "/"),
    Shown("training-set-aside", "yan", "/"),
    Shown("record-set-aside", "yan", "/me/record"),
    Shown("training-long-name", "mia", "/"),
    Shown("calendar", "ana", "/me/calendar"),
    Shown("calendar-address", "liwei", "/me/calendar", act=send),
    Shown("record-empty", "ana", "/me/record"),
    Shown("record", "liwei", "/me/record"),
    Shown("security", "ana", "/me/security"),
    Shown("second-factor", "ana", "/me/security", begin_second_factor),
    Shown("re-authenticate", "ana", "/re-authenticate"),
    Shown("my-evaluations", "liwei", "/me/evaluations"),
    Shown("my-evaluations-empty", "nora", "/me/evaluations"),
    Shown("courses", "ana", "/courses"),
    Shown("course", "ana", f"/courses/{COURSE}"),
    Shown("lesson", "ana", made(f"/courses/{COURSE}/{{}}", "lesson")),
    Shown("lesson-checked", "ana", made(f"/courses/{COURSE}/{{}}", "lesson"), answer_check),
    Shown("lesson-print", "ana", made(f"/courses/{COURSE}/{{}}/print", "lesson")),
    Shown("training-changed", "bruno", "/"),
    Shown("course-changed", "bruno", f"/courses/{COURSE}"),
    Shown("course-changes", "bruno", f"/courses/{COURSE}/changes"),
    Shown("course-changes-none", "ana", f"/courses/{COURSE}/changes"),
    Shown("lesson-changed", "bruno", f"/courses/{COURSE}/what-is-client-information"),
    Shown("course-summary", "ana", f"/courses/{COURSE}/summary"),
    Shown("cases", "ana", "/cases"),
    Shown("cases-of-a-pool", "dario", "/cases?pool=risk"),
    Shown("case", "ana", "/cases/wechat-due-diligence"),
    Shown("case-played", "liwei", "/cases/gift-before-approval"),
    Shown("play", "ana", made("/plays/{}", "play")),
    Shown("play-nothing-chosen", "ana", made("/plays/{}", "play"), choose_nothing, refused=True),
    Shown("play-timed", "ana", timed_play),
    Shown("debrief-passed", "dario", made("/plays/{}/debrief", "play-passed")),
    Shown("debrief-failed", "liwei", made("/plays/{}/debrief", "play-failed")),
    Shown("quiz", "liwei", f"/quizzes/{COURSE}"),
    Shown("quiz-waiting", "ana", f"/quizzes/{COURSE}"),
    Shown("attempt", "ana", made("/attempts/{}", "open")),
    Shown("attempt-handing-in", "ana", made("/attempts/{}", "open"), before_handing_in),
    Shown("attempt-review", "ana", made("/attempts/{}/review", "open")),
    Shown("result-failed", "ana", made("/attempts/{}/result", "failed")),
    Shown("result-feedback", "dario", made("/attempts/{}/result", "passed")),
    Shown("agreement", "ana", f"/agreements/{AGREEMENT}"),
    Shown("agreement-nameless", "ana", f"/agreements/{AGREEMENT}", sign_nameless, refused=True),
    Shown("agreement-signed", "liwei", f"/agreements/{AGREEMENT}"),
    Shown("handbook", "ana", "/handbook"),
    Shown("handbook-search", "ana", "/handbook?q=客户"),
    Shown("handbook-nothing-found", "ana", "/handbook?q=zzzz"),
    Shown("handbook-section", "ana", "/handbook/telephone"),
    Shown("notices", "mia", "/notices"),
    Shown("notices-empty", "erin", "/notices"),
    Shown("certificate-own", "liwei", certificate("liwei")),
    Shown("not-found", "ana", "/nowhere", refused=True),
    Shown("not-allowed", "ana", "/people", refused=True),
]
STAFF = [
    Shown("team", "bruno", "/team"),
    Shown("hr", "carla", "/hr"),
    Shown("hr-person", "carla", person("/hr/people/{}", "liwei")),
    Shown("hr-person-long-name", "carla", person("/hr/people/{}", "mia")),
    Shown("hr-attempts", "carla", person("/hr/people/{}/attempts", "ana")),
    Shown("hr-report", "carla", "/hr/reports/standings"),
    Shown("hr-programme", "carla", "/hr/programmes/annual-confidentiality"),
    Shown("hr-credit", "carla", "/hr/credits/new"),
    Shown("hr-decide", "carla", person("/hr/people/{}/decide/waiver", "mia")),
    Shown("hr-decide-refused", "carla", person("/hr/people/{}/decide/extension", "mia"), send, refused=True),
    Shown("hr-decide-preview", "carla", person("/hr/people/{}/decide/waiver", "mia"), waive),
    Shown("hr-leave-preview", "carla", person("/hr/people/{}/decide/leave", "liwei"), go_on_leave),
    Shown("hr-assign", "carla", "/hr/programmes/annual-confidentiality/assign"),
    Shown("hr-assign-preview", "carla", "/hr/programmes/annual-confidentiality/assign", assign_unit),
    Shown("approval-rule", "fang", made("/hr/approvals/{}", "rule")),
    Shown("people", "carla", "/people"),
    Shown("people-none", "carla", "/people?q=zzzz"),
    Shown("person", "carla", person("/people/{}", "liwei")),
    Shown("person-long-name", "admin", person("/people/{}", "mia")),
    Shown("person-edit", "carla", person("/people/{}/edit", "liwei")),
    Shown("person-new", "carla", "/people/new"),
    Shown("person-new-refused", "carla", "/people/new", send, refused=True),
    Shown("import", "carla", "/people/import"),
    Shown("import-bad", "carla", "/people/import", send_roster(BAD_ROSTER)),
    Shown("import-good", "carla", "/people/import", send_roster(GOOD_ROSTER)),
    Shown("units", "carla", "/people/units"),
    Shown("unit-new", "carla", "/people/units/new"),
    Shown("unit", "carla", made("/people/units/{}", "unit")),
    Shown("activation", "admin", "/people/activation"),
    Shown("activation-sheet", "admin", "/people/activation", print_links),
    Shown("approvals", "fang", "/hr/approvals"),
    Shown("approval-seal", "fang", made("/hr/approvals/{}", "seal")),
    Shown("approval-credit", "fang", made("/hr/approvals/{}", "credit")),
    Shown("approval-own", "carla", made("/hr/approvals/{}", "seal")),
    Shown("author", "erin", "/author"),
    Shown("author-bank", "erin", "/author/banks/client-confidentiality"),
    Shown("author-item", "erin", "/author/items/CONF-0001"),
    Shown("hr-score-reviews", "carla", "/hr/score-reviews"),
    Shown("evaluations", "carla", "/evaluations"),
    Shown("evaluation-cycle", "carla", "/evaluations/2025-H2"),
    Shown("evaluation-person", "carla", person("/evaluations/2025-H2/{}", "liwei")),
    Shown("evaluation-own", "liwei", person("/evaluations/2025-H2/{}", "liwei")),
    Shown("case-maps", "erin", "/author/cases"),
    Shown("case-map", "erin", "/author/cases/friday-default"),
    Shown("case-draft", "erin", "/author/cases", try_draft(TEXT.replace("to: form", "to: done"))),
    Shown("audit", "felix", "/audit"),
]
PAGES = [*OUTSIDE, *LEARNER, *STAFF]
