"""An Azure budget of which more was spent than one of its thresholds."""

from collections.abc import Mapping
from typing import Any

from event_service.parsers.derived_keys import derived_key
from event_service.parsers.reading import first_text, joined, text, texts

_SCHEMA = "aip budget notification"
_INFO_FIELDS = {
    "subscription_name": "SubscriptionName",
    "account_name": "AccountName",
    "department_name": "DepartmentName",
    "enrollment_number": "EnrollmentNumber",
    "resource_group": "ResourceGroup",
    "spending_amount": "SpendingAmount",
    "budget": "Budget",
    "unit": "Unit",
    "threshold": "NotificationThresholdAmount",
    "budget_start_date": "BudgetStartDate",
}
# Whose budget it is: a name alone is not Azure's only one.
_OWNERS = ("EnrollmentNumber", "DepartmentName", "AccountName", "ResourceGroup")


def is_budget(schema: str, data: Mapping[str, Any]) -> bool:
    """Whether it has a budget's name, and what was spent if its schema (in lower case) doesn't
    tell.
    """
    told = schema == _SCHEMA or text(data.get("SpendingAmount")) is not None
    return told and text(data.get("BudgetName")) is not None


def budget_result(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The raw result of a notification: an ERROR, as SpaceONE's plugin has it.

    Its key is the budget, whichever threshold it is: the plugin's is the clock, so that no repeat
    meets the alert before it. Azure never says that a budget is kept again.
    """
    name = text(data.get("BudgetName"))
    account = first_text(data.get("SubscriptionId"), data.get("SubscriptionName"))
    return {
        "event_key": derived_key(account, *(data.get(owner) for owner in _OWNERS), name),
        "event_type": "ALERT",
        "title": budget_title(name),
        "description": _description(data),
        "severity": "ERROR",
        "resource": {"name": name},
        "rule": name,
        "provider": "azure",
        "account": account,
        "additional_info": texts({name: data.get(field) for name, field in _INFO_FIELDS.items()}),
    }


def budget_title(name: str | None) -> str | None:
    """What an alert on the budget is called; None for one without a name."""
    return name and f"Budget alarm {name}"


def _description(data: Mapping[str, Any]) -> str | None:
    budget, threshold = (text(data.get(n)) for n in ("Budget", "NotificationThresholdAmount"))
    spent, owner = text(data.get("SpendingAmount")), text(data.get("SubscriptionName"))
    if spent is None:
        return None
    return joined(
        *("Spent", spent, budget and f"of {budget}", data.get("Unit")),
        *(owner and f"for {owner}", threshold and f"(threshold {threshold})"),
    )
