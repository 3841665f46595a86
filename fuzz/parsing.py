"""Target of the parsers: any JSON object, as a body of every source."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import bson

from event_service.errors import PermissionDenied, ServiceError, TooLarge
from event_service.fingerprint import fingerprint
from event_service.instants import format_instant
from event_service.manager.stored_object import stored_object
from event_service.normalise import normalise
from event_service.parsers import aws_sns
from event_service.parsers.registry import AUTO, ParserRegistry, installed_sources
from event_service.parsers.seam import ParseFailure
from event_service.sns.addresses import is_certificate_url, is_subscribe_url
from event_service.sns.envelope import signed_text
from event_service.wire.json_body import json_object
from event_service.wire.struct import dict_to_struct
from fuzz.refusals import check_refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from event_service.draft import EventDraft

_SOURCES = installed_sources()
_REGISTRY = ParserRegistry(_SOURCES)
_NAMES = (AUTO, *(source.name for source in _SOURCES))
_GROWTH = 16
_CONSTANT_BYTES = 4096
_LONGEST_REASON = 4_000


def any_source(data: bytes) -> None:
    """A body, read by the parser of its ``__source`` or, without one, by every one of them.

    One parser for each input is fast; a name that is none stands for all of them.
    """
    try:
        body = json_object(data)
    except ServiceError:
        return
    name = body.pop("__source", None)
    for plugin_id in (name,) if name in _NAMES else _NAMES:
        check_source(str(plugin_id), body, len(data))
    check_envelope(body)


def check_source(plugin_id: str, body: Mapping[str, Any], body_bytes: int) -> None:
    """Raises AssertionError unless the body is drafts that can be kept, or a ParseFailure.

    A draft may be larger than its body, since numbers and names take more room in a database, but
    only so many times.
    """
    before = json.dumps(body)
    for draft in _drafts(plugin_id, body):
        info = stored_object(draft.additional_info)
        document = {
            "event_key": draft.event_key,
            "texts": [draft.title, draft.description, draft.rule, draft.image_url],
            "resources": list(draft.resources),
            "account": [draft.provider, draft.account],
            "additional_info": info,
            "occurred_at": draft.occurred_at,
        }
        stored = bson.encode(document)
        assert len(stored) <= _GROWTH * body_bytes + _CONSTANT_BYTES, (plugin_id, len(stored))
        dict_to_struct(bson.decode(stored)).SerializeToString()
        assert len(fingerprint(draft, info.raw)) == 32, draft  # noqa: PLR2004 - hex digits
        if draft.occurred_at is not None:
            assert format_instant(draft.occurred_at)
    assert json.dumps(body) == before, "a parser changed the body"


def check_envelope(body: Mapping[str, Any]) -> None:
    """What stands before the parser of Amazon SNS reads any body too."""
    if aws_sns.is_envelope(body):
        try:
            signed = signed_text(body)
        except PermissionDenied as error:
            check_refusal(error)
        else:
            assert signed.endswith("\n")
    for name in ("SubscribeURL", "SigningCertURL"):
        address = body.get(name)
        if isinstance(address, str) and (
            is_certificate_url(address) or is_subscribe_url(address, str(body.get("TopicArn")))
        ):
            assert address.startswith("https://sns."), address


def _drafts(plugin_id: str, body: Mapping[str, Any]) -> list[EventDraft]:
    try:
        results: Sequence[object] = _REGISTRY.read(plugin_id, body, {}).results
    except ParseFailure as failure:
        _check_reason(failure.reason)
        return []
    except TooLarge:
        return []
    drafts = []
    for result in results:
        try:
            normalised = normalise(result)
        except ParseFailure as failure:
            _check_reason(failure.reason)
            continue
        assert normalised.draft.title
        assert normalised.draft.event_key
        drafts.append(normalised.draft)
    return drafts


def _check_reason(reason: str) -> None:
    assert reason
    assert len(reason) <= _LONGEST_REASON, reason[:200]
    reason.encode("utf-8")
