"""The table of settings of the README: ``python -m event_service.settings_table`` prints it."""

import sys
from enum import Enum
from typing import Any

from pydantic import ByteSize
from pydantic.fields import FieldInfo

from event_service.settings import Settings


def settings_table() -> str:
    """A markdown table, one line per setting in the order of the code: name, default, meaning."""
    prefix = Settings.model_config.get("env_prefix", "")
    rows = [
        f"| `{prefix}{name.upper()}` | {_default(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| Variable | Default | Meaning |", "| --- | --- | --- |", *rows])


def _default(field: FieldInfo) -> str:
    if isinstance(field.json_schema_extra, dict):
        return str(field.json_schema_extra["default_in_words"])
    value: Any = field.default
    if value is None:
        return "unset"
    if isinstance(value, Enum):
        return f"`{value.value}`"
    if isinstance(value, ByteSize):
        return f"`{value.human_readable(separator=' ').replace('.0', '')}`"
    if isinstance(value, float) and value.is_integer():
        return f"`{int(value)}`"
    return f"`{value}`"


if __name__ == "__main__":
    sys.stdout.write(settings_table() + "\n")
