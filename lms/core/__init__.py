"""What every slice stands on: settings, database, clock, dates, errors, access policy, authored text.

It knows no slice and no HTTP. `dates.py` counts periods as the Civil Code of the PRC does; `db.py` opens
SQLite and PostgreSQL so that nothing acknowledged is lost; `access.py` is the one permission table.
"""
