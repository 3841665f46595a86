"""What a webhook says of its plugin."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class UpgradeMode(StrEnum):
    """Whether newer versions of the plugin are taken by themselves."""

    NONE = "NONE"
    MANUAL = "MANUAL"
    AUTO = "AUTO"


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """A plugin and how a webhook uses it.

    Without a ``plugin_id`` a body is read by the parser that recognises it. ``options`` and
    ``metadata`` are JSON values with the sender's own keys; they are not printed, since a plugin
    may keep secrets there.
    """

    plugin_id: str = ""
    version: str = ""
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)
    upgrade_mode: UpgradeMode = UpgradeMode.AUTO

    @property
    def is_set(self) -> bool:
        """Whether it says anything."""
        return bool(self.plugin_id or self.version or self.options or self.metadata)


NO_PLUGIN = PluginInfo()
"""Of a webhook that names none."""
