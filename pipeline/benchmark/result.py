"""What the rounds say: medians with their spread for each engine, as one JSON-like tree, and as a table for people.

In: outcomes, rows, facts. Out: plain values. Knows nothing of processes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from rich.table import Table

from pipeline.benchmark.machine import Facts
from pipeline.benchmark.rounds import Outcome
from pipeline.benchmark.rows import Row

Tree = dict[str, Any]


def result(outcomes: Sequence[Outcome], startups: Mapping[str, float], rows: Sequence[Row], facts: Facts) -> Tree:
    """Everything measured. Rates in tokens/s, the peak in FLOP/s, times in s, memory in bytes; shares from 0 to 1."""
    first = next(iter(startups))
    texts = {outcome.round: outcome.answer.value for outcome in outcomes if outcome.engine == first}
    mine = {name: [outcome for outcome in outcomes if outcome.engine == name] for name in startups}
    engines = {name: _engine(some, rows, facts) for name, some in mine.items()}
    yardstick = engines[first]["output_tokens_per_second"]["median"]
    for name, tree in engines.items():
        tree["relative"] = tree["output_tokens_per_second"]["median"] / yardstick
        tree["same_outputs"] = _same(mine[name], texts)
        tree["startup_seconds"] = startups[name]
    return {
        "machine": asdict(facts) | {"peak_flops": figure([outcome.peak for outcome in outcomes])},
        "requests": totals(rows),
        "engines": engines,
    }


def totals(rows: Sequence[Row]) -> dict[str, int]:
    """How many rows there are, and their tokens."""
    return {
        "count": len(rows),
        "prompt_tokens": sum(len(row.prompt_ids) for row in rows),
        "output_tokens": sum(row.max_tokens for row in rows),
    }


def flops(rows: Sequence[Row], facts: Facts) -> int:
    """What the rows need at least: two operations per parameter and token, the head's for output tokens only.

    Attention itself is left out; a prefix that rows share counts for each of them.
    """
    tokens, outputs = sum(len(row.prompt_ids) + row.max_tokens - 1 for row in rows), sum(row.max_tokens for row in rows)
    return 2 * (facts.body * tokens + facts.head * outputs)


def _engine(outcomes: Sequence[Outcome], rows: Sequence[Row], facts: Facts) -> Tree:
    total, work = totals(rows), flops(rows, facts)
    seconds = [outcome.answer.seconds for outcome in outcomes]
    return {
        "output_tokens_per_second": figure([total["output_tokens"] / s for s in seconds]),
        "total_tokens_per_second": figure([(total["prompt_tokens"] + total["output_tokens"]) / s for s in seconds]),
        "peak_share": figure([work / s / outcome.peak for s, outcome in zip(seconds, outcomes, strict=True)]),
        "memory_bytes": max(outcome.answer.memory for outcome in outcomes),
        "device_memory_bytes": max(outcome.answer.device_memory for outcome in outcomes),
        "rounds": [{"round": o.round, "place": o.place, "seconds": o.answer.seconds} for o in outcomes],
    }


def figure(values: Sequence[float]) -> dict[str, float]:
    """What the rounds gave."""
    return {"median": median(values), "low": min(values), "high": max(values)}


def _same(outcomes: Sequence[Outcome], texts: Mapping[int, list[list[int]]]) -> float:
    """The share of rows, over all rounds, with the same tokens as the first engine's."""
    pairs = [pair for o in outcomes for pair in zip(o.answer.value, texts[o.round], strict=True)]
    return sum(one == other for one, other in pairs) / len(pairs)


def table(tree: Tree) -> Table:
    """The engines, one line each: medians, with lowest and highest where they are rates."""
    machine, requests = tree["machine"], tree["requests"]
    title = (
        f"{requests['count']} requests, {requests['prompt_tokens']:,} prompt and {requests['output_tokens']:,} output "
        f"tokens, {machine['dtype']} on {machine['processor']} ({machine['device']}, {machine['threads']} threads), "
        f"peak {machine['peak_flops']['median'] / 1e12:.3g} TFLOP/s"
    )
    shown = Table(title=title, title_justify="left", box=None)
    heads = "output tokens/s", "relative", "total tokens/s", "share of peak", "memory", "start-up", "same outputs"
    for head in ("engine", *heads):
        shown.add_column(head, justify="left" if head == "engine" else "right", no_wrap=True)
    for name, engine in tree["engines"].items():
        shown.add_row(name, *_cells(engine))
    return shown


def spread(rate: Mapping[str, float], form: str = ",.0f") -> str:
    """A rate as people read it: its median, with the lowest and the highest."""
    return f"{rate['median']:{form}} ({rate['low']:{form}}–{rate['high']:{form}})"


def _cells(engine: Tree) -> list[str]:
    device = engine["device_memory_bytes"]
    return [
        spread(engine["output_tokens_per_second"]),
        f"{engine['relative']:.2f}",
        f"{engine['total_tokens_per_second']['median']:,.0f}",
        f"{engine['peak_share']['median']:.1%}",
        f"{engine['memory_bytes'] / 1e9:.2f} GB" + (f" + {device / 1e9:.1f} GB GPU" if device else ""),
        f"{engine['startup_seconds']:.1f} s",
        f"{engine['same_outputs']:.0%}",
    ]
