"""Times go out as CONTRACT 5 says."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_service.instants import format_instant, parse_iso

NAIVE = datetime(2024, 3, 1, 1, 0, 0, 999_999)  # noqa: DTZ001 - naive UTC is what the store gives


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (NAIVE, "2024-03-01T01:00:00.999Z"),
        (NAIVE.replace(tzinfo=UTC), "2024-03-01T01:00:00.999Z"),
        (NAIVE.replace(tzinfo=timezone(timedelta(hours=9))), "2024-02-29T16:00:00.999Z"),
        (NAIVE.replace(year=1), "0001-03-01T01:00:00.999Z"),
    ],
)
def test_goes_out_in_utc_with_milliseconds(instant: datetime, text: str) -> None:
    assert format_instant(instant) == text


@given(st.datetimes())
def test_what_goes_out_can_be_sent_back(instant: datetime) -> None:
    whole = instant.replace(microsecond=instant.microsecond // 1000 * 1000)
    assert parse_iso(format_instant(instant)) == whole
