"""The names that people give what they write with a sender's variables."""

import pytest

from event_service.parsers.variable_names import by_variable, spellings


@pytest.mark.parametrize("name", sorted(spellings("alert_cycle_key")))
def test_every_spelling_is_the_variable(name: str) -> None:
    assert by_variable({name: 1})["alert_cycle_key"] == 1


def test_what_is_written_as_the_variable_wins() -> None:
    body = {"eventId": "camel", "event_id": "own", "EVENT.ID": "dotted"}
    assert by_variable(body) == body | {"event_id": "own"}


def test_abbreviations_stay_together() -> None:
    assert by_variable({"monitorID": 1, "X-Source": 2}).keys() >= {"monitor_id", "x_source"}


def test_what_is_no_template_is_left_as_it_is() -> None:
    body = {f"eventId{number}": number for number in range(501)}
    assert by_variable(body) is body
