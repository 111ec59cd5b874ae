"""What codes of people mean in words."""

from lms.core.access import Role
from lms.core.errors import Message, message
from lms.people.employment import EmploymentKind

ROLES: dict[str, Message] = {
    Role.LEARNER: message("learner"),
    Role.MANAGER: message("line manager"),
    Role.HR: message("HR"),
    Role.AUTHOR: message("author"),
    Role.APPROVER: message("approver"),
    Role.CONDUCT_OFFICER: message("conduct officer"),
    Role.AUDITOR: message("auditor"),
    Role.ADMINISTRATOR: message("administrator"),
}

FACTS: dict[str, Message] = {
    EmploymentKind.JOIN: message("Joined"),
    EmploymentKind.MOVE: message("Moved"),
    EmploymentKind.LEAVE: message("Left"),
    EmploymentKind.ABSENCE: message("Leave of absence"),
    EmploymentKind.ABSENCE_END: message("Back from leave of absence"),
    EmploymentKind.REHIRE: message("Re-hired"),
    EmploymentKind.VOID: message("Declared void"),
}
STATES: dict[str, Message] = {
    "employed": message("employed"),
    "on_leave": message("on leave of absence"),
    "coming": message("joins later"),
    "left": message("has left"),
    "all": message("everybody"),
}
STEPS: dict[str, Message] = {
    "join": message("joins"),
    "identity": message("changed details"),
    "move": message("moves"),
    "leave": message("leaves"),
    "role": message("roles"),
    "lead": message("leads a unit"),
}
FIELDS: dict[str, Message] = {
    "name_zh": message("Chinese name"),
    "name_en": message("English name"),
    "mail": message("E-mail"),
}
SCOPES: dict[str, Message] = {
    "people:read": message("read people"),
    "standings:read": message("read standings"),
    "evaluations:read": message("read evaluations"),
    "clearances:read": message("read clearances"),
    "attempts": message("answer one's own attempts"),
}
