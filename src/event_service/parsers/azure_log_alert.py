"""An Azure log alert in the schema before the common one: a query found what it looks for."""

from collections.abc import Mapping
from typing import Any

from event_service.parsers.azure_meanings import OVER, last_part, subscription_of
from event_service.parsers.derived_keys import derived_key
from event_service.parsers.event_types import event_type
from event_service.parsers.reading import first_text, text, texts, texts_of
from event_service.parsers.severity_words import UNKNOWN, SeverityWords

_SCHEMA = "microsoft.insights/logalert"
# The numbers as SpaceONE's plugin has them: of log alerts, it takes 4 for information too.
_SEVERITIES = SeverityWords(
    {
        "CRITICAL": ("0", "sev0", "critical"),
        "ERROR": ("1", "sev1", "error"),
        "WARNING": ("2", "sev2", "warning"),
        "INFO": ("3", "sev3", "informational", "information", "4", "sev4", "verbose"),
    },
    absent=UNKNOWN,
)


def is_log_alert(schema: str, data: Mapping[str, Any]) -> bool:
    """Whether it has a rule, and the query of it if its schema (in lower case) doesn't tell."""
    told = schema == _SCHEMA or text(data.get("SearchQuery")) is not None
    return told and text(data.get("AlertRuleName")) is not None


def log_alert_result(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The raw result of a log alert.

    Its key is the rule with what it found: SpaceONE's plugin has the clock in its keys, so that no
    repeat meets the alert before it.
    """
    rule = text(data.get("AlertRuleName"))
    resource_id = text(data.get("ResourceId"))
    account = first_text(data.get("SubscriptionId"), subscription_of(resource_id))
    condition = first_text(data.get("MonitorCondition"), data.get("status"))
    names = texts_of(data.get("AffectedConfigurationItems"))
    return {
        "event_key": derived_key(account, rule, resource_id, *sorted(names)),
        "event_type": event_type(OVER, condition),
        "title": rule,
        "description": text(data.get("Description")),
        "severity": _SEVERITIES.severity(
            first_text(data.get("Severity"), data.get("SeverityDescription"))
        ),
        "resource": {"name": next(iter(names), last_part(resource_id))},
        "resources": names[1:],
        "rule": rule,
        "provider": "azure",
        "account": account,
        "occurred_at": text(data.get("SearchIntervalEndtimeUtc")),
        "additional_info": texts(
            {
                "alert_type": data.get("AlertType"),
                "search_query": data.get("SearchQuery"),
                "search_link": data.get("LinkToSearchResults"),
                "result_count": data.get("ResultCount"),
                "threshold_operator": data.get("AlertThresholdOperator"),
                "threshold": data.get("AlertThresholdValue"),
                "interval_seconds": data.get("SearchIntervalInSeconds"),
                "dimensions": data.get("Dimensions"),
                "workspace_id": data.get("WorkspaceId"),
            }
        ),
    }
