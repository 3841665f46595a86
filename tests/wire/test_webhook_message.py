"""A webhook document as a message."""

from event_service.wire.webhook_message import webhook_info


def test_what_another_program_kept_for_an_instant_is_shown_as_it_is() -> None:
    info = webhook_info({"webhook_id": "webhook-1", "created_at": "2024-03-01 10:00"})
    assert (info.webhook_id, info.created_at) == ("webhook-1", "2024-03-01 10:00")
