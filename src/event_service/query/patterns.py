"""Regular expressions of callers, made safe for the database.

Callers write for more than one dialect, and the database has another (PCRE in MongoDB, a Rust
engine in the embedded store). Taken is what Python's ``re`` takes and what means the same in all
of them, but for what is beyond ASCII or before a last newline (README, Stores); a few spellings
are put into the common form. So a bad pattern is found here, and not by the database in the middle
of a query.
"""

from __future__ import annotations

import re

_META = re.compile(r"[\\^$.|?*+()\[\]{}]")
_GROUP = re.compile(
    r"\(\?(?::|=|!|<=|<!|>|P<[A-Za-z_][A-Za-z0-9_]{0,31}>|P=|[ims]*(?:-[ims]+)?[:)])"
)
_COMMENT = re.compile(r"\(\?#[^)]*\)")
_COUNT = re.compile(r"\{(?P<least>[0-9]*)(?:(?P<comma>,)(?P<most>[0-9]*))?\}")
_POSIX = re.compile(
    r"\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|"
    r"xdigit):\]"
)
_CODE = re.compile(
    r"u(?P<short>[0-9A-Fa-f]{4})|U(?P<long>[0-9A-Fa-f]{8})"
    r"|(?P<octal>0[0-7]{0,2}|[0-3][0-7]{2})"
)
_COUNT_LIMIT = 1_000
_NESTING_LIMIT = 100
_SURROGATES = range(0xD800, 0xE000)
_CODE_POINT_LIMIT = 0x10FFFF


def literal(text: str) -> str:
    """A pattern that matches the text as it stands."""
    return _META.sub(r"\\\g<0>", text).replace("\0", r"\x00")


def checked(pattern: str) -> str:
    """The pattern in the form that the database takes.

    Raises ValueError, saying why, for what is no regular expression or not a common one.
    """
    reader = _Reader(pattern)
    reader.read()
    try:
        re.compile("".join(reader.for_python), re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error.msg}") from None
    except (OverflowError, RecursionError):
        raise ValueError("not a regular expression: too large") from None
    return "".join(reader.for_database)


class _Reader:
    """Reads a pattern once, writing it in the database's form and in one for Python's check."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self.for_database: list[str] = []
        self.for_python: list[str] = []

    def read(self) -> None:
        depth = 0
        while (char := self._peek()) is not None:
            if char == "\\":
                self._escape()
            elif char == "[":
                self._members()
            elif char == "{":
                self._repetition()
            elif char == "(":
                depth += 1
                if depth > _NESTING_LIMIT:
                    raise ValueError(f"groups are nested deeper than {_NESTING_LIMIT}")
                depth -= self._group()
            else:
                depth -= char == ")"
                self._plain(char)

    def _peek(self) -> str | None:
        return self._pattern[self._at] if self._at < len(self._pattern) else None

    def _write(self, database: str, length: int, python: str | None = None) -> None:
        self.for_database.append(database)
        self.for_python.append(database if python is None else python)
        self._at += length

    def _plain(self, char: str) -> None:
        self._write(r"\x00" if char == "\0" else char, 1)

    def _skip(self, comment: re.Match[str]) -> None:
        """Passes over a comment, where what it parts stays what it is without it.

        Python checks the pattern with it: so what is no group and no escape does not become one.
        """
        self.for_python.append("(?#)")
        self._at = comment.end()
        before, after = "".join(self.for_database[-1:]), self._peek() or ""
        if before[-1:].isdigit() and after.isdigit():
            raise ValueError("not a regular expression: a comment within a number")

    def _group(self) -> int:
        """Reads what opens a group; 1 when that has closed it too (a comment, or flags)."""
        if not self._pattern.startswith("(?", self._at):
            self._write("(", 1)
            return 0
        if comment := _COMMENT.match(self._pattern, self._at):
            self._skip(comment)
            return 1
        found = _GROUP.match(self._pattern, self._at)
        if found is None:
            raise ValueError("not a regular expression: a group of that kind is not taken")
        self._write(found[0], len(found[0]))
        return int(found[0].endswith(")"))

    def _repetition(self) -> None:
        found = _COUNT.match(self._pattern, self._at)
        if found is None or found[0] == "{}":
            self._write(r"\{", 1)
            return
        least, most = found["least"] or "0", found["most"] or ""
        if any(len(count) > len(str(_COUNT_LIMIT)) for count in (least, most)) or any(
            int(count or 0) > _COUNT_LIMIT for count in (least, most)
        ):
            raise ValueError(f"a repetition is over {_COUNT_LIMIT}")
        self._write(f"{{{least}{found['comma'] or ''}{most}}}", len(found[0]))

    def _escape(self) -> None:
        after = self._pattern[self._at + 1 : self._at + 2]
        if code := _CODE.match(self._pattern, self._at + 1):
            self._write(_code_point(code), 1 + len(code[0]))
        elif after in ("Z", "z"):
            self._write(r"\z", 2, r"\Z")
        elif after == "v":
            self._write(r"\x0B", 2)
        elif after == "N":
            raise ValueError("not a regular expression: characters by name are not taken")
        elif after in ("<", ">") or not after.isascii():  # the embedded store: of that case alone
            self._write(after, 2)
        elif after == "\0":
            self._write(r"\x00", 2)
        else:
            self._write("\\" + after, 2)

    def _members(self) -> None:
        """Reads a character class; what could mean a set operation in it is escaped."""
        self._write("[", 1)
        if self._peek() == "^":
            self._write("^", 1)
        first = True
        while (char := self._peek()) is not None:
            posix = _POSIX.match(self._pattern, self._at)
            if char == "]" and not first:
                self._write("]", 1)
                return
            if char == "\\":
                self._escape()
            elif posix is not None:
                self._write(posix[0], len(posix[0]), r"\w")
            elif char in "[]&~|":
                self._write("\\" + char, 1)
            elif self._pattern.startswith("--", self._at):
                raise ValueError("not a regular expression: write a hyphen in a class as \\-")
            else:
                self._plain(char)
            first = False


def _code_point(code: re.Match[str]) -> str:
    if code["octal"]:
        return f"\\x{int(code['octal'], 8):02X}"
    number = int(code["short"] or code["long"], 16)
    if number in _SURROGATES or number > _CODE_POINT_LIMIT:
        raise ValueError("not a regular expression: no such character")
    if number <= 0xFF:  # noqa: PLR2004 - two digits are what Python's check reads too
        return f"\\x{number:02X}"
    return re.escape(chr(number))
