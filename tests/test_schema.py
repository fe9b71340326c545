"""What breaks on one item of a split is that item's own affair; an error of ours is everybody's."""

from collections.abc import Iterator

import pytest

from pipeline.errors import RefusedError
from pipeline.schema import Split, Work

WORK = Work(Split("a", 0, 3, "s"), (1, 0, 2), {"other_language": 1})


def test_an_item_that_breaks_a_stage_does_not_take_its_neighbours_down() -> None:
    made = WORK.each(lambda item: [10 // item, -item], lambda item, error: [f"{item}: {type(error).__name__}"])
    assert made.items == (10, -1, "0: ZeroDivisionError", 5, -2)
    assert (made.split, made.skipped) == (WORK.split, WORK.skipped)


def test_an_error_of_ours_ends_the_stage() -> None:
    def refuse(_: int) -> Iterator[int]:
        raise RefusedError("No.")

    with pytest.raises(RefusedError):
        WORK.each(refuse, lambda *_: [])
