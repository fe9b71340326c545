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
    trial = tries.begin("split", tries.deaths("split"))
    for unit in range(units):
        if unit in trial.aside:
            continue
        if trial.alone:
            tries.tried("split", trial, unit)
        if unit in killers:
            return None
    if trial.alone:
        tries.survived("split")
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


@pytest.mark.parametrize("killers", [set(), {2}, {4}])
def test_a_death_after_the_last_unit_blames_nobody(tries: Tries, killers: set[int]) -> None:
    while replica(tries, killers) is None or tries.deaths("split") < SUSPECT + 2:
        continue  # what survived its split died before it could hand it on
    assert replica(tries, killers) == sorted(killers)


def test_deaths_with_nobody_to_blame_end_the_run(tries: Tries) -> None:
    for deaths in range(SUSPECT + SPARE):
        tries.begin("split", deaths)
    with pytest.raises(StoppedError, match="6 replicas died in split split"):
        tries.begin("split", tries.deaths("split"))


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
    for deaths in range(SUSPECT):
        tries.begin("split", deaths)
    later = Tries(LocalStore(tmp_path), "later")
    assert not later.begin("split", later.deaths("split")).alone
