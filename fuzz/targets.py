"""Every target, by its name."""

from __future__ import annotations

from types import MappingProxyType

from fuzz.bodies import compressed, json_request, json_text
from fuzz.messages import message_bytes
from fuzz.parsing import any_source
from fuzz.queries import query_bytes, query_json
from fuzz.target import Target
from fuzz.tokens import key_text, token_parts, token_text
from fuzz.words import addresses, patterns, times

TARGETS = MappingProxyType(
    {
        target.name: target
        for target in (
            Target("messages", message_bytes, 4096),
            Target("query_bytes", query_bytes, 4096),
            Target("query_json", query_json, 8192, is_json=True),
            Target("parsers", any_source, 16384, is_json=True),
            Target("json_text", json_text, 8192, is_json=True),
            Target("json_request", json_request, 4096),
            Target("gzip", compressed, 4096),
            Target("patterns", patterns, 1024),
            Target("times", times, 256),
            Target("addresses", addresses, 512),
            Target("token_text", token_text, 2048),
            Target("token_parts", token_parts, 2048),
            Target("keys", key_text, 4096, is_json=True),
        )
    }
)
