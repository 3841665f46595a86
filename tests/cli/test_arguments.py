"""Arguments and variables that can't be sent are told in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from event_service.auth.local import LocalKeyPair
from event_service.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

pytestmark = pytest.mark.usefixtures("no_event_variables")

NOBODY = ("--address", "127.0.0.1:1")
NOT_UTF_8 = "\udcff"
"""A byte that is no UTF-8, as Python takes it from a command line or the environment."""


def _run(data: Path, *arguments: str, **variables: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--data-dir", str(data)], env=variables)


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (("send", "--webhook", "w", *NOBODY), {"EVENT_ACCESS_KEY": NOT_UTF_8}),
        (("send", "--webhook", NOT_UTF_8, *NOBODY), {"EVENT_ACCESS_KEY": "k"}),
        (("send", "--webhook", "w", "--address", NOT_UTF_8), {"EVENT_ACCESS_KEY": "k"}),
        (("events", "--workspace", NOT_UTF_8, *NOBODY), {}),
        (("health", "--address", NOT_UTF_8), {}),
    ],
)
def test_what_is_not_utf_8(
    tmp_path: Path, arguments: tuple[str, ...], variables: dict[str, str]
) -> None:
    result = _run(tmp_path, *arguments, **variables)
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        2,
        "Error: an argument or a variable is not UTF-8",
    )


@pytest.mark.parametrize("token", ["a\nb", "caf\u00e9", NOT_UTF_8])
def test_a_token_that_no_call_can_carry(tmp_path: Path, token: str) -> None:
    result = _run(tmp_path, "events", *NOBODY, EVENT_TOKEN=token)
    assert result.exit_code == 2
    assert "Error: a token is of printable ASCII characters" in result.stderr
    assert token not in result.output


def test_a_domain_that_no_token_can_name(tmp_path: Path) -> None:
    LocalKeyPair(tmp_path)
    result = _run(tmp_path, "events", "--domain", NOT_UTF_8, *NOBODY)
    assert result.exit_code == 2
    assert "nobody would take it" in result.stderr
