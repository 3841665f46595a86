"""A ``date_format`` means what ``strftime`` means by it in the C locale, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from bson.datetime_ms import DatetimeMS

from event_service.caller import Caller, Scope
from event_service.errors import InvalidParameter
from tests.query.asking import aggregated
from tests.query.compiling import statistics

if TYPE_CHECKING:
    from pymongo.collection import Collection
    from pymongo.database import Database

_ADMIN = Caller("DOMAIN_ADMIN", Scope("d"))
# Five years of days, each at another hour: of weeks that begin a year there is every kind.
_FIRST = datetime(2019, 12, 25, 0, 4, 5, 67_000)  # noqa: DTZ001 - instants are naive UTC
_INSTANTS = [_FIRST + timedelta(days=day, hours=day % 24) for day in range(5 * 366)]


@pytest.fixture(scope="module")
def documents(mongo_database: Database[dict[str, Any]]) -> Collection[dict[str, Any]]:
    collection = mongo_database["strftime"]
    collection.insert_many(
        {"event_id": f"event-{at:04}", "domain_id": "d", "created_at": instant, "title": "no date"}
        for at, instant in enumerate(_INSTANTS)
    )
    return collection


def _key(date_format: str, key: str = "created_at") -> dict[str, Any]:
    return {"key": key, "name": "text", "date_format": date_format}


@pytest.mark.parametrize(
    "date_format",
    [
        *(f"%{directive}" for directive in "aAbBcCdDeFgGhHIjmMnpRrStTuUVwWxXyYzZf"),
        "at %I o'clock (%p) on %A, the %e. of %B '%y, week %W of 100%%; $title, %b$title%Y$$NOW",
        "%%Y%Y%%",
    ],
)
def test_a_date_format_means_what_strftime_means(
    documents: Collection[dict[str, Any]], date_format: str
) -> None:
    keys = [{"key": "event_id", "name": "id"}, _key(date_format)]
    rows = aggregated(documents, _ADMIN, {"group": {"keys": keys}}, {"sort": [{"key": "id"}]})
    expected = [instant.replace(tzinfo=UTC).strftime(date_format) for instant in _INSTANTS]
    assert [row["text"] for row in rows] == expected


def test_what_is_no_date_has_no_text(documents: Collection[dict[str, Any]]) -> None:
    for date_format in ("%Y", "%Z", "%A%n", "%%"):
        rows = aggregated(documents, _ADMIN, {"group": {"keys": [_key(date_format, "title")]}})
        assert rows == [{}]


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        # What Go writes for no time at all, and what only a database can hold.
        (datetime.min, None),  # noqa: DTZ901
        (datetime(999, 12, 31, 23, 59, 59), None),  # noqa: DTZ001
        (datetime(1000, 1, 1), "1000-01-01"),  # noqa: DTZ001
        (datetime.max, "9999-12-31"),  # noqa: DTZ901
        (DatetimeMS(253_402_300_800_000), None),
        (DatetimeMS(-(2**62)), None),
        (DatetimeMS(2**62), None),
    ],
)
def test_a_date_whose_year_has_not_four_digits_has_no_text_and_fails_nobody(
    mongo_database: Database[dict[str, Any]], instant: object, text: str | None
) -> None:
    collection = mongo_database["far_away"]
    collection.delete_many({})
    collection.insert_one({"domain_id": "d", "created_at": instant})
    rows = aggregated(collection, _ADMIN, {"group": {"keys": [_key("%Y-%m-%d")]}})
    assert rows == [{} if text is None else {"text": text}]


@pytest.mark.parametrize("directive", ["%Q", "%s", "%Ey", "%-d", "%P", "%k", "%+", "%"])
def test_another_directive_is_named(directive: str) -> None:
    shown = directive[:2]
    with pytest.raises(InvalidParameter, match="date_format") as raised:
        statistics(aggregate=[{"group": {"keys": [_key(f"%Y {directive}")]}}])
    assert f"reason = {shown} is no directive" in raised.value.message
