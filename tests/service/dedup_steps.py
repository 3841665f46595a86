"""Steps of which sequences are drawn: deliveries, and what happens between them."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import strategies as st

from event_service.policies import RecordingPolicy, RecoveryMode

HOOKS = 4


class Deliver(NamedTuple):
    """A body comes to a webhook, at one of the processes."""

    hook: int
    data: dict[str, Any]
    process: int = 0


class Resend(NamedTuple):
    """The sender had no answer of the call so many before the last, and sends it again."""

    back: int
    process: int = 0


class EmptyRedis(NamedTuple):
    """Redis loses all it has."""


class WriteCounts(NamedTuple):
    """What is counted is written, as it is every moment."""


class Pass(NamedTuple):
    """Time passes."""

    seconds: int


class User(NamedTuple):
    """A user changes an alert, by a program that knows nothing of this one's Redis."""

    alert: int
    change: str


class Switch(NamedTuple):
    """A webhook is disabled or enabled, or gets another key."""

    hook: int
    how: str


Step = Deliver | Resend | EmptyRedis | WriteCounts | Pass | User | Switch
Choice = tuple[RecordingPolicy, RecoveryMode]

_KEYS = st.sampled_from([*["k1"] * 7, " k1 ", "k2"])
# So few that much is said again.
_CONTENTS = st.sampled_from(
    [
        {"title": "t1", "description": "d1"},
        {"title": "t1", "description": "d2"},
        {"title": "t2", "description": " "},
    ]
)
_TYPES = st.sampled_from([*["ALERT"] * 8, "RECOVERY", "ERROR"])
_FEW = st.builds(
    lambda content, key, event_type: {**content, "event_key": key, "event_type": event_type},
    _CONTENTS,
    _KEYS,
    _TYPES,
)
_MANY = st.fixed_dictionaries(
    {"title": st.sampled_from(["t1", " t2 "])},
    optional={
        "event_key": _KEYS,
        "event_type": st.sampled_from(["", "ALERT", "RECOVERY"]),
        "severity": st.sampled_from([None, "CRITICAL", "WARNING", "NOT_AVAILABLE"]),
        "rule": st.sampled_from(["a rule", None]),
        "resources": st.sampled_from([[], ["r1"], ["r2", "r1"]]),
        "account": st.just("an account"),
        "additional_info": st.sampled_from([{}, {"a": "b"}]),
        "other": st.integers(1, 2),
    },
)
_BAD = st.sampled_from(
    [
        {"event_key": "k1", "title": "t1", "severity": "AWFUL"},
        {"event_key": "k1", "title": "t1", "event_type": "SHOUT"},
        "no object",
    ]
)


def _often(*weighted: tuple[int, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """Any of them, each as often as its number says."""
    return st.sampled_from([one for times, one in weighted for _ in range(times)]).flatmap(
        lambda one: one
    )


_RESULTS = _often((5, _FEW), (1, _MANY), (1, _BAD))
_BODIES = _often(
    (6, _FEW),
    (1, _MANY),
    (3, st.fixed_dictionaries({"results": st.lists(_RESULTS, max_size=3)})),
)
_HOOKS = st.sampled_from([*[0, 1] * 4, 2, 3])
_PROCESSES = st.sampled_from([0, 0, 1])
_DELIVERIES = st.builds(Deliver, _HOOKS, _BODIES, _PROCESSES)
_CHANGES = st.sampled_from(["resolve", "acknowledge", "describe"])
_STEPS = _often(
    (16, _DELIVERIES),
    (2, st.builds(Resend, st.integers(0, 2), _PROCESSES)),
    (3, st.builds(EmptyRedis)),
    (1, st.builds(WriteCounts)),
    (2, st.builds(Pass, st.sampled_from([21, 401, 701]))),
    (1, st.builds(User, st.integers(0, 3), _CHANGES)),
    (1, st.builds(Switch, _HOOKS, st.sampled_from(["rotate", "disable", "enable", "enable"]))),
)
SEQUENCES = st.lists(_STEPS, min_size=6, max_size=16)
CHOICES = st.lists(
    st.tuples(
        st.sampled_from(RecordingPolicy),
        st.sampled_from([RecoveryMode.AUTO, RecoveryMode.AUTO, RecoveryMode.MANUAL]),
    ),
    min_size=HOOKS,
    max_size=HOOKS,
)
