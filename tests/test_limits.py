"""A run ends early where its limits say so, and not before."""

import pytest

from pipeline.config.document import Limits
from pipeline.errors import StoppedError
from pipeline.limits import Watch
from pipeline.plan import Plan, Shard
from pipeline.run import Commit
from pipeline.schema import Split

PLAN = Plan((Shard("a", 1, "s", 100),), tuple(Split("a", i, i + 10, f"{i}") for i in range(0, 100, 10)))


def commit(number: int, tokens: int = 10, **status: int) -> Commit:
    return Commit(f"{number * 10}", "run", (), {}, "x", {"status": status, "total": {"output_tokens": tokens}})


def test_errors_in_a_row_end_a_run() -> None:
    watch = Watch(Limits(consecutive_errors=12), PLAN)
    watch.update(commit(0, error=10))
    watch.update(commit(1, ok=1, error=10))
    watch.update(commit(2, error=10))
    with pytest.raises(StoppedError, match=r"last 20 records are errors.*consecutive_errors \(12\)"):
        watch.update(commit(3, error=10))


def test_tokens_of_earlier_executions_count() -> None:
    watch = Watch(Limits(total_tokens=100), PLAN)
    assert len(list(watch.resumed([commit(0, tokens=60, ok=1)]))) == 1
    watch.update(commit(1, tokens=40, ok=1))
    with pytest.raises(StoppedError, match=r"101 tokens are spent.*total_tokens \(100\)"):
        watch.update(commit(2, tokens=1, ok=1))


def test_a_share_of_rejected_records_ends_a_run_only_once_it_is_bound_to_be_passed() -> None:
    watch = Watch(Limits(rejected=0.25), PLAN)
    watch.update(commit(0, rejected=10))
    watch.update(commit(1, rejected=10))
    with pytest.raises(StoppedError, match="30 of about 100 records are rejected already"):
        watch.update(commit(2, rejected=10))


def test_the_last_split_is_left_to_the_runs_end() -> None:
    watch = Watch(Limits(rejected=0.05), PLAN)
    for number in range(9):
        watch.update(commit(number, ok=10))
    watch.update(commit(9, rejected=10))
