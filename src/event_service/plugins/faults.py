"""What can be wrong with a plugin.

Each reason is recorded, as an event of the webhook's tenant (CONTRACT 3.4), and says always the
same of the same fault. A plugin that refuses a body is quoted there, and there alone, without the
texts of its options: what it says may hold secrets, so no log has it.
"""

from __future__ import annotations


class PluginFault(Exception):
    """A plugin did not do what it was asked. ``reason`` may be shown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PluginSilent(PluginFault):
    """It can't be reached or doesn't answer in time, or it did so lately and isn't asked now.

    One reason for all of them: they take turns while a plugin is down, and one alert is enough.
    """

    def __init__(self, plugin_id: str) -> None:
        super().__init__(f"The plugin {plugin_id} does not answer.")


class PluginRefuses(PluginFault):
    """It answers with a status other than OK.

    ``code`` is its error code and ``message`` what it says; both may be empty.
    """

    def __init__(self, plugin_id: str, status: str, code: str, message: str) -> None:
        self.answer = f"{status} {code}" if code else status
        super().__init__(message or f"The plugin {plugin_id} answers with {self.answer}.")


class PluginUnreadable(PluginFault):
    """It answers what is no answer. ``what`` says why."""

    def __init__(self, plugin_id: str, what: str) -> None:
        super().__init__(f"The plugin {plugin_id} answers {what}.")
