"""The result: medians with their spread, work counted as said, the same tree as a table."""

import io

import pytest
from rich.console import Console

from pipeline.benchmark.result import flops, result, table
from pipeline.benchmark.rounds import Outcome
from pipeline.benchmark.rows import Row
from pipeline.benchmark.worker import Answer
from tests.benchmark.test_rounds import FACTS

ROWS = [Row((1, 2, 3), 2), Row((4,), 1)]
GOOD, OTHER = [[7, 8], [9]], [[7, 8], [1]]


def outcome(number: int, engine: str, seconds: float, tokens: list[list[int]], memory: int = 100) -> Outcome:
    return Outcome(number, 0, engine, 1e6, Answer(tokens, seconds, memory, 0))


OUTCOMES = [
    outcome(1, "native", 0.5, GOOD),
    outcome(1, "generate", 3.0, GOOD),
    outcome(2, "generate", 1.0, OTHER, memory=300),
    outcome(2, "native", 1.0, GOOD),
    outcome(3, "native", 0.1, GOOD),
    outcome(3, "generate", 1.5, GOOD),
]


def test_rates_are_medians_with_the_lowest_and_the_highest() -> None:
    tree = result(OUTCOMES, {"native": 4.0, "generate": 5.0}, ROWS, FACTS)
    native, generate = tree["engines"]["native"], tree["engines"]["generate"]
    assert native["output_tokens_per_second"] == pytest.approx({"median": 6, "low": 3, "high": 30})
    assert native["total_tokens_per_second"]["median"] == pytest.approx(14)
    assert generate["output_tokens_per_second"]["median"] == pytest.approx(2)
    assert (native["relative"], generate["relative"]) == (1, pytest.approx(1 / 3))
    assert generate["memory_bytes"] == 300
    assert generate["startup_seconds"] == 5
    assert [r["seconds"] for r in generate["rounds"]] == [3.0, 1.0, 1.5]


def test_the_share_of_rows_with_the_first_engines_tokens() -> None:
    tree = result(OUTCOMES, {"native": 4.0, "generate": 5.0}, ROWS, FACTS)
    assert tree["engines"]["native"]["same_outputs"] == 1
    assert tree["engines"]["generate"]["same_outputs"] == pytest.approx(5 / 6)


def test_the_work_is_that_of_body_and_head() -> None:
    # The last output token of a row is never fed: 4 + 1 tokens through the body, 2 + 1 through the head.
    assert flops(ROWS, FACTS) == 2 * (5 * 1000 + 3 * 400)
    share = result(OUTCOMES, {"native": 4.0, "generate": 5.0}, ROWS, FACTS)["engines"]["native"]["peak_share"]
    assert share["median"] == pytest.approx(12_400 / 0.5 / 1e6)


def test_the_table_shows_every_engine_on_one_line() -> None:
    text = io.StringIO()
    Console(file=text, width=140).print(table(result(OUTCOMES, {"native": 4.0, "generate": 5.0}, ROWS, FACTS)))
    lines = text.getvalue().splitlines()
    assert "2 requests, 4 prompt and 3 output tokens" in lines[0]
    (native,) = [line for line in lines if line.split()[:1] == ["native"]]
    assert "6 (3–30)" in native
