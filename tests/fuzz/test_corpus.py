"""What the fuzzers found worth keeping still holds, on any machine and without a fuzzer."""

from __future__ import annotations

from zipfile import ZipFile

import pytest

from fuzz.corpus import DIRECTORY, keep, kept, name_of, unpack
from fuzz.seeds import seeds
from fuzz.targets import TARGETS

_LARGEST_CORPORA = 3 * 1024 * 1024


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_every_input_that_is_kept_is_read_or_refused(name: str) -> None:
    target = TARGETS[name]
    inputs = [*kept(name), *seeds(name)]
    assert kept(name), "its corpus is missing: make fuzz-corpus"
    for content in inputs:
        try:
            target.run(content)
        except Exception as error:
            error.add_note(f"of {name}, the input {content!r}")
            raise


def test_corpora_are_of_targets_and_small() -> None:
    paths = list(DIRECTORY.iterdir())
    assert {path.name for path in paths} == {f"{name}.zip" for name in TARGETS}
    assert sum(path.stat().st_size for path in paths) < _LARGEST_CORPORA
    for path in paths:
        with ZipFile(path) as packed:
            assert packed.testzip() is None


def test_the_same_inputs_make_the_same_file(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fuzz.corpus.DIRECTORY", tmp_path_factory.mktemp("corpus"))
    inputs = {b"", b"one", b"two" * 1000}
    first = keep("any", inputs).read_bytes()
    assert set(kept("any")) == inputs
    assert keep("any", set(kept("any"))).read_bytes() == first
    unpacked = tmp_path_factory.mktemp("unpacked")
    unpack(inputs, unpacked)
    assert {path.name for path in unpacked.iterdir()} == {name_of(each) for each in inputs}
