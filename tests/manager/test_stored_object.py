"""A sender's object is encoded as the database has it, dollar keys and all."""

from __future__ import annotations

from typing import Any

import bson
from hypothesis import given
from hypothesis import strategies as st

from event_service.manager.stored_object import stored_object
from event_service.stored_keys import to_stored

KEYS = st.text("\\$a", max_size=3)
OBJECTS = st.dictionaries(
    KEYS,
    st.recursive(
        st.text("a$\\", max_size=3) | st.text("$\\", min_size=60, max_size=70) | st.floats(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    ),
)


@given(OBJECTS)
def test_it_is_what_its_stored_keys_make(data: dict[str, Any]) -> None:
    assert stored_object(data).raw == bson.encode(to_stored(data))
