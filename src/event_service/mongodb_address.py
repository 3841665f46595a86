"""MongoDB connection strings: the database that one means."""

from urllib.parse import parse_qsl

DEFAULT_DATABASE = "event_service"
"""Database of an address that names none."""


def with_database(uri: str, name: str = DEFAULT_DATABASE) -> str:
    """The connection string ``uri`` with the database ``name``, unless it names one already.

    Who signs in keeps signing in where it did: a database in the path would become the default
    place of the user's account, which is ``admin`` without one.
    """
    scheme, _, rest = uri.partition("://")
    place, _, query = rest.partition("?")
    hosts, _, path = place.partition("/")
    if path:
        return uri
    if "@" in hosts and _needs_auth_source(query):
        query = f"{query}&authSource=admin" if query else "authSource=admin"
    return f"{scheme}://{hosts}/{name}" + (f"?{query}" if query else "")


def _needs_auth_source(query: str) -> bool:
    options = {key.lower(): value for key, value in parse_qsl(query)}
    mechanism = options.get("authmechanism", "SCRAM-SHA-256").upper()
    return "authsource" not in options and mechanism.startswith("SCRAM")
