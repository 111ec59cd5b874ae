"""How much the database is asked: the same for a person of many years as for a new one."""

from lms.certification.actions import reassess
from tests.certification.loop import Firm, finish, instant
from tests.statements import counted


def test_assessing_again_reads_a_fixed_number_of_statements_and_writes_nothing(database):
    firm = Firm(database)
    ana = firm.hire("ana", "2025-02-03")
    firm.onboard(ana, "2025-02-10")
    with counted(database) as seen, firm.doing("2025-02-10") as session:
        reassess(session, ana, instant("2025-02-10"))
    assert [each for each in seen if not each.startswith(("SELECT", "WITH"))] == []
    assert len(seen) <= 14, seen  # one of them: what other systems were told of duties


def test_finishing_a_run_that_certifies_costs_little(database):
    firm = Firm(database)
    ana = firm.hire("ana", "2025-02-03")
    firm.sign(ana, "2025-02-10")
    firm.finish(ana, "course", "client-confidentiality", "2025-02-10")
    firm.finish(ana, "course", "professional-ethics", "2025-02-10")
    with counted(database) as seen, firm.doing("2025-02-10") as session:
        finish(session, ana, "examination", "onboarding-final", instant("2025-02-10"))
    assert len(seen) <= 34, seen  # three of them: what was told, what is told now, whom to tell
