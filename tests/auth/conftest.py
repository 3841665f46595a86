"""A clock that is set by hand, and the domain's own issuer of tokens."""

from __future__ import annotations

import pytest

from tests.auth.issuer import Issuer, rsa_key
from tests.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def issuer() -> Issuer:
    return Issuer(rsa_key("domain-a"), kid="key-1")
