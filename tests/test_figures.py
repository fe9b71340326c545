"""Bars and histograms say exactly what was counted."""

import pytest

from pipeline.figures import BASE, TOP, WIDTH, bars, histogram, power, quantile
from pipeline.tally import bin_of


def test_bars_are_ordered_and_their_pieces_add_up_to_their_share() -> None:
    tally = {
        "kind": {"class": 2, "function": 6},
        "status_by_kind": {"function ok": 4, "function rejected": 2, "class error": 2},
    }
    function, other = bars(tally, "kind", 8)
    assert (function.label, function.count, function.share) == ("function", 6, 0.75)
    assert function.pieces == (("ok", 0.5), ("rejected", 0.25))
    assert other.pieces == (("error", 0.25),)


def test_a_value_that_is_not_counted_by_status_has_one_piece() -> None:
    assert bars({"reason": {"echo": 1}}, "reason", 4)[0].pieces == (("plain", 0.25),)
    assert bars({"status": {"ok": 1}}, "status", 1)[0].pieces == (("ok", 1.0),)


def test_many_values_end_in_one_bar_that_loses_nothing() -> None:
    made = bars({"reason": {f"r{i}": i + 1 for i in range(40)}}, "reason", 1000)
    assert made[-1].label == "25 others"
    assert sum(bar.count for bar in made) == sum(range(41))


def test_what_was_not_counted_has_no_figure() -> None:
    assert bars({}, "kind", 0) == []
    assert histogram("Length", "tokens", {}) is None


def test_a_histogram_has_a_column_for_every_bin_between_the_first_and_the_last() -> None:
    figure = histogram("Length", "tokens", {"4": 2, "32": 8})
    assert figure is not None
    assert [(c.lower, c.upper, c.count) for c in figure.columns] == [(2, 4, 2), (4, 8, 0), (8, 16, 0), (16, 32, 8)]
    assert [c.height for c in figure.columns] == [(BASE - TOP) / 4, 0, 0, BASE - TOP]
    assert all(c.y + c.height == pytest.approx(BASE) and c.y >= TOP for c in figure.columns)
    assert all(c.x >= 0 and c.x + c.width <= WIDTH for c in figure.columns)


def test_the_first_bin_begins_at_zero() -> None:
    figure = histogram("Length", "tokens", {bin_of(0): 1, bin_of(1): 1})
    assert figure is not None
    assert [(c.lower, c.upper) for c in figure.columns] == [(0, 1)]


def test_quantiles_are_the_bounds_that_the_numbers_keep_to() -> None:
    numbers = [3, 5, 6, 7, 9, 100, 200, 300, 400, 5000]
    bins: dict[int, int] = {}
    for number in numbers:
        bins[int(bin_of(number))] = bins.get(int(bin_of(number)), 0) + 1
    for share in (0.1, 0.5, 0.9, 1.0):
        bound = quantile(bins, share)
        assert sum(number <= bound for number in numbers) >= share * len(numbers)


def test_powers_of_two_are_short() -> None:
    assert [power(n) for n in (1, 512, 1024, 65536, 1 << 21)] == ["1", "512", "1k", "64k", "2M"]
