"""What MongoDB says against a query is the caller's error, and only that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pymongo.errors import OperationFailure

from event_service.errors import InvalidParameter, TooLarge
from event_service.manager.query_faults import query_faults, refusal

if TYPE_CHECKING:
    from pymongo.database import Database


@pytest.mark.parametrize(
    ("code", "fault", "said"),
    [
        (17419, TooLarge, "bytes of one result in the database, limit = 16777216,"),
        (10334, TooLarge, "bytes of one result in the database, limit = 16777216,"),
        (146, TooLarge, "bytes of one stage in the database, limit = 104857600,"),
        (2, InvalidParameter, r"the database refuses it \(code 2\)"),
        (51108, InvalidParameter, r"the database refuses it \(code 51108\)"),
    ],
)
def test_a_code_of_the_database(
    mongo_database: Database[dict[str, Any]], code: int, fault: type[Exception], said: str
) -> None:
    with pytest.raises(fault, match=said), query_faults(mongo_database, 1.0):
        raise OperationFailure("a secret", code)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(13, id="not authorised"),
        pytest.param(11601, id="interrupted"),
        pytest.param(13388, id="data have moved"),
        pytest.param(14031, id="disk full"),
    ],
)
def test_what_is_not_the_querys_is_raised_as_it_is(
    mongo_database: Database[dict[str, Any]], code: int
) -> None:
    assert refusal(code) is None
    with pytest.raises(OperationFailure), query_faults(mongo_database, 1.0):
        raise OperationFailure("a secret", code)
