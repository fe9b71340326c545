"""Tallies count, and add up."""

import pytest

from pipeline.tally import add, bin_of, tally
from tests.test_run import row


@pytest.mark.parametrize(
    ("value", "name"), [(0, "1"), (1, "1"), (2, "2"), (3, "4"), (64, "64"), (64.5, "128"), (65, "128")]
)
def test_a_bin_is_named_by_the_power_of_two_that_bounds_it(value: float, name: str) -> None:
    assert bin_of(value) == name


def test_tallies_add_up_to_that_of_all_rows_together() -> None:
    rows = [row("a"), row("b", "rejected"), row("c")]
    assert add([tally(rows[:1], []), tally(rows[1:], [])]) == tally(rows, [])
    assert tally(rows, [])["status"] == {"ok": 2, "rejected": 1}


def test_nothing_adds_up_to_nothing() -> None:
    assert add([]) == tally([], []) == {}
