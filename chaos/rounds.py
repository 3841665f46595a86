"""All rounds of one fault, over as many services as it takes."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from chaos.result import Lifetime, Result
from chaos.trial import Plan, Trial

if TYPE_CHECKING:
    from collections.abc import Callable

    from chaos.faults.fault import Fault


def make_rounds(
    fault: Fault,
    plan: Plan,
    told: Callable[[str], None],
    most_seconds: float | None = None,
) -> Result:
    """Make the fault as often as the plan says; see Trial. It ends when a rule is broken."""
    reason = fault.impossible()
    if reason is not None:
        return Result(fault.name, impossible=reason)
    # Each fault has its own sequence, whichever others are made in the same run.
    random = Random(f"{plan.seed}/{fault.name}")
    lifetimes: list[Lifetime] = []
    left = plan.rounds
    while left and not any(one.breaches for one in lifetimes):
        rounds = min(left, fault.rounds_of_a_service)
        trial = Trial(fault, replace(plan, rounds=rounds), random, told, most_seconds)
        lifetimes.append(trial.run())
        left -= rounds
    return Result(fault.name, lifetimes)
