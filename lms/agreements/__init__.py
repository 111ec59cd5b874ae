"""Agreements and their signatures.

A signature binds a person to the exact text shown: version, hash of the canonical HTML in the language
shown, time, method. Events: AgreementSigned. It must not know which programmes require it.
"""
