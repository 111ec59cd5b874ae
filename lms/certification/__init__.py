"""Programmes, assignments, credits, periods, standings, certificates: the heart.

`rules.status(facts, as_of, known_at)` is the one answer; standings and spans are caches proven equal to
it. Terms: programme, requirement, assignment, run, credit, period, anchor, window, grace, lapse.
Events: Assigned, CreditRecorded, PeriodOpened, Certified, StandingChanged, StandingCorrected.
It must not know evaluations or reports.
"""
