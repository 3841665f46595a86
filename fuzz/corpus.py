"""The corpora that are kept: one zip a target, so that a target is one file of the repository."""

from __future__ import annotations

from hashlib import sha1
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

DIRECTORY = Path(__file__).parent / "corpus"
_ALWAYS = (2024, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16


def kept(name: str) -> list[bytes]:
    """The inputs that are kept for a target; none before its corpus was grown."""
    path = DIRECTORY / f"{name}.zip"
    if not path.exists():
        return []
    with ZipFile(path) as packed:
        return [packed.read(entry) for entry in sorted(packed.namelist())]


def keep(name: str, inputs: set[bytes]) -> Path:
    """Keep these inputs, and no others, for a target. The same inputs make the same file."""
    path = DIRECTORY / f"{name}.zip"
    with ZipFile(path, "w") as packed:
        for digest, content in sorted((name_of(each), each) for each in inputs):
            entry = ZipInfo(digest, _ALWAYS)
            entry.external_attr = _READABLE
            packed.writestr(entry, content, ZIP_DEFLATED, 9)
    return path


def unpack(inputs: set[bytes], directory: Path) -> None:
    """Write inputs as files of a directory, each named by its digest as libFuzzer names them."""
    directory.mkdir(parents=True, exist_ok=True)
    for content in inputs:
        (directory / name_of(content)).write_bytes(content)


def name_of(content: bytes) -> str:
    """The name of an input's file."""
    return sha1(content, usedforsecurity=False).hexdigest()
