"""Bodies as drafts, for the tests of the sources; what SpaceONE's own plugins make of them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from event_service.draft import EventDraft
from event_service.normalise import normalise
from event_service.parsers.seam import Source

ROOT = Path(__file__).parents[2]
BODIES = ROOT / "tests" / "bodies"
PAYLOADS = ROOT.parent / "shared" / "payloads"

needs_payloads = pytest.mark.skipif(
    not PAYLOADS.is_dir(), reason="the recorded bodies, ../shared/payloads, are not here"
)


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def own(source: Source, name: str) -> EventDraft:
    """The only event of ``tests/bodies/<source>/<name>.json``."""
    (draft,) = drafts(source, read(BODIES / source.name / f"{name}.json"))
    return draft


def recorded(source: Source, place: str) -> EventDraft:
    """The only event of the recorded body ``../shared/payloads/<place>.json``."""
    (draft,) = drafts(source, read(PAYLOADS / f"{place}.json"))
    return draft


def drafts(source: Source, body: Mapping[str, Any]) -> list[EventDraft]:
    """The events of a body that the source must take for its own."""
    assert source.recognises(body)
    return [normalise(result).draft for result in source.parse(body, {})]


def expected(place: str) -> EventDraft:
    """The only event that SpaceONE's own plugin makes of the recorded body."""
    (result,) = read(PAYLOADS / f"{place}.expected.json")["ok"]["results"]
    return normalise(result).draft


def compared(draft: EventDraft) -> Mapping[str, Any]:
    """What must be as SpaceONE's own plugin has it."""
    fields = ("event_key", "event_type", "severity", "resources")
    return {field: getattr(draft, field) for field in fields}


def own_bodies() -> list[Path]:
    """Every body under ``tests/bodies``; its folder's name is its source's."""
    return sorted(BODIES.glob("*/*.json"))
