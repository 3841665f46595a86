"""MongoDB connection strings: the database that one means."""

from typing import Final
from urllib.parse import parse_qsl

DEFAULT_DATABASE = "event_service"
"""Database of an address that names none."""

_OUTSIDE: Final = frozenset({"GSSAPI", "MONGODB-AWS", "MONGODB-OIDC", "MONGODB-X509"})
"""Mechanisms whose accounts are never in a database."""


def with_database(uri: str, name: str = DEFAULT_DATABASE) -> str:
    """The connection string ``uri`` with the database ``name``, unless it names one already.

    Who signs in keeps signing in where it did: a database in the path would become the default
    place of the user's account, which is ``admin`` without one, or ``$external`` for LDAP.
    """
    scheme, _, rest = uri.partition("://")
    place, _, query = rest.partition("?")
    hosts, _, path = place.partition("/")
    if path:
        return uri
    separator = ";" if ";" in query else "&"
    options = [query] if query else []
    if "@" in hosts and (source := _auth_source(query, separator)):
        options.append(f"authSource={source}")
    return f"{scheme}://{hosts}/{name}" + ("?" if options else "") + separator.join(options)


def _auth_source(query: str, separator: str) -> str | None:
    """Where an account is if no database is named; None where the database has no say in it."""
    given = parse_qsl(query, keep_blank_values=True, separator=separator)
    options = {key.lower(): value for key, value in given}
    mechanism = options.get("authmechanism")
    if "authsource" in options or mechanism in _OUTSIDE:
        return None
    return "$external" if mechanism == "PLAIN" else "admin"
