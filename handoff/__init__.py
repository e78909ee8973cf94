"""The service: the only process that the outside world reaches, and the only one that owns data and words.

Import order, lowest first (held by ``tests/test_house_rules.py``): see ``docs/architecture.md``.
"""
