"""Clearances: what a person may do today, why not, and since when that is so.

Owns duties as published, answers from the facts, recusals by client reference, emergency openings by two
people and their review, the log of denials, and the last answer told to other systems. Terms: duty,
clearance, recusal, break-glass, flip. Events: DutyFlipped, ClearancesDenied, GlassOpened, Recused.
Programmes know nothing of it but that assessed people are announced (`flipping.announce`).
"""
