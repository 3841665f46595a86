"""Every source has a sample, and the sample is an alarm of that source."""

import json

import pytest

from event_service.draft import EventType
from event_service.normalise import normalise
from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.parsers.seam import Source
from event_service.samples import sample, sample_names
from event_service.wire.struct import dict_to_struct, struct_to_dict

SOURCES = installed_sources()
REGISTRY = ParserRegistry(SOURCES)

each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)


def test_there_are_no_samples_of_unknown_sources() -> None:
    assert set(sample_names()) <= {source.name for source in SOURCES}
    with pytest.raises(ValueError, match="no sample of nothing"):
        sample("nothing", 1)


@each_source
def test_a_sample_is_recognised_as_its_source(source: Source) -> None:
    assert source.name in sample_names(), f"write samples/{source.name}.json"
    assert REGISTRY.source_of(sample(source.name, 1)) is source


@each_source
def test_a_sample_is_one_alarm(source: Source) -> None:
    body = struct_to_dict(dict_to_struct(sample(source.name, 1)))
    (result,) = source.parse(body, {})
    normalised = normalise(result)
    assert normalised.notes == ()
    draft = normalised.draft
    assert draft.event_type is EventType.ALERT
    assert draft.occurred_at is not None


@each_source
def test_a_serial_number_makes_another_alarm(source: Source) -> None:
    keys = [
        normalise(result).draft.event_key
        for serial in (1, 1, 2, 987654321)
        for result in source.parse(sample(source.name, serial), {})
    ]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


@pytest.mark.parametrize("name", sample_names())
def test_no_placeholder_is_left(name: str) -> None:
    assert "{{" not in json.dumps(sample(name, 5))
