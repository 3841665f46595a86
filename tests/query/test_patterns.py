from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_service.query.patterns import checked, literal

if TYPE_CHECKING:
    from pymongo.database import Database


@given(st.text())
def test_a_literal_matches_its_text_and_nothing_longer(text: str) -> None:
    found = re.search(literal(text), f"<{text}>")
    assert found is not None
    assert found[0] == text
    assert "\0" not in literal(text)


@pytest.mark.parametrize(
    ("pattern", "taken_as"),
    [
        ("", ""),
        ("^cpu .*01$", "^cpu .*01$"),
        (r"\[web", r"\[web"),
        (r"end\Z", r"end\z"),
        (r"\<b\>", "<b>"),
        (r"\u00e9\u20ac\U0001F600", "\\xE9€😀"),
        (r"\0\101", r"\x00\x41"),
        ("a\0b", r"a\x00b"),
        ("a\\\0b", r"a\x00b"),
        ("a{,3}", "a{0,3}"),
        ("{x} a{", r"\{x} a\{"),
        ("[[a&&b]", r"[\[a\&\&b]"),
        ("[]a]", r"[\]a]"),
        ("[[:alpha:]]", "[[:alpha:]]"),
        ("(?#note)a", "a"),
        (r"(?P<n>a)(?P=n)(?:b)(?=c)(?!d)(?<=e)(?<!f)(?>g)(?i:h)", None),
        (r"[\w-]+\.example\.com", r"[\w-]+\.example\.com"),
        (r"\v", r"\x0B"),
        (r"\é[\É]", "é[É]"),
    ],
)
def test_a_common_pattern_is_taken(pattern: str, taken_as: str | None) -> None:
    assert checked(pattern) == (pattern if taken_as is None else taken_as)


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        ")",
        "[",
        "[]",
        "*a",
        "a**",
        "\\",
        r"\q",
        r"\p{L}",
        r"\Qa\E",
        r"\1(a)",
        "(?<name>a)",
        "(?R)",
        "(?a)b",
        "(?x)a b",
        "(?L)a",
        "(?(1)a|b)",
        "((?#)?(1)a|b)",
        r"\u4a(?#)fa",
        r"a{2(?#)}+(?#)+",
        r"(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\1(?#)0",
        "(a)((?#x)(?#y)?(1)a|b)",
        "(?#",
        r"\N{DASH}",
        r"\ud800",
        r"\U00110000",
        r"\400",
        r"\x{41}",
        "[a--b]",
        r"[\w-z]",
        "[z-a]",
        "(?<=a+)b",
        "a{1001}",
        "a{1,99999999999999999999}",
        "a{3,2}",
        "(" * 101 + ")" * 101,
    ],
)
def test_anything_else_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        checked(pattern)


@pytest.mark.parametrize("pattern", ["(" * 100 + ")" * 100, "(a)" * 101, "(?:a)" * 101])
def test_nesting_is_bounded_and_the_number_of_groups_is_not(pattern: str) -> None:
    assert checked(pattern) == pattern


@given(st.text(alphabet=r"ab01^$.|?*+()[]{}\<>=!:-,&~#PimsuxUNdwZ", max_size=30))
def test_no_text_gets_past_as_anything_but_a_pattern_or_a_refusal(text: str) -> None:
    try:
        pattern = checked(text)
    except ValueError:
        return
    re.compile(pattern.replace(r"\z", r"\Z"))


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("école", True),
        (r"\école", True),
        ("ПРИВЕТ", True),
        (r"\<b\>", True),
        (r"x\x00y\Z", True),
        ("[[<]b", True),
        (r"\u0411", False),
        ("^x", False),
        (r"[\0]", True),
        ("é{,2}", True),
        (r"(.)\1", False),
    ],
)
def test_the_store_reads_a_pattern_as_it_is_meant(
    mongo_database: Database[dict[str, Any]],
    pattern: str,
    found: bool,  # noqa: FBT001
) -> None:
    texts = mongo_database["texts"]
    texts.replace_one({"_id": 1}, {"text": "École привет <b> x\0y"}, upsert=True)
    where = {"text": {"$regex": checked(pattern), "$options": "i"}}
    assert bool(texts.count_documents(where)) is found
