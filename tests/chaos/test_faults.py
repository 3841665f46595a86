"""Each fault once, under load: what was acknowledged is there, and no alert is there twice.

``make chaos`` makes many rounds of them, and holds the service to the time that it may take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from chaos.faults.all import FAULTS
from chaos.rounds import make_rounds
from chaos.trial import Plan

if TYPE_CHECKING:
    from chaos.faults.fault import Fault

PLAN = Plan(rounds=1, senders=6, rate=80, steady=30, seed=1)


@pytest.mark.usefixtures("no_event_variables")
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_nothing_is_lost(fault: Fault, capsys: pytest.CaptureFixture[str]) -> None:
    reason = fault.impossible()
    if reason is not None:
        pytest.skip(f"NOT POSSIBLE HERE: {reason}")
    told: list[str] = []
    result = make_rounds(fault, PLAN, told.append)
    with capsys.disabled():
        click.echo(f"\n{told[-1] if told else fault.name}")
    assert result.breaches == {}, result.evidence
    assert result.findings is not None
    assert result.findings.found == result.findings.acknowledged >= 2 * PLAN.steady
