"""Senders' texts on a terminal: shown, and never obeyed."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

import click
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import RenderableType

_PICTURES: Final = 0x2400
_SPACE, _DELETE, _DELETE_PICTURE = 0x20, 0x7F, "\u2421"
_UNSHOWN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Words of several languages are not written right without these two.
_JOINERS: Final = frozenset("\u200c\u200d")
_WIDE: Final = 100_000


def visible(text: str) -> str:
    """The text in one line, with a picture or an escape for each character that is none.

    Those are what moves the cursor, sets colours or titles, or turns the direction of writing.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible, text))


def shown(text: str, style: str = "") -> Text:
    """A cell of a table; brackets in the text are no markup."""
    return Text(visible(text), style=style)


def put(printed: RenderableType = "") -> None:
    """Print on standard output; in a file or a pipe, lines are as long as what they say,
    up to 100,000 characters.
    """
    console = Console(highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        console.print(printed)
        return
    console.width = _WIDE
    with console.capture() as captured:
        console.print(printed)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def terminal_width() -> int | None:
    """Columns of the terminal; None where standard output is none."""
    console = Console()
    return console.width if console.is_terminal else None


def _visible(character: str) -> str:
    number = ord(character)
    if number < _SPACE:
        return chr(_PICTURES + number)
    if number == _DELETE:
        return _DELETE_PICTURE
    if character in _JOINERS or unicodedata.category(character) not in _UNSHOWN:
        return character
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"  # noqa: PLR2004
