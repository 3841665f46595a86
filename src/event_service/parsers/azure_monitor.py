"""Azure Monitor's webhooks: the common alert schema and those before it.

The common schema has ``essentials``; metric and classic alerts both have a ``context``, and so have
alerts of the activity log, in which it is an entry of the log. Log alerts and budgets have neither.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from event_service.parsers.azure_activity_log import activity_log_result, is_activity_log
from event_service.parsers.azure_budget import budget_result, budget_title, is_budget
from event_service.parsers.azure_health import health_event_type, health_key
from event_service.parsers.azure_log_alert import is_log_alert, log_alert_result
from event_service.parsers.azure_meanings import OVER, last_part, subscription_of
from event_service.parsers.derived_keys import derived_key
from event_service.parsers.event_types import event_type
from event_service.parsers.reading import (
    at,
    first_text,
    mapping,
    mappings,
    text,
    texts,
    texts_of,
    word,
)
from event_service.parsers.seam import Body, Options, ParseFailure, Source
from event_service.parsers.severity_words import UNKNOWN, SeverityWords

_SEVERITIES = SeverityWords(
    {
        "CRITICAL": ("sev0", "0"),
        "ERROR": ("sev1", "1"),
        "WARNING": ("sev2", "2"),
        # SpaceONE's plugin takes the lowest for information in the common schema, for none in the
        # metric one, which has numbers.
        "INFO": ("sev3", "3", "sev4"),
        "NONE": ("4",),
    },
    absent=UNKNOWN,  # as SpaceONE's plugin says it: classic alerts have none
)
_CONTEXT_SCHEMAS = {"azuremonitormetricalert"}
_CONTEXT_FIELDS = ("conditionType", "condition", "subscriptionId", "resourceId")


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """The alert as the only result. Raises ParseFailure when it has none of the forms."""
    data = _data(body)
    essentials, context = data.get("essentials"), data.get("context")
    if isinstance(essentials, Mapping):
        return (_common(essentials, mapping(data.get("alertContext")), data),)
    if is_activity_log(data):
        return (activity_log_result(data),)
    if isinstance(context, Mapping):
        return (_with_context(context, data),)
    if is_log_alert(_schema(body), data):
        return (log_alert_result(data),)
    if is_budget(_schema(body), data):
        return (budget_result(data),)
    raise ParseFailure("The body has neither essentials, a context, a log alert nor a budget")


def recognises(body: Body) -> bool:
    """Whether the body has an alert's essentials, a status with the context of a resource or of the
    activity log, or what a log alert or a budget has.
    """
    data = _data(body)
    essentials, context = mapping(data.get("essentials")), mapping(data.get("context"))
    if essentials:
        return "alertId" in essentials or "monitorCondition" in essentials
    schema = _schema(body)
    if is_activity_log(data) or is_log_alert(schema, data) or is_budget(schema, data):
        return True
    if schema in _CONTEXT_SCHEMAS:
        return bool(context)
    told = text(data.get("status")) is not None and text(context.get("id")) is not None
    return told and any(name in context for name in _CONTEXT_FIELDS)


def _data(body: Body) -> Mapping[str, Any]:
    data = body.get("data")
    return data if isinstance(data, Mapping) else body


def _schema(body: Body) -> str:
    return word(body.get("schemaId"))


def _common(
    essentials: Mapping[str, Any], context: Mapping[str, Any], data: Mapping[str, Any]
) -> Mapping[str, Any]:
    ids = texts_of(essentials.get("alertTargetIDs"))
    items = texts_of(essentials.get("configurationItems"))
    names = items or [name for name in map(last_part, ids) if name]
    alert_id = text(essentials.get("alertId"))
    given_rule = text(essentials.get("alertRule"))
    # Budgets have no rule here, and are all of them named budgets.
    budget = text(at(context, "AlertData", "BudgetName"))
    if budget is not None:
        names = [budget]
    rule = given_rule or budget
    target = next(iter(ids), text(at(context, "AlertData", "BudgetId")))
    account = subscription_of(alert_id) or subscription_of(target)
    health = health_key(context, account, target)
    # Of a notice on health, which the rule says nothing of.
    about = mapping(context.get("properties")) if health is not None else {}
    return {
        "event_key": health
        or alert_id
        or derived_key(essentials.get("originAlertId"), rule, *sorted(ids)),
        "event_type": health_event_type(context, essentials.get("monitorCondition")),
        "title": first_text(about.get("title"), given_rule, budget_title(budget)),
        "description": first_text(
            essentials.get("description"), about.get("communication"), about.get("details")
        ),
        "severity": _SEVERITIES.severity(essentials.get("severity")),
        "resource": {"name": next(iter(names), None)},
        "resources": names[1:],
        "rule": rule,
        "provider": "azure",
        "account": account,
        "occurred_at": text(essentials.get("firedDateTime")),
        "additional_info": texts(
            {
                "signal_type": essentials.get("signalType"),
                "monitoring_service": essentials.get("monitoringService"),
                "resource_group": essentials.get("targetResourceGroup"),
                "resolved_at": essentials.get("resolvedDateTime"),
                "affected_resources": ids,
                "investigation_link": essentials.get("investigationLink"),
                "condition": context.get("condition"),
                "search_link": _search_link(context),
            },
            about,
            mapping(data.get("customProperties")),
        ),
    }


def _with_context(context: Mapping[str, Any], data: Mapping[str, Any]) -> Mapping[str, Any]:
    resource_id = text(context.get("resourceId"))
    return {
        "event_key": first_text(context.get("id")) or derived_key(context.get("name"), resource_id),
        "event_type": event_type(OVER, data.get("status")),
        "title": first_text(context.get("name"), context.get("resourceName")),
        # An autoscale notification says there what it did.
        "description": first_text(context.get("description"), context.get("details")),
        "severity": _SEVERITIES.severity(context.get("severity")),
        "resource": {"name": first_text(context.get("resourceName"), last_part(resource_id))},
        "rule": text(context.get("name")),
        "provider": "azure",
        "account": first_text(context.get("subscriptionId"), subscription_of(resource_id)),
        "occurred_at": text(context.get("timestamp")),
        "additional_info": texts(
            {
                "portal_link": context.get("portalLink"),
                "condition_type": context.get("conditionType"),
                "condition": context.get("condition"),
                "resource_group": context.get("resourceGroupName"),
                "region": context.get("resourceRegion"),
            },
            mapping(data.get("properties")),
        ),
    }


def _search_link(context: Mapping[str, Any]) -> str | None:
    conditions = mappings(at(context, "condition", "allOf"))
    return first_text(
        *(each.get("linkToSearchResultsUI") for each in conditions),
        context.get("LinkToSearchResults"),
    )


SOURCE = Source(
    name="azure_monitor",
    parse=parse,
    recognises=recognises,
    looks_like="Azure Monitor's data with essentials or a context, a log alert or a budget",
    marks=frozenset({"data", "essentials", "context", "AlertRuleName", "BudgetName"}),
    plugin_ids=("plugin-azure-monitor-mon-webhook",),
)
