"""A firm with the fixed cast on the real texts, moved to today: somebody in every state that matters."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from lms.core import clock
from lms.core.access import Role
from lms.people import actions
from tests.certification.loop import Firm
from tests.factories import make_unit

SHANGHAI = ZoneInfo("Asia/Shanghai")


def ago(days: int) -> date:
    """The firm's civil day so many days before today."""
    return clock.today(SHANGHAI) - timedelta(days=days)


@dataclass
class World:
    """The firm with who is who; `day` of what happened counts back from today."""

    firm: Firm
    north: UUID
    south: UUID
    ana: UUID
    bruno: UUID
    carla: UUID
    dario: UUID
    felix: UUID
    fang: UUID
    mia: UUID


def make_world(database, tag: str = "") -> World:
    """Ana may renew; Mia is lapsed; Dario is overdue; Carla, Felix and Fang are assigned; `tag` ends names."""
    firm = Firm(database, published=ago(800))
    with firm.doing(ago(800)) as session:
        at = ago_instant(800)
        north, south = make_unit(session, "north", firm.unit, at), make_unit(session, "south", firm.unit, at)
    bruno = firm.hire("bruno" + tag, ago(790), north)
    ana = firm.hire("ana" + tag, ago(420), north)
    mia = firm.hire("mia" + tag, ago(500), north)
    dario = firm.hire("dario" + tag, ago(60), south)
    carla = firm.hire("carla" + tag, ago(5), firm.unit, (Role.HR,))
    felix = firm.hire("felix" + tag, ago(4), firm.unit, (Role.AUDITOR,))
    fang = firm.hire("fang" + tag, ago(3), firm.unit, (Role.APPROVER,))
    with firm.doing(ago(780)) as session:
        actions.set_lead(session, north, bruno, ago(780), ago_instant(780))
    for person, day in ((bruno, 200), (ana, 340), (mia, 480)):
        firm.onboard(person, ago(day))
    for day in (450, 400, 300, 200, 100, 50, 20, 10, 1, 0):
        firm.sweep(ago(day))
    return World(firm, north, south, ana, bruno, carla, dario, felix, fang, mia)


def ago_instant(days: int) -> datetime:
    """Ten in the morning of that day."""
    return datetime.combine(ago(days), datetime.min.time(), SHANGHAI).replace(hour=10)
