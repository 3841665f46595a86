"""No authentication, on this machine only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from event_service.auth.access import EVENT_READ, WEBHOOK_WRITE
from event_service.auth.open_access import NoAuth, open_access
from event_service.caller import Caller, Scope
from event_service.socket_address import is_loopback

if TYPE_CHECKING:
    from structlog.typing import EventDict


def test_everybody_is_domain_admin() -> None:
    nobody = NoAuth()
    local = Caller("DOMAIN_ADMIN", Scope("domain-local"))
    assert nobody.caller({}, EVENT_READ) == local
    assert nobody.caller({"token": "whatever", "x_domain_id": ""}, WEBHOOK_WRITE) == local
    named = nobody.caller({"x_domain_id": "domain-b", "x_workspace_id": "w"}, EVENT_READ)
    assert named == Caller("DOMAIN_ADMIN", Scope("domain-b"))
    nobody.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "[::1]", "localhost"])
def test_loopback(host: str, log: list[EventDict]) -> None:
    assert is_loopback(host)
    assert isinstance(open_access(host), NoAuth)
    assert log == []


@pytest.mark.parametrize(
    "host",
    [
        "0.0.0.0",  # noqa: S104
        "::",
        "[::]",
        "10.0.0.1",
        "example.com",
        "localhost.example.com",
        "",
        "127.0.0.256",
    ],
)
def test_other_addresses(host: str, log: list[EventDict]) -> None:
    assert not is_loopback(host)
    with pytest.raises(ValueError, match="loopback"):
        open_access(host)
    assert isinstance(open_access(host, on_any_address=True), NoAuth)
    assert [(line["log_level"], line["host"]) for line in log] == [("warning", host)]
