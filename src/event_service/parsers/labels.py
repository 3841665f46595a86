"""The key of an alert with labels: their fingerprint, as Prometheus and Alertmanager compute it."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

_OFFSET = 0xCBF29CE484222325
_PRIME = 0x100000001B3
_MASK = 0xFFFFFFFFFFFFFFFF
_SEPARATOR = b"\xff"
# Real label sets take a few KiB. FNV goes byte by byte, which a hostile one could make slow.
_LONGEST = 32 * 1024


def alert_key(fingerprint: str | None, labels: Mapping[str, Any]) -> str | None:
    """The fingerprint that an alert came with, else that of its labels; None without any."""
    return fingerprint or (labels_fingerprint(labels) if labels else None)


def labels_fingerprint(labels: Mapping[str, Any]) -> str:
    """16 hex digits: 64-bit FNV-1a over the names in order, each with its value.

    Alertmanager puts the same into ``fingerprint`` from 0.19 on, so keys stay what they were when a
    sender is upgraded. Labels are texts; another JSON value counts as its JSON text, or as nothing
    where it is nested too deep for one. A set over 32 KiB gets another digest of the same form.
    """
    encoded = sorted((_bytes(name), _bytes(value)) for name, value in labels.items())
    content = b"".join(part + _SEPARATOR for pair in encoded for part in pair)
    if len(content) > _LONGEST:
        return blake2b(content, digest_size=8).hexdigest()
    digest = _OFFSET
    for byte in content:
        digest = ((digest ^ byte) * _PRIME) & _MASK
    return f"{digest:016x}"


def _bytes(value: object) -> bytes:
    try:
        text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    except RecursionError:
        return b""
    return text.encode("utf-8", errors="replace")
