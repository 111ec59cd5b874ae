"""Dashboards, lists and exports for HR, managers and auditors: what is on the screen is in the file.

Everything here is derived; it owns no facts and writes none.
"""
