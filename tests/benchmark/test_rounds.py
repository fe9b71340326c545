"""Rounds: who works when, on what, and that unequal work is refused."""

from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from pipeline.benchmark.machine import Facts, Reading
from pipeline.benchmark.rounds import Call, order, run
from pipeline.benchmark.rows import Row
from pipeline.benchmark.worker import Answer
from pipeline.errors import StarscribeError

FACTS = Facts("p", 2, 2, "cpu", "3", "2", "5", "float32", "gpt_bigcode", 8, 1, 1, 50, 1000, 400)
ROWS = [Row((i, 1, 2), i + 1) for i in range(9)]
Log = list[tuple[str, Sequence[Row]]]


def engine(name: str, log: Log, short: int = 0) -> Call:
    """An engine that answers with zeros, `short` too few for the last row."""

    def call(rows: Sequence[Row]) -> Answer[list[list[int]]]:
        log.append((name, rows))
        made = [[0] * row.max_tokens for row in rows]
        made[-1] = made[-1][short:]
        return Answer(made, 1.0, 0, 0)

    return call


def machine(log: Log) -> Callable[[None], Answer[Reading]]:
    def call(_: None) -> Answer[Reading]:
        log.append(("machine", []))
        return Answer(Reading(FACTS, 1e9), 1.0, 0, 0)

    return call


def test_each_engine_comes_first_in_turn() -> None:
    rounds = [order(["a", "b", "c"], number) for number in range(3)]
    assert rounds == [["a", "b", "c"], ["b", "c", "a"], ["c", "a", "b"]]


def test_rounds_are_interleaved_and_the_peak_is_measured_before_each_engine() -> None:
    log: Log = []
    outcomes = list(run(ROWS, {name: engine(name, log) for name in "ab"}, machine(log), rounds=2))
    assert [name for name, _ in log] == [
        "machine",
        "a",
        "b",
        *["machine", "a", "machine", "b"],
        *["machine", "b", "machine", "a"],
    ]
    assert [(o.round, o.place, o.engine) for o in outcomes] == [(1, 0, "a"), (1, 1, "b"), (2, 0, "b"), (2, 1, "a")]


def test_within_a_round_the_rows_are_equal_and_across_rounds_they_are_not() -> None:
    log: Log = []
    list(run(ROWS, {name: engine(name, log) for name in "ab"}, machine(log), rounds=3))
    prompts = Counter(tuple(row.prompt_ids for row in rows) for name, rows in log if name != "machine")
    assert sorted(prompts.values()) == [2] * 4  # the warm-up and three rounds, each for two engines
    assert {len(rows) for rows in prompts} == {2, len(ROWS)}


@pytest.mark.parametrize("short", [1, 3])
def test_an_engine_that_does_less_is_refused(short: int) -> None:
    engines = {"good": engine("good", []), "lazy": engine("lazy", [], short)}
    with pytest.raises(StarscribeError, match=r"lazy gave \d+ tokens where \d+ were asked for \(1 of 2 rows"):
        list(run(ROWS, engines, machine([]), rounds=1))
