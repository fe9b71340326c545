"""The race: every round, every engine does all rows, in an order that rotates; the machine's peak before each.

In: rows, and one call per engine. Out: what each call gave. Knows nothing of models or processes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.benchmark.engines import Tokens
from pipeline.benchmark.machine import Reading
from pipeline.benchmark.rows import Row, of_round
from pipeline.benchmark.worker import Answer
from pipeline.errors import StarscribeError

Call = Callable[[Sequence[Row]], Answer[Tokens]]
WARM_UP = 8  # every so many rows, one is in the warm-up


@dataclass(frozen=True, slots=True)
class Outcome:
    """One engine's round: its place in the order, the machine's peak just before [FLOP/s], and what it gave."""

    round: int
    place: int
    engine: str
    peak: float
    answer: Answer[Tokens]


def order(names: Sequence[str], number: int) -> list[str]:
    """The engines' order in a round: each comes first in turn, since what ran before may matter."""
    first = number % len(names)
    return [*names[first:], *names[:first]]


def run(
    rows: Sequence[Row],
    engines: Mapping[str, Call],
    machine: Callable[[None], Answer[Reading]],
    rounds: int,
) -> Iterator[Outcome]:
    """The outcomes as they come, after a warm-up that is not among them.

    Raises StarscribeError where an engine did not do exactly what was asked: then there is nothing to compare.
    """
    vocabulary = machine(None).value.facts.vocabulary
    for name, call in engines.items():
        _work(name, call, of_round(rows[::WARM_UP], 0, vocabulary))
    for number in range(1, rounds + 1):
        todo = of_round(rows, number, vocabulary)
        for place, name in enumerate(order(list(engines), number - 1)):
            peak = machine(None).value.peak
            yield Outcome(number, place, name, peak, _work(name, engines[name], todo))


def _work(name: str, call: Call, rows: Sequence[Row]) -> Answer[Tokens]:
    answer = call(rows)
    asked, given = [row.max_tokens for row in rows], [len(tokens) for tokens in answer.value]
    if asked != given:
        wrong = sum(a != g for a, g in zip(asked, given, strict=False)) + abs(len(asked) - len(given))
        raise StarscribeError(
            f"{name} gave {sum(given)} tokens where {sum(asked)} were asked for ({wrong} of {len(asked)} rows differ), "
            "so its time cannot be compared; leave it out of `engines`."
        )
    return answer
