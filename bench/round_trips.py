"""How often the service has asked its stores: what it counts itself at ``/metrics``."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECONDS = 5.0
_COUNT = re.compile(
    r'^event_service_store_seconds_count\{[^}]*store="(\w+)"[^}]*\} (\S+)', re.MULTILINE
)


def round_trips(http_address: str | None) -> Mapping[str, float] | None:
    """Round trips so far, by store; None where the service doesn't count them."""
    if http_address is None:
        return None
    try:
        with urllib.request.urlopen(f"http://{http_address}/metrics", timeout=_SECONDS) as answer:
            return read_round_trips(answer.read().decode())
    except urllib.error.HTTPError:
        return None


def read_round_trips(metrics: str) -> Mapping[str, float] | None:
    """The same, of the page's text."""
    found: dict[str, float] = {}
    for store, count in _COUNT.findall(metrics):
        found[store] = found.get(store, 0.0) + float(count)
    return found or None
