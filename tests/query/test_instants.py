from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_service.instants import parse_iso


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-03-01", "2024-03-01T00:00:00"),
        ("2024-03-01T10:20", "2024-03-01T10:20:00"),
        ("2024-03-01T10:20:30", "2024-03-01T10:20:30"),
        ("2024-03-01 10:20:30", "2024-03-01T10:20:30"),
        ("2024-03-01t10:20:30z", "2024-03-01T10:20:30"),
        ("2024-03-01T10:20:30.1Z", "2024-03-01T10:20:30.100"),
        ("2024-03-01T10:20:30,123Z", "2024-03-01T10:20:30.123"),
        ("2024-03-01T10:20:30.123999999999Z", "2024-03-01T10:20:30.123"),
        ("2024-03-01T10:20:30+09:00", "2024-03-01T01:20:30"),
        ("2024-03-01T10:20:30+0900", "2024-03-01T01:20:30"),
        ("2024-03-01T10:20:30-03", "2024-03-01T13:20:30"),
        ("2024-03-01T10:20:30+05:45", "2024-03-01T04:35:30"),
        (" 2024-03-01T10:20:30Z\n", "2024-03-01T10:20:30"),
        ("2024-03-01T10", "2024-03-01T10:00:00"),
        ("2024-03-01T10+05", "2024-03-01T05:00:00"),
        ("2024-03-01T1020Z", "2024-03-01T10:20:00"),
        ("20240301", "2024-03-01T00:00:00"),
        ("20240301T102030Z", "2024-03-01T10:20:30"),
        ("20240301T102030,1234+0530", "2024-03-01T04:50:30.123"),
        ("20240301T10:20-03:00", "2024-03-01T13:20:00"),
        ("2024-W01-1", "2024-01-01T00:00:00"),
        ("2020-W53-7T23:00:00Z", "2021-01-03T23:00:00"),
        ("2024w011t100000z", "2024-01-01T10:00:00"),
        ("2024-001", "2024-01-01T00:00:00"),
        ("2024366T10", "2024-12-31T10:00:00"),
        ("2024-01-01T24:00:00Z", "2024-01-02T00:00:00"),
        ("2024-02-28T24:00+01:00", "2024-02-28T23:00:00"),
        ("20241231T24", "2025-01-01T00:00:00"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00"),
        ("2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00.500"),
        ("20170101T085960+09", "2017-01-01T00:00:00"),
        ("2024-02-29", "2024-02-29T00:00:00"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999"),
    ],
)
def test_an_iso_8601_text_is_an_instant_in_utc(text: str, instant: str) -> None:
    assert parse_iso(text) == datetime.fromisoformat(instant)
    assert parse_iso(text).tzinfo is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2024",
        "2024-3-1",
        "2024-13-01",
        "2023-02-29",
        "2024-03-01T",
        "2024-03-01X10:20",
        "2024-03-01T25:00",
        "2024-03-01T10:20:60",
        "2024-03-01T23:59:60Z",
        "2016-12-31T23:59:60+01:00",
        "2016-12-31T23:59:61Z",
        "2024-01-01T24:00:01Z",
        "2024-01-01T24:01Z",
        "9999-12-31T24:00:00Z",
        "9999-12-31T23:59:60Z",
        "2024-03-01T10:60",
        "2024-03-01T10:2030",
        "2024-03-01T1020:30",
        "20240301T102030+0160",
        "2024-0301",
        "202403-01",
        "2024-03",
        "202403",
        "2023-W53-1",
        "2024-W00-1",
        "2024-W01-0",
        "2024-W01-8",
        "2024-W01",
        "2024W01-1",
        "9999-W52-7",
        "2023-366",
        "2024-000",
        "2024-367",
        "2024-01-01T10Z+01",
        "2024-03-01T10:20:30.Z",
        "2024-03-01T10:20:30+24:00",
        "2024-03-01T10:20:30+01:60",
        "2024-03-01+09:00",
        "0000-01-01",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "٢٠٢٤-03-01",
        "2024-03-01T10:20:30Z tomorrow",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_iso(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2024-03-01T10:20:30+25:00", "an offset has at most 23 hours and 59 minutes"),
        ("2024-03-01T10:20:30-01:60", "an offset has at most 23 hours and 59 minutes"),
        ("2024-13-01", "no day of the calendar"),
        ("20240230", "no day of the calendar"),
        ("2024-03-01T25:00", "no time of the day"),
        ("2024-03-01T23:59:60Z", "only the last minute of a month, in UTC, has a second 60"),
        ("0001-01-01T00:00:00+01:00", "outside the years 1 to 9999"),
        ("2024", "not an ISO 8601 date or date-time"),
    ],
)
def test_refuses_in_words_of_its_own(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}$"):
        parse_iso(text)


@given(
    st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)),  # noqa: DTZ001 - of any offset
    st.integers(-23 * 60 - 59, 23 * 60 + 59),
    st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%G-W%V-%u", "%GW%V%u", "%Y-%j", "%Y%j"]),
    st.sampled_from(["T%H:%M:%S.%f", "T%H%M%S,%f", " %H:%M:%S.%f"]),
)
def test_every_form_names_one_instant(
    instant: datetime, minutes: int, date: str, time: str
) -> None:
    local = instant.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    years = date.replace("%Y", f"{local.year:04}").replace("%G", f"{local.isocalendar().year:04}")
    assert parse_iso(local.strftime(f"{years}{time}%z")) == parse_iso(local.isoformat())
