"""Triage: how urgent is one Dutch message, read alone and with the visitor's last few.

A library on the standard library, PyYAML's data already parsed to dicts, and numpy: no I/O after loading, no database, no Rasa.
``Triage.read`` never raises. Two readers, the higher one counts: the *screen* (rules that a clinician can read, ``screen``)
and the *learned model* (plain weights, ``model``).
"""
