"""Marks in the store tell which units end replicas."""

from pathlib import Path

import pytest

from pipeline.errors import StoppedError
from pipeline.local_store import LocalStore
from pipeline.tries import SPARE, SUSPECT, Tries


@pytest.fixture
def tries(tmp_path: Path) -> Tries:
    return Tries(LocalStore(tmp_path), "run")


def replica(tries: Tries, killers: set[int], units: int = 5) -> list[int] | None:
    """One replica's way through a split; the units that it set aside, or None if it died."""
    trial = tries.begin("split")
    for unit in range(units):
        if unit in trial.aside:
            continue
        if trial.alone:
            tries.tried("split", trial, unit)
        if unit in killers:
            return None
    return sorted(trial.aside)


@pytest.mark.parametrize("killers", [{0}, {4}, {1, 3}, {0, 1, 2, 3, 4}])
def test_each_unit_that_kills_is_found_and_no_other(tries: Tries, killers: set[int]) -> None:
    deaths = 0
    while (aside := replica(tries, killers)) is None:
        deaths += 1
    assert aside == sorted(killers)
    assert deaths == SUSPECT + len(killers)


def test_a_death_while_what_others_survived_is_done_again_blames_nobody(tries: Tries) -> None:
    for _ in range(SUSPECT + 1):
        assert replica(tries, {2}) is None
    assert replica(tries, {0}) is None
    assert replica(tries, set()) == [2]


def test_deaths_with_nobody_to_blame_end_the_run(tries: Tries) -> None:
    for _ in range(SUSPECT + SPARE):
        tries.begin("split")
    with pytest.raises(StoppedError, match="6 replicas died in split split"):
        tries.begin("split")


def test_replicas_that_die_as_they_start_end_the_run_in_time(tmp_path: Path) -> None:
    tries = Tries(LocalStore(tmp_path), "run", replicas=3)
    assert [tries.starting() for _ in range(7)] == [0, 0, 0, 1, 2, 3, 4]
    with pytest.raises(StoppedError, match="5 replicas died before they were ready"):
        tries.starting()


def test_replicas_that_came_up_and_died_later_are_no_reason(tries: Tries) -> None:
    for _ in range(20):
        assert tries.starting() == 0
        tries.started()


def test_another_execution_suspects_nobody(tries: Tries, tmp_path: Path) -> None:
    for _ in range(SUSPECT):
        tries.begin("split")
    assert not Tries(LocalStore(tmp_path), "later").begin("split").alone
