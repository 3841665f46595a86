"""Addresses of more than one Redis: ``redis+sentinel://`` and ``redis+cluster://``.

The client library knows addresses of one server only; what stands for one server here (user,
password, database, TLS options) is read by it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from redis.connection import parse_url

SENTINEL_PORT = 26379
CLUSTER_PORT = 6379

_PARTS: Final = re.compile(r"(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?")
"""Of any URI (RFC 3986, appendix B)."""


class AddressParts(NamedTuple):
    """What an address of Redis consists of, each as it is written; ``netloc`` may name several
    hosts.
    """

    scheme: str
    netloc: str
    path: str
    query: str


@dataclass(frozen=True, slots=True)
class SentinelAddress:
    """A Redis that Sentinels look after. Not printed: it may hold passwords."""

    sentinels: tuple[tuple[str, int], ...]
    service: str
    options: Mapping[str, Any] = field(repr=False)
    """Keyword arguments of a connection to the Redis server itself."""
    sentinel_options: Mapping[str, Any] = field(repr=False)
    """Keyword arguments of a connection to a Sentinel."""


@dataclass(frozen=True, slots=True)
class ClusterAddress:
    """Some nodes of a Redis Cluster, which name the others."""

    nodes: tuple[tuple[str, int], ...]
    options: Mapping[str, Any] = field(repr=False)


def split_address(url: str) -> AddressParts:
    """The parts of an address. The standard library's takes no IPv6 address among several hosts."""
    scheme, netloc, path, query = next(_PARTS.finditer(url)).groups("")
    return AddressParts(scheme.lower(), netloc, path, query)


def check_database(path: str) -> None:
    """Raises ValueError for the path of an address that names no database by its number.

    The client library takes 0 in place of a name, and 12 for ``/1/2``.
    """
    name = unquote(path.strip("/"))
    if name and not (name.isascii() and name.isdigit()):
        raise ValueError("a database of Redis is a number")


def parse_sentinel(url: str) -> SentinelAddress:
    """``redis[s]+sentinel://[user:password@]host[:port],.../service[/db]``.

    User and password are those of the Redis server; the Sentinels' own are the options
    ``sentinel_username`` and ``sentinel_password``. Raises ValueError.
    """
    parts = split_address(url)
    service, _, database = parts.path.strip("/").partition("/")
    if not service:
        raise ValueError("the path must name the service that the Sentinels look after")
    check_database(database)
    query = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    own = {
        key: query.pop(f"sentinel_{key}")
        for key in ("username", "password")
        if f"sentinel_{key}" in query
    }
    tls = _tls(parts.scheme)
    options = _server_options(parts.scheme, parts.netloc, f"/{database}", urlencode(query))
    shared = {key: value for key, value in options.items() if key.startswith("ssl_")}
    return SentinelAddress(
        sentinels=_hosts(parts.netloc, SENTINEL_PORT),
        service=unquote(service),
        options=options | tls,
        sentinel_options=own | shared | tls,
    )


def parse_cluster(url: str) -> ClusterAddress:
    """``redis[s]+cluster://[user:password@]host[:port],...``. Raises ValueError."""
    parts = split_address(url)
    if parts.path.strip("/") not in {"", "0"}:
        raise ValueError("a cluster has no other database than 0")
    options = _server_options(parts.scheme, parts.netloc, "", parts.query)
    if options.pop("db", 0) != 0:
        raise ValueError("a cluster has no other database than 0")
    return ClusterAddress(
        nodes=_hosts(parts.netloc, CLUSTER_PORT), options=options | _tls(parts.scheme)
    )


def _tls(scheme: str) -> dict[str, Any]:
    return {"ssl": True} if scheme.startswith("rediss") else {}


def _server_options(scheme: str, netloc: str, path: str, query: str) -> dict[str, Any]:
    account, at, _ = netloc.rpartition("@")
    one = f"{scheme.partition('+')[0]}://{account}{at}host{path}?{query}"
    parsed: Mapping[str, Any] = parse_url(one)  # type: ignore[no-untyped-call]
    return {k: v for k, v in parsed.items() if k not in {"host", "port", "connection_class"}}


def _hosts(netloc: str, default_port: int) -> tuple[tuple[str, int], ...]:
    found = []
    for entry in netloc.rpartition("@")[2].split(","):
        parts = urlsplit(f"//{entry}")
        if not parts.hostname:
            raise ValueError("a host is missing")
        found.append((parts.hostname, parts.port or default_port))
    return tuple(found)
