"""What is kept, what goes, and which looks count."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from event_service.lru_dict import LruDict


def _filled(most: int, keys: str) -> LruDict[str, str]:
    kept: LruDict[str, str] = LruDict(most)
    for key in keys:
        kept[key] = key.upper()
    return kept


def test_what_was_stored_longest_ago_goes_first() -> None:
    assert list(_filled(2, "abc")) == ["b", "c"]


def test_what_was_used_stays() -> None:
    kept = _filled(2, "ab")
    assert kept.use("a") == "A"
    kept["c"] = "C"
    assert list(kept) == ["a", "c"]


def test_what_was_stored_again_stays_with_its_new_value() -> None:
    kept = _filled(2, "ab")
    kept["a"] = "new"
    kept["c"] = "C"
    assert dict(kept) == {"a": "new", "c": "C"}


def test_other_looks_do_not_count() -> None:
    kept = _filled(2, "ab")
    assert "a" in kept
    assert kept["a"] == kept.get("a") == "A"
    assert [*kept.values()] == ["A", "B"]
    kept["c"] = "C"
    assert list(kept) == ["b", "c"]


def test_what_is_not_there_has_no_value_and_gets_no_entry() -> None:
    kept = _filled(2, "ab")
    assert kept.use("c") is None
    assert list(kept) == ["a", "b"]


def test_nothing_is_kept_where_there_is_no_room() -> None:
    assert not _filled(0, "abc")


def test_no_way_of_storing_passes_the_bound() -> None:
    kept = _filled(2, "ab")
    kept.update({"c": "C", "d": "D"})
    kept |= {"e": "E"}
    assert kept.setdefault("f", "F") == "F"
    assert list(kept) == ["e", "f"]


@given(
    most=st.integers(0, 4),
    steps=st.lists(st.tuples(st.sampled_from(["store", "use", "drop"]), st.integers(0, 6))),
)
def test_it_keeps_the_order_of_last_use(most: int, steps: list[tuple[str, int]]) -> None:
    kept: LruDict[int, int] = LruDict(most)
    last: list[tuple[int, int]] = []
    for value, (step, key) in enumerate(steps):
        known = dict(last)
        if step == "use":
            assert kept.use(key) == known.get(key)
        elif step == "drop":
            assert kept.pop(key, None) == known.pop(key, None)
        else:
            kept[key] = known[key] = value
        others = [entry for entry in last if entry[0] != key]
        last = [*others, *([(key, known[key])] if key in known else [])]
        last = last[max(0, len(last) - most) :]
        assert list(kept.items()) == last
