"""Breaks things under a running service, under load, and counts what is lost: ``make chaos``.

A client that behaves as SpaceONE's do remembers what was acknowledged; after each fault the
database is asked what became of it.
"""
