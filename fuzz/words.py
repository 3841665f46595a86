"""Targets of small texts: time words, ISO 8601, regular expressions, addresses of stores."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from event_service.grpc_endpoint import is_endpoint
from event_service.instants import format_instant, parse_iso
from event_service.mongodb_address import with_database
from event_service.query.patterns import checked, literal
from event_service.query.time_words import parse_time_word
from event_service.redis_address import parse_cluster, parse_sentinel
from fuzz.asked import NOW

_LONGEST_PATTERN = 1_000


def times(data: bytes) -> None:
    """A text as a time word and as an instant: ValueError, or a datetime without an offset."""
    text = data.decode("utf-8", "replace")
    for read in (parse_iso, lambda word: parse_time_word(word, NOW)):
        try:
            instant = read(text)
        except ValueError:
            continue
        assert isinstance(instant, datetime)
        assert instant.tzinfo is None
        shown = format_instant(instant)
        assert parse_iso(shown) == instant.replace(
            microsecond=instant.microsecond // 1000 * 1000
        ), shown


def patterns(data: bytes) -> None:
    """A text as a regular expression: ValueError, or one in the form that databases take."""
    text = data.decode("utf-8", "replace")[:_LONGEST_PATTERN]
    assert re.fullmatch(literal(text), text) is not None
    try:
        form = checked(text)
    except ValueError:
        return
    assert "\0" not in form
    assert len(form) <= 16 * _LONGEST_PATTERN
    # What is in that form already is left as it is, or else it would not be one form.
    assert checked(form) == form, (text, form)


def addresses(data: bytes) -> None:
    """A text as the address of a store or a service: ValueError, or one that names a host."""
    text = data.decode("utf-8", "replace")
    if urlsplit_works(f"mongodb://{text}"):
        named = with_database(f"mongodb://{text}")
        assert with_database(named) == named, named
    try:
        sentinel = parse_sentinel(f"redis+sentinel://{text}")
    except ValueError:
        pass
    else:
        assert sentinel.service
        assert all(host for host, _ in sentinel.sentinels)
    try:
        cluster = parse_cluster(f"redis+cluster://{text}")
    except ValueError:
        pass
    else:
        assert all(host for host, _ in cluster.nodes)
    is_endpoint(text)
    is_endpoint(f"grpc://{text}")


def urlsplit_works(address: str) -> bool:
    """Whether the settings would take the address at all."""
    try:
        return urlsplit(address).scheme == "mongodb"
    except ValueError:
        return False
