"""What a shard key does to the unique indexes that the model declares."""

from __future__ import annotations

from simulate.shard_keys import unique_indexes

_BY_FIELDS = {index.fields: index for index in unique_indexes()}
_NUMBER = _BY_FIELDS["domain_id", "workspace_id", "alert_number"]
_EPISODE = _BY_FIELDS["dedup_key", "episode"]
_ALERT_ID = _BY_FIELDS[("alert_id",)]
_EVENT_ID = _BY_FIELDS[("event_id",)]


def test_these_are_all_there_are() -> None:
    assert len(_BY_FIELDS) == len(list(unique_indexes())) == 4


def test_events_by_their_ids_need_no_other_index() -> None:
    assert _EVENT_ID.stands_under(("event_id",))
    assert not _EVENT_ID.stands_under(("domain_id",))


def test_the_workspace_keeps_every_rule_of_alerts() -> None:
    workspace = ("domain_id", "workspace_id")
    assert _NUMBER.stands_under(workspace)
    assert _EPISODE.led_by(workspace) == ("domain_id", "workspace_id", "dedup_key", "episode")
    assert all(index.means_the_same(workspace) for index in (_NUMBER, _EPISODE, _ALERT_ID))


def test_the_dedup_key_keeps_one_alert_per_key_and_loses_the_numbers() -> None:
    assert _EPISODE.stands_under(("dedup_key",))
    assert not _NUMBER.means_the_same(("dedup_key",))


def test_a_time_in_the_shard_key_lets_a_call_be_recorded_twice() -> None:
    assert not _EVENT_ID.means_the_same(("domain_id", "created_at"))
    assert _EVENT_ID.means_the_same(("domain_id", "event_id"))
