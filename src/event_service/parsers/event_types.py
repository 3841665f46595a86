"""Whether what a sender tells is the end of an alert (CONTRACT 3.3)."""

from collections.abc import Collection

from event_service.parsers.reading import word


def event_type(over: Collection[str], *states: object) -> str:
    """RECOVERY when one of the states is a word of ``over``, else ALERT.

    ``over`` has the sender's words for an end in lower case, and none that is empty.
    """
    return "RECOVERY" if any(word(state) in over for state in states) else "ALERT"
