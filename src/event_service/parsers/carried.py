"""What an envelope brings of another sender's: it means what it means alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from event_service.parsers import (
    alertmanager,
    azure_monitor,
    github,
    gitlab,
    google_monitoring,
    grafana,
    kubernetes,
    newrelic,
    oci_monitoring,
    opsgenie,
    pagerduty,
    sentry,
)
from event_service.parsers.registry import ParserRegistry
from event_service.parsers.seam import ParseFailure

# Not those whose bodies their users write: a field of anyone's may have the name of one of theirs.
_SENDERS = ParserRegistry(
    sender.SOURCE
    for sender in (
        *(alertmanager, azure_monitor, github, gitlab, google_monitoring, grafana, kubernetes),
        *(newrelic, oci_monitoring, opsgenie, pagerduty, sentry),
    )
)


def results_of(body: Mapping[str, Any]) -> Sequence[object] | None:
    """The raw results of a body that a known sender makes, as many as it has without the envelope;
    None for any other, and for one that can't be understood.
    """
    if not body:
        return None
    try:
        return _SENDERS.read(None, body, {}).results
    except ParseFailure:
        return None
