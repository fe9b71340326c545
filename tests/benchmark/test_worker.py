"""A worker: another process, whose answers, errors and end reach this one."""

import os
from collections.abc import Callable

import pytest

from pipeline.benchmark.worker import Worker
from pipeline.errors import RefusedError, StarscribeError


def summing(start: int) -> Callable[[list[int]], tuple[int, int]]:
    """Adds up, and says in which process; RefusedError for an empty list."""
    held = bytearray(300_000_000)

    def add(numbers: list[int]) -> tuple[int, int]:
        if not numbers:
            raise RefusedError("There is nothing to add.")
        if numbers == [-9]:
            os._exit(3)
        return start + sum(numbers) + len(held) - 300_000_000, os.getpid()

    return add


def test_calls_go_to_one_other_process_which_measures_them() -> None:
    with Worker[list[int], tuple[int, int]]("adder", summing, 10) as worker:
        one, other = worker([1, 2]), worker([3])
        assert (one.value[0], other.value[0]) == (13, 13)
        assert one.value[1] == other.value[1] != os.getpid()
        assert 0 < one.seconds < worker.startup
        assert 300_000_000 < one.memory < 3_000_000_000
        with pytest.raises(RefusedError, match="nothing to add"):
            worker([])


def test_a_process_that_dies_is_a_sentence() -> None:
    with (
        Worker[list[int], tuple[int, int]]("adder", summing, 0) as worker,
        pytest.raises(StarscribeError, match="adder ended with status 3"),
    ):
        worker([-9])


def test_one_that_cannot_be_built_says_why() -> None:
    with pytest.raises(StarscribeError, match="takes 1 positional argument"):
        Worker("adder", summing, 1, 2)
