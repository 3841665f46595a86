"""What the OTEL_ variables want exported. Unlike in the SDK, nothing is unless one says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_OTLP: Final = "otlp"
_NONE: Final = "none"
_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The names of exporters, none where nothing is wanted."""

    traces: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.traces or self.logs)


def wanted(environment: Mapping[str, str]) -> Wanted:
    """What is wanted: traces if an OTLP endpoint or their exporter is named, logs if theirs is."""
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return Wanted()
    traces = environment.get("OTEL_TRACES_EXPORTER", "")
    if not traces.strip() and any(environment.get(name) for name in _ENDPOINTS):
        traces = _OTLP
    return Wanted(
        _exporters(environment, traces, "TRACES"),
        _exporters(environment, environment.get("OTEL_LOGS_EXPORTER", ""), "LOGS"),
    )


def _exporters(environment: Mapping[str, str], names: str, signal: str) -> tuple[str, ...]:
    given = [name for part in names.split(",") if (name := part.strip().lower())]
    return tuple(
        _otlp(environment, signal) if name == _OTLP else name for name in given if name != _NONE
    )


def _otlp(environment: Mapping[str, str], signal: str) -> str:
    protocol = (
        environment.get(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL")
        or environment.get("OTEL_EXPORTER_OTLP_PROTOCOL")
        or "http/protobuf"
    )
    return "otlp_proto_grpc" if protocol.strip().lower() == "grpc" else "otlp_proto_http"
