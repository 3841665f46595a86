"""What every corpus begins with: the bodies, samples and vectors of the tests."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct, Value

from event_service.errors import InvalidArgument, ServiceError
from event_service.stubs.spaceone.api.monitoring.v1 import event_pb2
from event_service.wire.json_body import json_object
from event_service.wire.json_message import message_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.message import Message

_ROOT = Path(__file__).parents[1]
_CLAIMS = {
    "typ": "ACCESS_TOKEN",
    "own": "USER",
    "did": "domain-1",
    "ver": "2.0",
    "rol": "DOMAIN_ADMIN",
    "exp": 1_800_000_000,
    "iat": 1_600_000_000,
    "wid": "workspace-1",
    "projects": ["project-1"],
}
_NUMBER = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
_KEY = {"kty": "OKP", "crv": "Ed25519", "kid": "k", "x": _NUMBER}
_REQUESTS: dict[str, tuple[int, type[Message]]] = {
    "Event.list": (0, event_pb2.EventQuery),
    "Event.stat": (1, event_pb2.EventStatQuery),
}
_PATTERNS = (
    *(
        "^a",
        "[ab]+",
        "a.b",
        "(?:a|é)b?",
        "[^a]",
        r"\.",
        "(?i)a{2,3}",
        r"[[:alpha:]\d-]",
        r"(?P<n>a)",
    ),
    *(
        r"\x41\u0041\U00000041\101",
        r"a(?#comment)b",
        r"(?<=a)b(?!c)",
        "(((a)))*",
        "((?#)?(1)a|b)",
        r"[a\]b]",
        "{}",
    ),
)
_ADDRESSES = (
    "user:p%40ss@one:1,two:2/main/3?sentinel_password=x&ssl_cert_reqs=none",
    *("127.0.0.1:7000,[::1]:7001", "user:pass@host/database?authMechanism=PLAIN", "host?a=b"),
)


def seeds(name: str) -> set[bytes]:
    """The inputs that the target of that name begins with."""
    return set(_SEEDS[name]())


def _bodies() -> Iterator[bytes]:
    for path in (*_ROOT.glob("tests/bodies/*/*.json"), *_ROOT.glob("src/event_service/samples/*")):
        if path.suffix == ".json":
            yield json.dumps(json.loads(path.read_text("utf-8")), ensure_ascii=False).encode()
    yield from _hostile_bodies()
    for vector in _vectors("create"):
        for request in vector["requests"]:
            if isinstance(request, dict) and isinstance(request.get("data"), dict):
                yield json.dumps(request["data"]).encode()


def _hostile_queries() -> Iterator[tuple[int, dict[str, Any]]]:
    for key in (
        "$where",
        "raw_data.$where",
        "raw_data.a\0b",
        "$$ROOT",
        "title$",
        "raw_data..a",
        "",
    ):
        yield 0, {"filter": [{"k": key, "v": "1", "o": "eq"}], "sort": [{"key": "title"}]}
        yield 0, {"sort": [{"key": key}], "only": ["title"], "unwind": {"path": key}}
        yield 0, {"filter": [{"k": "raw_data.a", "v": {key: 1}, "o": "match"}]}
        yield 0, {"filter_or": [{"k": "title", "v": {key: {"$gt": ""}}, "o": "eq"}]}
        yield 1, {"distinct": key}
        for group in (
            {"keys": [{"key": key, "name": "n"}], "fields": [{"name": "c", "operator": "count"}]},
            {"keys": [{"key": "title", "name": key}]},
            {"keys": [{"key": "created_at", "name": "n", "date_format": f"{key}%Y"}]},
        ):
            yield 1, {"aggregate": [{"group": group}]}
        yield 1, {"aggregate": [{"count": {"name": key}}, {"sort": [{"key": key}]}]}
        field = {"key": f"title,{key}", "name": "n", "operator": "add"}
        yield 1, {"aggregate": [{"project": {"fields": [field, {"key": "title", "name": key}]}}]}


def _hostile_bodies() -> Iterator[bytes]:
    for key in ("$where", "$oid", "\\$ref", "a\0b", "", ".", "\ud800", "__proto__"):
        yield json.dumps({key: {key: [key]}}).encode()
    yield b'{"a": NaN, "a": 1e400, "a": 123456789012345678901234567890}'
    yield b"[" * 200 + b"]" * 200
    yield b'{"a":' * 101 + b"1" + b"}" * 101


def _sources() -> Iterator[bytes]:
    for path in _ROOT.glob("tests/bodies/*/*.json"):
        body = json.loads(path.read_text("utf-8"))
        yield json.dumps({**body, "__source": path.parent.name}, ensure_ascii=False).encode()
    yield from _bodies()


def _vectors(name: str) -> list[dict[str, Any]]:
    text = (_ROOT / "tests" / "vectors" / f"{name}_vectors.json").read_text("utf-8")
    found: list[dict[str, Any]] = json.loads(text)["vectors"]
    return found


def _asked() -> Iterator[tuple[int, dict[str, Any], Message]]:
    for vector in _vectors("query"):
        if vector["method"] in _REQUESTS:
            ask, kind = _REQUESTS[vector["method"]]
            try:
                yield ask, vector["params"], message_of(vector["params"], kind)
            except InvalidArgument:
                continue

    for ask, query in _hostile_queries():
        params = {"query": query}
        yield ask, params, message_of(params, (event_pb2.EventQuery, event_pb2.EventStatQuery)[ask])


def _queries() -> Iterator[bytes]:
    for at, (ask, params, _) in enumerate(_asked()):
        yield json.dumps({"ask": ask, "as": at % 4, **params}).encode()


def _query_messages() -> Iterator[bytes]:
    for at, (ask, _, message) in enumerate(_asked()):
        yield bytes((ask, at % 4)) + message.SerializeToString()


def _messages() -> Iterator[bytes]:
    for body in _bodies():
        try:
            data = json_object(body)
        except ServiceError:
            continue
        created = {"webhook_id": "webhook-1", "access_key": "key", "data": data}
        yield b"\0\0" + ParseDict(created, event_pb2.CreateEventRequest()).SerializeToString()
    for key in ("a\0b", "$where"):
        struct = Struct(fields={key: Value(number_value=1)})
        request = event_pb2.CreateEventRequest(webhook_id="w", access_key="k", data=struct)
        yield b"\0\0" + request.SerializeToString()
    for ask, _, message in _asked():
        yield bytes((2 + ask, 0)) + message.SerializeToString()


def _requests() -> Iterator[bytes]:
    for ask, params, _ in _asked():
        yield bytes((2 + ask,)) + b"emit_defaults=true\n" + json.dumps(params).encode()
    yield b"\x01event_id=event-1&event_id=2\n"
    yield b'\x04query.page.limit=10&tags.a=b\n{"name": "a", "tags": {"a": 1}}'


def _gzips() -> Iterator[bytes]:
    whole = gzip.compress(b'{"title": "a"}', mtime=0)
    for body in (whole, whole * 3, gzip.compress(bytes(200_000), mtime=0), whole[:-3], b""):
        yield b"\xff" + body
        yield b"\0" + body


def _times() -> Iterator[bytes]:
    found = json.loads((_ROOT / "tests" / "vectors" / "time_vectors.json").read_text("utf-8"))
    for vector in found["timediff"]:
        yield str(vector["q"]).encode()
    yield from (b"2024-03-01", b"2024-03-01T01:00:00.123456+09:30", b"0001-01-01T00:00+23:59")


def _tokens() -> Iterator[bytes]:
    header = json.dumps({"alg": "EdDSA", "kid": "kid-1", "typ": "JWT"}).encode()
    yield b"eyJhbGciOiJFZERTQSJ9.eyJkaWQiOiJkb21haW4tMSJ9.AAAA"
    yield header + b"\n" + json.dumps(_CLAIMS).encode()
    yield header + b"\n" + json.dumps(_CLAIMS | {"typ": "SYSTEM_TOKEN", "own": "SYSTEM"}).encode()
    yield b'{"alg": "none"}\n' + json.dumps(_CLAIMS).encode() + b"\nx"


def _keys() -> Iterator[bytes]:
    for key in (_KEY, {"keys": [_KEY, {"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}):
        yield json.dumps(key).encode()
    yield json.dumps({"kty": "EC", "crv": "P-256", "x": _NUMBER, "y": _NUMBER}).encode()


_SEEDS = {
    "messages": _messages,
    "query_bytes": _query_messages,
    "query_json": _queries,
    "parsers": _sources,
    "json_text": _bodies,
    "json_request": _requests,
    "gzip": _gzips,
    "patterns": lambda: (pattern.encode() for pattern in _PATTERNS),
    "times": _times,
    "addresses": lambda: (address.encode() for address in _ADDRESSES),
    "token_text": _tokens,
    "token_parts": _tokens,
    "keys": _keys,
}
