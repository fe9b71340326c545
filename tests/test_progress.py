"""Progress says how far a run is, also one that was begun before."""

import pytest

from pipeline.plan import Plan, Shard
from pipeline.progress import Progress, clock
from pipeline.run import Commit
from pipeline.schema import Split

SPLITS = tuple(Split("a", 10 * i, 10 * i + 10, str(i)) for i in range(4))
PLAN = Plan((Shard("a", 1, "x", 40),), SPLITS)


def commit(split: str, ok: int, rejected: int) -> Commit:
    tally = {"status": {"ok": ok, "rejected": rejected}, "total": {"output_tokens": 100}}
    return Commit(split, "run", (), {}, "", tally)


def test_units_are_counted_and_their_number_estimated() -> None:
    progress = Progress(PLAN, [], 4, tasks=2)
    assert progress.line().startswith("0 units · 0 records rejected · 0/4 splits")
    progress.update(commit("0", 10, 2))
    assert progress.line().startswith("6 of about 24 units · 2 records rejected · 1/4 splits")
    assert "left" in progress.line()


def test_at_the_end_nothing_is_left_or_estimated() -> None:
    progress = Progress(PLAN, [], 4, tasks=1)
    for split in "0123":
        progress.update(commit(split, 3, 0))
    assert progress.line().startswith("12 units · 0 records rejected · 4/4 splits")
    assert "left" not in progress.line()


def test_a_run_that_goes_on_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(PLAN, [commit("0", 5, 0), commit("1", 5, 0)], 2, tasks=1) as progress:
        progress.update(commit("2", 5, 0))
    printed = capsys.readouterr().out
    assert "Going on: 2 of 4 splits are committed and will not be read again." in printed
    assert "15 of about 20 units" in printed


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (61, "1:01"), (3661, "1:01:01")])
def test_lengths_of_time(seconds: float, text: str) -> None:
    assert clock(seconds) == text
