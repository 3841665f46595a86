"""Memory that was freed goes back to the system, also from between what is still used."""

from __future__ import annotations

from event_service.process_memory import give_back, resident_bytes

MiB = 1024 * 1024


def test_what_was_freed_among_what_is_used_is_given_back() -> None:
    blocks = [bytes(64 * 1024) for _ in range(4_096)]
    kept = blocks[::64]
    held = resident_bytes()
    assert held is not None
    assert held > 256 * MiB
    del blocks
    give_back()
    left = resident_bytes()
    assert left is not None
    assert left < held - 150 * MiB
    assert len(kept) == 64
