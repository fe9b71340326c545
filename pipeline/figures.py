"""Counts as figures: bars for values, histograms for quantities. Shapes and numbers only, no markup.

In: a tally. Out: `Bar`s with shares of the whole, `Histogram`s with their columns placed in a drawing of `WIDTH` by
`HEIGHT` units. Knows nothing of HTML or of what is counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.tally import Tally

WIDTH, HEIGHT = 360, 150
TOP, BASE = 18, 122
WIDEST = 44.0
MOST_LABELS = 9
MOST_BARS = 15

STATUSES = ("ok", "rejected", "error")


@dataclass(frozen=True, slots=True)
class Bar:
    """A value and how often it came. `share` is of the whole; `pieces` are shares of the whole by status."""

    label: str
    count: int
    share: float
    pieces: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One bin in a drawing: the numbers above `lower` up to `upper`."""

    lower: int
    upper: int
    count: int
    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """A quantity's bins; half of the numbers are at most `half`, nine in ten at most `most`."""

    title: str
    unit: str
    columns: tuple[Column, ...]
    half: int
    most: int


def bars(tally: Tally, dimension: str, whole: int) -> list[Bar]:
    """The values of a dimension, the most frequent first; what is beyond `MOST_BARS` becomes one bar."""
    counts = sorted(tally.get(dimension, {}).items(), key=lambda item: (-item[1], item[0]))
    head, tail = counts[:MOST_BARS], counts[MOST_BARS:]
    if tail:
        head.append((f"{len(tail):,} others", sum(count for _, count in tail)))
    return [Bar(label, count, count / whole, _pieces(tally, dimension, label, count, whole)) for label, count in head]


def _pieces(tally: Tally, dimension: str, label: str, count: int, whole: int) -> tuple[tuple[str, float], ...]:
    if dimension == "status":
        return ((label, count / whole),)
    split = tally.get(f"status_by_{dimension}", {})
    pieces = tuple((status, split.get(f"{label} {status}", 0) / whole) for status in STATUSES)
    return tuple(piece for piece in pieces if piece[1]) or (("plain", count / whole),)


def histogram(title: str, unit: str, counts: Mapping[str, int]) -> Histogram | None:
    """The bins of a quantity, empty ones between them included; None where nothing was counted."""
    bins = {int(upper): count for upper, count in counts.items()}
    if not bins:
        return None
    uppers = [1 << e for e in range(min(bins).bit_length() - 1, max(bins).bit_length())]
    columns = tuple(_column(i, upper, uppers, bins) for i, upper in enumerate(uppers))
    return Histogram(title, unit, columns, quantile(bins, 0.5), quantile(bins, 0.9))


def _column(index: int, upper: int, uppers: list[int], bins: Mapping[int, int]) -> Column:
    step, count = WIDTH / len(uppers), bins.get(upper, 0)
    width = min(step - 4, WIDEST)
    height = (BASE - TOP) * count / max(bins.values())
    labelled = index % -(-len(uppers) // MOST_LABELS) == 0
    return Column(
        lower=upper // 2 if upper > 1 else 0,
        upper=upper,
        count=count,
        x=round(step * (index + 0.5) - width / 2, 1),
        y=round(BASE - height, 1),
        width=round(width, 1),
        height=round(height, 1),
        label=power(upper) if labelled else "",
    )


def quantile(bins: Mapping[int, int], share: float) -> int:
    """The upper bound of the first bin up to which that share of the numbers lies."""
    needed, seen = share * sum(bins.values()), 0
    for upper in sorted(bins):
        seen += bins[upper]
        if seen >= needed:
            break
    return upper


def power(number: int) -> str:
    """A power of two, short: 512, 8k, 1M."""
    for unit, size in (("M", 1 << 20), ("k", 1 << 10)):
        if number >= size:
            return f"{number // size}{unit}"
    return str(number)
