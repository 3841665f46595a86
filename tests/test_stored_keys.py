"""No key of a sender's starts with a dollar sign in the database."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_service.stored_keys import from_stored, original_key, stored_key, to_stored

KEYS = st.text("\\$a.", max_size=5)
OBJECTS = st.dictionaries(
    KEYS,
    st.recursive(
        st.none(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner)
    ),
)


@pytest.mark.parametrize(
    ("key", "stored"),
    [
        ("$ref", "\\$ref"),
        ("\\$ref", "\\\\$ref"),
        ("$", "\\$"),
        ("\\", "\\"),
        ("\\a$", "\\a$"),
        ("a$", "a$"),
        ("a.b", "a.b"),
        ("", ""),
    ],
)
def test_only_dollar_keys_change(key: str, stored: str) -> None:
    assert stored_key(key) == stored
    assert original_key(stored) == key


def test_a_dollar_key_of_a_foreign_database_is_shown_as_it_is() -> None:
    assert original_key("$ref") == "$ref"


@given(OBJECTS)
def test_comes_back_and_holds_no_dollar_key(sent: dict[str, Any]) -> None:
    stored = to_stored(sent)
    assert from_stored(stored) == sent
    assert not any(key.startswith("$") for key in _keys(stored))


def _keys(plain: Any) -> list[str]:
    if isinstance(plain, dict):
        return [*plain, *(key for member in plain.values() for key in _keys(member))]
    if isinstance(plain, list):
        return [key for member in plain for key in _keys(member)]
    return []
