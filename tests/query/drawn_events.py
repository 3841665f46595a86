"""Events as odd as they may be stored, drawn from few values, so that some are equal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

# Numbers whose sums are exact in any order.
_NUMBERS = (0, 1, 1.0, 2.5, -1, 3, 4_000_000_000, 0.25)
_TEXTS = ("a", "b", "A", "é", "", "$a", "a.b", "10", "\U0001f600", "\uffee", "$$ROOT")
SCALARS = (*_NUMBERS, *_TEXTS, True, False, None)
_KEYS = ("x", "y", "x y", "k", "v", "é", "$a", "p.q", "\\$")


def events(random: Random, domain: str) -> list[dict[str, Any]]:
    return [
        {**_event(random), "event_id": f"event-{at}", "domain_id": domain}
        for at in range(random.randint(3, 8))
    ]


def _event(random: Random) -> dict[str, Any]:
    event = {
        "title": random.choice(_TEXTS),
        "severity": random.choice(["CRITICAL", "ERROR", "NONE"]),
        "resources": random.choices(_TEXTS, k=random.randint(0, 3)),
        "created_at": _date(random),
        "additional_info": _some(
            random,
            n=random.choice(_NUMBERS),
            x=random.choice(SCALARS),
            tags=_list(random),
            inner=_object(random),
        ),
        "raw_data": _some(
            random,
            any=_any(random),
            objects=[_object(random) for _ in range(random.randint(0, 3))],
            pairs=_pairs(random),
            deep=random.choice([{"l": _list(random), "o": _object(random)}, 1, None]),
        ),
    }
    sometimes = {
        "rule": random.choice([None, *_TEXTS]),
        "occurred_at": random.choice([None, _date(random)]),
        "repeat_count": random.choice(_NUMBERS),
    }
    return event | _some(random, **sometimes)


def _some(random: Random, **parts: Any) -> dict[str, Any]:
    return {name: part for name, part in parts.items() if random.random() < 0.8}


def _date(random: Random) -> datetime:
    hour = random.choice([0, 23])
    return datetime(2024, random.randint(2, 3), random.randint(1, 2), hour, 59, 58, 7000)  # noqa: DTZ001


def _list(random: Random) -> list[Any]:
    return random.choices(SCALARS, k=random.randint(0, 3))


def _object(random: Random) -> dict[str, Any]:
    names = random.sample(_KEYS, k=random.randint(0, 2))
    return {name: random.choice([*SCALARS, _list(random)]) for name in names}


def _pairs(random: Random) -> list[Any]:
    return [_pair(random) for _ in range(random.randint(0, 3))]


def _pair(random: Random) -> dict[str, Any]:
    value = random.choice(SCALARS)
    odd: list[dict[str, Any]] = [{"k": value, "v": value, "w": 1}, {"k": random.choice(_KEYS)}]
    pair = {"k": random.choice(_KEYS), "v": value}
    return random.choice([pair, pair, pair, pair, *odd])


def _any(random: Random) -> Any:
    lists = [_list(random) for _ in range(random.randint(0, 2))]
    return random.choice(
        [random.choice(SCALARS), _list(random), _object(random), _pairs(random), lists]
    )
