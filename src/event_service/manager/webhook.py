"""A webhook as the rules see it, read from its document."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bson.decimal128 import Decimal128

from event_service.manager.read_values import choice_of, object_of, text_of
from event_service.plugins.plugin import NO_PLUGIN, PluginInfo, UpgradeMode
from event_service.policies import RecordingPolicy, RecoveryMode
from event_service.stored_keys import from_stored
from event_service.wire.foreign import count_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

_LONGEST_WINDOW = 30 * 86_400
_PLAIN_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?")


class WebhookState(StrEnum):
    """Whether a webhook takes events."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


@dataclass(frozen=True, slots=True)
class RequestTotals:
    """How many requests a webhook got, and how many could not be understood (CONTRACT 3.7)."""

    total: int = 0
    error: int = 0


@dataclass(frozen=True, slots=True)
class Webhook:
    """Everything about a webhook but its key.

    ``recovery_mode``, ``recording_policy`` and ``duplicate_window`` (seconds) are None where the
    settings of the service apply. ``created_at`` is UTC without an offset.
    """

    webhook_id: str
    name: str
    state: WebhookState
    domain_id: str
    workspace_id: str
    project_id: str
    created_at: datetime | None
    plugin: PluginInfo = NO_PLUGIN
    recovery_mode: RecoveryMode | None = None
    recording_policy: RecordingPolicy | None = None
    duplicate_window: int | None = None
    requests: RequestTotals = RequestTotals()
    tags: Mapping[str, Any] = field(default_factory=dict)

    @property
    def enabled(self) -> bool:
        """Whether it takes events."""
        return self.state is WebhookState.ENABLED


def webhook_of(document: Mapping[str, Any]) -> Webhook:
    """Read a document, also one of Cloudforet's, where optional parts are null or missing.

    A state that is not known counts as disabled, another choice that is not known as unset, and
    what is no text or time where one belongs as empty.
    """
    plugin = plugin_of(document)
    totals, created_at = object_of(document.get("requests")), document.get("created_at")
    return Webhook(
        webhook_id=text_of(document.get("webhook_id")),
        name=text_of(document.get("name")),
        state=choice_of(WebhookState, document.get("state")) or WebhookState.DISABLED,
        domain_id=text_of(document.get("domain_id")),
        workspace_id=text_of(document.get("workspace_id")),
        project_id=text_of(document.get("project_id")),
        created_at=created_at if isinstance(created_at, datetime) else None,
        plugin=plugin,
        recovery_mode=choice_of(RecoveryMode, document.get("recovery_mode")),
        recording_policy=choice_of(RecordingPolicy, document.get("recording_policy")),
        duplicate_window=duplicate_window(plugin.metadata.get("duplicate_event_time")),
        requests=RequestTotals(count_of(totals.get("total")), count_of(totals.get("error"))),
        tags=from_stored(object_of(document.get("tags"))),
    )


def plugin_of(document: Mapping[str, Any]) -> PluginInfo:
    """What a webhook's document says of its plugin; what is no text or object counts as absent."""
    plugin = object_of(document.get("plugin_info"))
    return PluginInfo(
        plugin_id=text_of(plugin.get("plugin_id")),
        version=text_of(plugin.get("version")),
        options=from_stored(object_of(plugin.get("options"))),
        metadata=from_stored(object_of(plugin.get("metadata"))),
        upgrade_mode=choice_of(UpgradeMode, plugin.get("upgrade_mode")) or UpgradeMode.AUTO,
    )


def duplicate_window(value: object) -> int | None:
    """Whole seconds of a plugin's ``duplicate_event_time``, at most 30 days (CONTRACT 4).

    Any type of number will do, as will a number written out. What is no number, or less than a
    second, is None: the window of the settings applies.
    """
    number: float | Decimal
    if isinstance(value, str):
        text = value.strip()
        number = float(text) if _PLAIN_NUMBER.fullmatch(text) else math.nan
    elif isinstance(value, Decimal128):
        number = value.to_decimal()
        if not number.is_finite():
            return None
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = value
    else:
        return None
    if isinstance(number, float) and not math.isfinite(number):
        return None
    return int(min(number, _LONGEST_WINDOW)) if number >= 1 else None
