"""What a host and a port are to the system."""

from __future__ import annotations

import errno
import ipaddress
import socket
from typing import Any, NamedTuple, cast


class SocketAddress(NamedTuple):
    """A family of addresses, and an address of it."""

    family: socket.AddressFamily
    address: Any


def apart_from_port(host: str) -> str:
    """The host as it stands before ``:port``: IPv6, which has colons of its own, in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address; of names, ``localhost`` alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


def listening_address(host: str, port: int) -> SocketAddress:
    """Where a server listens. IPv6 may stand in brackets. Raises OSError."""
    bare = host.removeprefix("[").removesuffix("]")
    try:
        found = socket.getaddrinfo(bare, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except UnicodeError as error:  # two dots in a row, a part of more than 63 characters
        raise OSError(errno.EINVAL, "no name of a host") from error
    family, _, _, _, address = found[0]
    return SocketAddress(family, cast("Any", address))
