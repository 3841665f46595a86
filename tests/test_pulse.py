from __future__ import annotations

import pytest

from event_service.workers.pulse import Pulse


def _looks_until_lost(pulse: Pulse, most: int = 100) -> int | None:
    return next((look for look in range(most) if pulse.lost()), None)


@pytest.fixture
def pulse() -> Pulse:
    return Pulse(3)


def test_who_gives_no_sign_is_lost_after_so_many_looks(pulse: Pulse) -> None:
    pulse.expect()
    assert _looks_until_lost(pulse) == 3


def test_a_sign_counts_from_when_it_is_felt(pulse: Pulse) -> None:
    pulse.expect()
    for _ in range(10):
        assert not pulse.lost()
        assert not pulse.lost()
        pulse.felt()
    assert _looks_until_lost(pulse) == 3


def test_who_does_not_serve_yet_takes_its_time(pulse: Pulse) -> None:
    assert _looks_until_lost(pulse) is None
    pulse.expect()
    assert _looks_until_lost(pulse) == 3
    pulse.expect_none()
    assert _looks_until_lost(pulse) is None


def test_no_limit_is_none() -> None:
    pulse = Pulse(0)
    pulse.expect()
    assert _looks_until_lost(pulse) is None


def test_one_that_was_lost_is_given_as_long_when_it_serves_again(pulse: Pulse) -> None:
    pulse.expect()
    assert _looks_until_lost(pulse) == 3
    pulse.expect_none()
    pulse.expect()
    assert _looks_until_lost(pulse) == 3
