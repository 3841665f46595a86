"""Clocks that are set by hand, and the domain's own issuer of tokens."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.auth.issuer import Issuer, rsa_key


@dataclass
class Clock:
    """Seconds that pass only when told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def issuer() -> Issuer:
    return Issuer(rsa_key("domain-a"), kid="key-1")
