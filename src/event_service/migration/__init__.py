"""Brings a database to what the service wants of it: what is to be done first, then doing it."""
