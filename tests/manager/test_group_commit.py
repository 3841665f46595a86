"""Many callers, one piece of work at a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from pymongo.errors import AutoReconnect

from event_service.errors import CallerGone, DeadlineExceeded, Unavailable
from event_service.manager.group_commit import GroupCommit
from tests.eventually import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CALLERS = 20


class Worker:
    """Doubles numbers; its first batch is held until it is let go."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.seconds: list[float] = []
        self.began = threading.Event()
        self.go_on = threading.Event()
        self.fault: Exception | None = None
        self.fault_alone: Exception | None = None

    def __call__(self, items: Sequence[int], seconds: float) -> Sequence[int | Exception]:
        self.batches.append(list(items))
        self.seconds.append(seconds)
        self.began.set()
        assert self.go_on.wait(30)
        if self.fault is not None and (len(self.batches) > 1 and 7 in items):
            raise self.fault_alone if self.fault_alone and len(items) == 1 else self.fault
        return [ValueError("odd") if item == 5 else 2 * item for item in items]


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(CALLERS + 1) as pool:
        yield pool


def _pile_up(
    commit: GroupCommit[int, int],
    worker: Worker,
    threads: ThreadPoolExecutor,
    size: int | None = None,
) -> list[object]:
    """One caller whose work is held, and others that come meanwhile; what each of them gets."""
    first = threads.submit(commit.do, 0)
    assert worker.began.wait(30)
    arrived = threading.Barrier(CALLERS + 1)

    def call(number: int) -> int:
        arrived.wait()
        return commit.do(number) if size is None else commit.do(number, size)

    others = [threads.submit(call, number) for number in range(1, CALLERS + 1)]
    arrived.wait()
    eventually(lambda: commit.waiting == CALLERS)
    worker.go_on.set()
    return [future.exception(30) or future.result() for future in (first, *others)]


def test_what_comes_meanwhile_is_done_at_once_and_each_gets_its_own(
    worker: Worker, threads: ThreadPoolExecutor
) -> None:
    commit: GroupCommit[int, int] = GroupCommit(worker, 5, CALLERS)
    answers = _pile_up(commit, worker, threads)
    assert [len(batch) for batch in worker.batches] == [1, CALLERS]
    fault = answers.pop(5)
    assert isinstance(fault, ValueError)
    assert answers == [2 * number for number in range(CALLERS + 1) if number != 5]


def test_a_batch_is_bounded_but_takes_at_least_one(
    worker: Worker, threads: ThreadPoolExecutor
) -> None:
    commit: GroupCommit[int, int] = GroupCommit(worker, 5, 8)
    _pile_up(commit, worker, threads, size=4)
    assert [len(batch) for batch in worker.batches] == [1] + [2] * (CALLERS // 2)
    worker.batches.clear()
    assert commit.do(1, size=1000) == 2


def test_one_that_cannot_be_done_takes_no_other_with_it(
    worker: Worker, threads: ThreadPoolExecutor
) -> None:
    worker.fault = RuntimeError("not 7")
    commit: GroupCommit[int, int] = GroupCommit(worker, 5, 100)
    answers = _pile_up(commit, worker, threads)
    assert answers[7] is worker.fault
    assert answers[8:] == [2 * number for number in range(8, CALLERS + 1)]
    assert worker.batches[2:] == [[number] for number in worker.batches[1]]


def test_one_that_cannot_be_done_is_not_tried_twice_where_it_is_alone(worker: Worker) -> None:
    worker.go_on.set()
    worker.fault = RuntimeError("not 7")
    commit: GroupCommit[int, int] = GroupCommit(worker, 5, 100)
    assert commit.do(1) == 2
    with pytest.raises(RuntimeError, match="not 7"):
        commit.do(7)
    assert worker.batches == [[1], [7]]


@pytest.mark.parametrize(
    "fault", [AutoReconnect("gone"), Unavailable("not confirmed"), DeadlineExceeded()]
)
def test_a_store_that_is_out_of_reach_is_not_asked_again_for_each(
    worker: Worker, threads: ThreadPoolExecutor, fault: Exception
) -> None:
    worker.fault = fault
    commit: GroupCommit[int, int] = GroupCommit(worker, 5, 100)
    answers = _pile_up(commit, worker, threads)
    assert set(answers[1:]) == {worker.fault}
    assert len(worker.batches) == 2
    assert commit.do(1) == 2


def test_a_store_that_goes_away_while_they_are_tried_one_by_one_keeps_none_of_the_rest_waiting(
    worker: Worker, threads: ThreadPoolExecutor
) -> None:
    worker.fault, worker.fault_alone = RuntimeError("not 7"), AutoReconnect("gone")
    commit: GroupCommit[int, int] = GroupCommit(worker, 5, 100)
    answers = _pile_up(commit, worker, threads)
    alone = worker.batches[2:]
    assert alone[-1] == [7]
    before, rest = worker.batches[1][: len(alone) - 1], worker.batches[1][len(alone) - 1 :]
    assert [answers[number] for number in before if number != 5] == [
        2 * number for number in before if number != 5
    ]
    assert [answers[number] for number in rest] == [worker.fault_alone] * len(rest)
    assert commit.do(1) == 2


def test_who_has_waited_long_leaves_less_time_to_the_work(
    worker: Worker, threads: ThreadPoolExecutor
) -> None:
    commit: GroupCommit[int, int] = GroupCommit(worker, 5, 100)
    _pile_up(commit, worker, threads)
    # Against the first only: that one may have stood still before it began.
    assert 0.5 <= worker.seconds[1] < 5
    assert 0.5 <= worker.seconds[0] <= 5


def test_what_nobody_awaits_is_not_done(worker: Worker) -> None:
    worker.go_on.set()
    commit: GroupCommit[int, int] = GroupCommit(worker, 5, 100)
    with pytest.raises(CallerGone):
        commit.do(1, gone=lambda: True)
    assert worker.batches == []
    assert commit.do(2) == 4


def test_who_is_told_of_batches_can_hold_none_of_them_up(worker: Worker) -> None:
    worker.go_on.set()
    told: list[int] = []

    def tell(taken: int) -> None:
        told.append(taken)
        if len(told) == 1:
            raise RuntimeError("not told")

    commit: GroupCommit[int, int] = GroupCommit(worker, 5, 100, tell)
    with pytest.raises(RuntimeError, match="not told"):
        commit.do(1)
    assert worker.batches == []
    answers: list[int] = []
    again = threading.Thread(target=lambda: answers.append(commit.do(2)), daemon=True)
    again.start()
    again.join(30)
    assert answers == [4]
