"""What is to be done to a database, found without changing anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from event_service.manager.takeover import count_adoptable
from event_service.manager.webhook_document import keys_in_clear
from event_service.migration.steps import ForgetClearKeys, OnIndex, TakeOverAlerts
from event_service.model.duplicates import Duplicates, stopping
from event_service.model.index_steps import DropIndex
from event_service.model.indexes import all_found, declared_steps, retention_steps, unused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymongo.database import Database

    from event_service.manager.key_vault import KeyVault
    from event_service.migration.steps import Step
    from event_service.model.index_shape import FoundIndex


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in the order in which they are done.

    ``stopped`` is what keeps unique indexes from being built, and is up to the operator: which
    of two equal documents is right, nobody here can know. ``unused`` are indexes that would be
    dropped if that were asked for.
    """

    steps: Sequence[Step]
    stopped: Sequence[Duplicates]
    unused: Sequence[FoundIndex]


def make_plan(
    database: Database[dict[str, Any]],
    *,
    retention_days: int | None,
    vault: KeyVault | None,
    drop_unused: bool,
) -> Plan:
    """Compare the database with what the service wants of it.

    Reads the whole of a collection that lacks a unique index. Raises
    pymongo.errors.PyMongoError.
    """
    found = all_found(database)
    steps: list[Step] = []
    stopped: list[Duplicates] = []
    for change in (*declared_steps(found), *retention_steps(found, retention_days)):
        duplicates = stopping(database, change)
        if duplicates is None:
            steps.append(OnIndex(change))
        else:
            stopped.append(duplicates)
    left = unused(found, retention_days)
    if drop_unused:
        steps.extend(OnIndex(DropIndex(each)) for each in left)
    if clear := sum(1 for _ in keys_in_clear(database["webhook"])):
        steps.append(ForgetClearKeys(clear, vault))
    # After the indexes: every alert is asked for its events.
    if adoptable := count_adoptable(database):
        steps.append(TakeOverAlerts(adoptable))
    return Plan(tuple(steps), tuple(stopped), () if drop_unused else left)
