"""What senders write can't act on a terminal."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from event_service.cli import webhook_text
from event_service.cli.draft_text import as_block, as_line
from event_service.cli.event_rows import as_json_line, as_table
from event_service.cli.terminal import put, visible
from event_service.draft import EventDraft, EventType, Severity
from event_service.manager.webhook import webhook_of
from event_service.stubs.spaceone.api.monitoring.v1.event_pb2 import EventInfo

if TYPE_CHECKING:
    import pytest
    from rich.console import RenderableType

HOSTILE = (
    "\x1b]0;owned\x07\x1b[31m[bold red]a[/bold red] :fire:\r\n\t\x9b2J\u202eevil\u2028\x7f[link=x]"
)
ACTING = set("\x1b\x07\r\t\x9b\u202e\u2028\x7f")


def printed(renderable: RenderableType, width: int = 200) -> str:
    """What goes to a terminal that shows no colours."""
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, color_system=None, width=width)
    console.print(renderable)
    return file.getvalue()


def test_what_acts_is_shown_as_a_picture_or_an_escape() -> None:
    assert visible("a\x1b[31mb\n\x7f") == "a\u241b[31mb\u240a\u2421"
    assert visible("\x9b\u202e\u2066\ud800\U000e0041") == "\\u009b\\u202e\\u2066\\ud800\\U000e0041"
    assert visible("\u06cc\u200c Größe 东京 👩\u200d🚒") == "\u06cc\u200c Größe 东京 👩\u200d🚒"


@given(st.text())
def test_anything_becomes_one_printable_line(text: str) -> None:
    assert len(visible(text).splitlines()) <= 1
    assert not ACTING & set(visible(text))
    visible(text).encode()


def test_an_event_in_a_table() -> None:
    event = EventInfo(
        event_id=HOSTILE,
        created_at=HOSTILE,
        title=HOSTILE,
        severity=HOSTILE,
        event_type=HOSTILE,
        resources=[HOSTILE],
    )
    # Without style codes of rich's own: they would hide the sender's.
    text = printed(as_table([event], 200, header=False))
    assert not ACTING & set(text.replace("\x1b[1m", "").replace("\x1b[0m", ""))
    assert "[bold red]a[/bold red] :fire:" in text.replace("\n", "")
    assert "[link=x]" in text


def test_an_event_as_json() -> None:
    assert not ACTING & set(as_json_line(EventInfo(title=HOSTILE.replace("\ud800", ""))))


def test_a_webhook() -> None:
    ids = dict.fromkeys(("webhook_id", "domain_id", "workspace_id", "project_id"), HOSTILE)
    webhook = webhook_of({"name": HOSTILE, "plugin_info": {"plugin_id": HOSTILE}, **ids})
    for line in (*webhook_text.as_lines(webhook), *webhook_text.as_table([webhook])):
        assert line.isprintable()


def test_a_draft() -> None:
    draft = EventDraft(
        event_key=HOSTILE,
        event_type=EventType.ALERT,
        title=HOSTILE,
        severity=Severity.INFO,
        description=f"first line\n{HOSTILE}",
        resources=(HOSTILE,),
        additional_info={HOSTILE: HOSTILE},
    )
    text = printed(as_block(draft)).replace("\x1b[2m", "").replace("\x1b[0m", "")
    assert not ACTING & set(text)
    assert "[bold red]a[/bold red] :fire:" in text
    assert not ACTING & set(as_line(draft))


def test_lines_of_a_file_are_as_long_as_what_they_say(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    event = EventInfo(title="t" * 500, created_at="2024-03-01T01:00:00.000Z", severity="INFO")
    put(as_table([event], None, header=True))
    header, row = capsys.readouterr().out.splitlines()
    assert header.startswith("CREATED")
    assert "t" * 500 in row
    assert row == row.rstrip()


def test_columns_stand_where_they_stood_before() -> None:
    tables = [
        printed(as_table([EventInfo(title=title, severity="INFO")], width, header=False), width)
        for width in (80, 140)
        for title in ("short", "a longer title")
    ]
    places = [
        table.index(text) for table, text in zip(tables, ["short", "a longer"] * 2, strict=True)
    ]
    assert places[0] == places[1]
    assert places[2] == places[3]
