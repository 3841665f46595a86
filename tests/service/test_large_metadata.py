"""A token as long as any may be is taken, or refused by us, whatever else comes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from event_service.auth.verification import MAX_TOKEN_BYTES

if TYPE_CHECKING:
    from tests.auth.issuer import Issuer
    from tests.service.running import Metadata, Running, Start

_TRIES = 20
"""Between its two limits gRPC refuses at random, the more the further it is above the first."""


@pytest.fixture(scope="module")
def running(start_module: Start) -> Running:
    return start_module()


def _answers(running: Running, metadata: Metadata) -> set[tuple[str, str]]:
    answers = (running.client.call("list", {}, metadata) for _ in range(_TRIES))
    return {(answer.status, answer.code) for answer in answers}


def _longest_token(issuer: Issuer) -> str:
    room = (MAX_TOKEN_BYTES - len(issuer.token(did="domain-1", aud=""))) * 3 // 4
    token = issuer.token(did="domain-1", aud="a" * (room - 3))
    assert MAX_TOKEN_BYTES - 16 < len(token) <= MAX_TOKEN_BYTES
    return token


def test_the_longest_token_passes_every_time(running: Running, issuer: Issuer) -> None:
    token = _longest_token(issuer)
    assert _answers(running, [("token", token)]) == {("OK", "")}
    more = [("token", token), ("authorization", f"Bearer {token}"), ("x-note", "n" * 8_192)]
    assert _answers(running, more) == {("OK", "")}


def test_a_longer_token_is_refused_with_a_code(running: Running, issuer: Issuer) -> None:
    token = _longest_token(issuer) + "a" * 1_024
    refused = ("UNAUTHENTICATED", "ERROR_AUTHENTICATE_FAILURE")
    assert _answers(running, [("token", token)]) == {refused}
