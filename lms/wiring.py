"""Which slices the application has: their pages, their resources, their place in the navigation."""

from dataclasses import dataclass

from flask import Blueprint

from lms.agreements.views import pages as agreement_pages
from lms.approvals.views import pages as approval_pages
from lms.cases.views import pages as case_pages
from lms.certification.api import api as certification_api
from lms.certification.clearances.api import api as clearances_api
from lms.certification.clearances.views import pages as clearances_pages
from lms.certification.views import pages as certification_pages
from lms.core.access import Action, Actor, may_ever
from lms.courses.views import pages as course_pages
from lms.evaluations.api import api as evaluation_api
from lms.evaluations.views import pages as evaluation_pages
from lms.notices.views import pages as notice_pages
from lms.notices.webhooks.views import pages as webhook_pages
from lms.people.api import api as people_api
from lms.people.views import pages as people_pages
from lms.quizzes.api import api as quizzes_api
from lms.quizzes.views import pages as quizzes_pages
from lms.reports.views import pages as report_pages


@dataclass(frozen=True)
class NavEntry:
    """An entry of the main navigation, shown to those who may; `label` is a gettext key."""

    endpoint: str
    label: str
    icon: str
    may: Action

    def shown(self, actor: Actor) -> bool:
        """Whether this actor sees the entry."""
        return may_ever(actor, self.may)


BLUEPRINTS: tuple[Blueprint, ...] = (
    people_pages,
    people_api,
    notice_pages,
    webhook_pages,
    approval_pages,
    quizzes_pages,
    quizzes_api,
    certification_pages,
    certification_api,
    clearances_pages,
    clearances_api,
    case_pages,
    course_pages,
    agreement_pages,
    evaluation_pages,
    evaluation_api,
    report_pages,
)
NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry("certification.my_training", "My training", "mortarboard", Action.LEARN),
    NavEntry("courses.index", "Courses", "book", Action.LEARN),
    NavEntry("cases.index", "Cases", "play-circle", Action.LEARN),
    NavEntry("courses.handbook", "Handbook", "journal-text", Action.SIGNED_IN),
    NavEntry("clearances.mine", "What I may do", "signpost-split", Action.LEARN),
    NavEntry("reports.team", "My team", "people", Action.READ_TEAM),
    NavEntry("reports.hr", "HR", "building", Action.READ_REPORTS),
    NavEntry("people.index", "People", "person-circle", Action.READ_PEOPLE),
    NavEntry("quizzes.author", "Questions", "question-circle", Action.READ_CONTENT),
    NavEntry("evaluations.index", "Evaluations", "clipboard-data", Action.READ_REPORTS),
    NavEntry("cases.maps", "Case maps", "signpost-split", Action.READ_CONTENT),
    NavEntry("reports.audit", "Audit", "shield-check", Action.READ_AUDIT),
    NavEntry("webhooks.index", "Webhooks", "send", Action.ADMINISTER),
)
