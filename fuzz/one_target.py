"""Fuzzes one target: ``python -m fuzz.one_target NAME`` with arguments of libFuzzer's."""

from __future__ import annotations

import shlex
import sys
from random import Random

import atheris

from fuzz.as_written import modules_as_written
from fuzz.json_changes import JsonChanges

with modules_as_written(), atheris.instrument_imports(include=["event_service"]):
    from fuzz.targets import TARGETS

from fuzz.seeds import seeds

_AS_BYTES = 4
"""One change of so many is one of bytes: what is no JSON has to be tried too."""


def main(name: str, arguments: list[str]) -> None:
    """Does not return: libFuzzer ends the process."""
    target = TARGETS[name]
    changes = JsonChanges(sorted(seeds(name))) if target.is_json else None

    def changed(data: bytes, max_size: int, seed: int) -> bytes:
        random = Random(seed)  # noqa: S311 - the fuzzer wants the same change for the same seed
        made = None
        if changes is not None and random.randrange(_AS_BYTES):
            made = changes.changed(data, max_size, random)
        if made is None:
            made = atheris.Mutate(data, max_size)
        return made

    options = {} if changes is None else {"custom_mutator": changed}
    # libFuzzer runs itself again to merge corpora, by a shell.
    again = shlex.join((sys.executable, "-m", "fuzz.one_target", name))
    atheris.Setup([again, *arguments], target.run, **options)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
