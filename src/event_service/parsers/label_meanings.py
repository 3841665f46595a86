"""What the labels of Prometheus and its kin say by custom: how bad it is, and of what."""

from collections.abc import Mapping
from typing import Any

from event_service.parsers.reading import text
from event_service.parsers.severity_words import CUSTOMARY, SeverityWords

LABEL_SEVERITIES = SeverityWords(CUSTOMARY)
_RESOURCE_LABELS = ("instance", "node", "host", "pod")


def labelled_resource(labels: Mapping[str, Any]) -> Mapping[str, str] | None:
    """The resource that the first of the labels for one names."""
    for label in _RESOURCE_LABELS:
        name = text(labels.get(label))
        if name is not None:
            return {"resource_type": label, "name": name}
    return None
