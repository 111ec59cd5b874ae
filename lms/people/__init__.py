"""Who is who: persons, identity, units, line managers, roles, employment, sign-in.

Terms: person (a random id, nothing else), identity (name, mail, staff number), unit, placement, spell,
leave of absence, role, one-time link, change of address (waits until the old one confirms it).
Employment facts are only added; `rules.fold` reads them.
Events: PersonImported, EmploymentRecorded, RoleGranted, SignedIn, PasswordChanged and their kin.
It must not know training, certification or evaluation.
"""
