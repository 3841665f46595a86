"""Reading values out of bodies that may hold anything anywhere."""

import pytest

from event_service.parsers import reading
from event_service.parsers.derived_keys import derived_key, plugin_key
from event_service.parsers.epochs import from_epoch, from_epoch_or_text
from event_service.parsers.mail_dates import from_mail_date
from event_service.parsers.severity_words import SeverityWords


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (" a ", "a"),
        (" ", None),
        (None, None),
        (93.0, "93"),
        (1.5, "1.5"),
        (True, "true"),
        ([1], None),
        ({"a": 1}, None),
    ],
)
def test_text(value: object, said: str | None) -> None:
    assert reading.text(value) == said


def test_what_is_of_another_kind_is_as_good_as_absent() -> None:
    assert reading.at({"a": {"b": 1}}, "a", "b") == 1
    assert reading.at({"a": [1]}, "a", "b") is None
    assert reading.text_at(None, "a") is None
    assert reading.mapping([1]) == {}
    assert reading.sequence({"a": 1}) == []
    assert reading.mappings([1, {"a": 1}, None]) == [{"a": 1}]
    assert reading.first_text(None, " ", 0, "a") == "0"
    assert reading.joined("a", None, "b", by=", ") == "a, b"
    assert reading.joined("a", [1, None, [2], "b"], by=", ") == "a, 1, b"
    assert reading.joined(None, []) is None


def test_texts_leave_out_what_says_nothing() -> None:
    given: dict[str, object] = {"a": None, "b": "", "c": [], "d": 0, "e": {"f": 1.0}, "g": False}
    assert reading.texts(given, {"a": "x", "d": None}) == {
        "a": "x",
        "d": "0",
        "e": '{"f": 1}',
        "g": "false",
    }


@pytest.mark.parametrize("value", ["{", "[]", "x", None, 5, '{"a": ' * 9999])
def test_what_holds_no_json_object(value: object) -> None:
    assert reading.json_object(value) is None


def test_json_texts() -> None:
    assert reading.json_object(' {"a": 1}') == {"a": 1}
    deep: object = 1
    for _ in range(40):
        deep = [deep]
    assert reading.json_text(deep) == "[" * 32 + "null" + "]" * 32


@pytest.mark.parametrize(
    "value", [1719828000, 1719828000.0, "1719828000", 1719828000_000, 1719828000_000_000]
)
def test_epochs_of_any_unit(value: object) -> None:
    assert from_epoch(value) == "2024-07-01T10:00:00.000Z"
    assert from_epoch(1719828000_000_000_000) == "2024-07-01T10:00:00.000Z"


@pytest.mark.parametrize("value", [0, "0", None, True, "x", [], float("nan"), 10**400, 1e300])
def test_what_is_no_epoch(value: object) -> None:
    assert from_epoch(value) is None


def test_a_number_or_a_text_that_is_a_time_already() -> None:
    assert from_epoch_or_text("1719828000") == "2024-07-01T10:00:00.000Z"
    assert from_epoch_or_text(" 2024-07-01 ") == "2024-07-01"
    assert from_epoch_or_text(0) is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("Sat, 04 Jun 2016 05:01:10 GMT", "2016-06-04T05:01:10Z"),
        ("1 Jul 2024 10:00:00 +0200", "2024-07-01T10:00:00+0200"),
        ("2024-07-01T10:00:00Z", "2024-07-01T10:00:00Z"),
        ("1 Foo 2024 10:00:00 GMT", "1 Foo 2024 10:00:00 GMT"),
        (None, None),
    ],
)
def test_mail_dates(value: object, said: str | None) -> None:
    assert from_mail_date(value) == said


def test_severity_words() -> None:
    words = SeverityWords({"ERROR": ("High", "4")})
    given: list[object] = [" high", 4.0, "", None, "low", []]
    said = ["ERROR", "ERROR", "NONE", "NONE", "NOT_AVAILABLE", "NONE"]
    assert [words.severity(each) for each in given] == said


def test_derived_keys() -> None:
    assert derived_key(None, " ") is None
    assert derived_key("a", 1.0) == derived_key(" a", 1)
    assert derived_key("a", None) != derived_key(None, "a")
    assert plugin_key("10501", "88123") == "3fa299902ca5c0fcc03f81799417287f"
    assert len(plugin_key("\ud800")) == 32


def test_a_number_of_a_few_characters_becomes_no_text_of_hundreds() -> None:
    assert reading.json_text([1e300, 12.0, 2.5]) == "[1e+300, 12, 2.5]"
