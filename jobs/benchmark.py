"""Extraction by language; engines side by side: the same rows, lengths and number format, in one run on one machine.

    python -m jobs.benchmark conf/benchmark.yaml --requests ROWS.jsonl --engines '["native"]' --output.path RESULT.json

Extraction is of the standard library and of `--extraction.paths DIRECTORIES`; `--engines '[]'` measures it alone.

Every output has exactly the tokens asked for (nothing ends early, greedy). Rounds are interleaved and their order
rotates; rates are medians over them, with the lowest and the highest.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from jobs.cli import main
from pipeline.benchmark import extraction, functions, random_model, rounds
from pipeline.benchmark.engines import ENGINES, check, environment
from pipeline.benchmark.machine import Facts, Machine
from pipeline.benchmark.result import Tree, result, table
from pipeline.benchmark.rounds import Outcome
from pipeline.benchmark.rows import Row, read
from pipeline.benchmark.worker import Worker
from pipeline.config.benchmark import Benchmark
from pipeline.errors import RefusedError
from pipeline.weights import Weights, folder, locate

CONFIG = Benchmark
LOG_WIDTH = 140


def run(config: Benchmark) -> int:
    """Measure, show, and write the result. RefusedError for a model, rows or an output that cannot be used."""
    check(config.engines)
    _check_output(config)
    with TemporaryDirectory() as temporary:
        weights = model(config, Path(temporary))
        tree = about(config, weights) | {"extraction": extraction.measured(config.extraction, config.rounds)}
        tree |= race(config, weights) if config.engines else {}
    show(tree)
    if config.output.path is not None:
        Path(config.output.path).write_text(json.dumps(tree, indent=2) + "\n", encoding="utf-8")
    return 0


def model(config: Benchmark, temporary: Path) -> Weights:
    """The model to use: the one at `model.path`, or one of `model.shape`, made in the temporary directory."""
    if config.model.shape is None:
        return locate(config.model)
    random_model.make(config.model.shape, folder(config.model), temporary)
    return locate(config.model.model_copy(update={"path": str(temporary), "id": "random weights"}))


def race(config: Benchmark, weights: Weights) -> Tree:
    """A process for each engine, the rounds, and what they say."""
    with ExitStack() as stack:
        machine = stack.enter_context(Worker("machine", Machine, config, weights))
        facts = machine(None).value.facts
        todo = rows(config, weights, facts)
        workers = {
            name: stack.enter_context(Worker(name, ENGINES[name], config, weights, environment=environment(name)))
            for name in config.engines
        }
        outcomes = list(watched(rounds.run(todo, workers, machine, config.rounds), config.rounds))
    return result(outcomes, {name: worker.startup for name, worker in workers.items()}, todo, facts)


def rows(config: Benchmark, weights: Weights, facts: Facts) -> list[Row]:
    """What every engine must do: the file's rows, or functions of the standard library."""
    if config.requests is None:
        return functions.rows(config, weights)
    return read(Path(config.requests), facts.vocabulary, weights.window)


def watched(outcomes: Iterable[Outcome], number: int) -> Iterator[Outcome]:
    """The same outcomes, with a line for each."""
    console = Console(stderr=True)
    for outcome in outcomes:
        said = f"round {outcome.round} of {number}: {outcome.engine} {outcome.answer.seconds:.2f} s"
        console.print(said, highlight=False, markup=False)
        yield outcome


def about(config: Benchmark, weights: Weights) -> Tree:
    """What was run, and when."""
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "config": config.model_dump(mode="json"),
        "model": {"id": weights.id, "revision": weights.revision, "weights_sha256": weights.weights_sha256},
    }


def show(tree: Tree) -> None:
    """The tables, in a log file as wide as they need to be."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=LOG_WIDTH)
    console.print(extraction.table(tree["extraction"]))
    if "engines" in tree:
        console.print(table(tree))


def _check_output(config: Benchmark) -> None:
    """Before minutes of work are lost."""
    if config.output.path is None:
        return
    path = Path(config.output.path)
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise RefusedError(f"output.path: {path} cannot be written; give a file in a directory that exists.")


if __name__ == "__main__":
    sys.exit(main("benchmark"))
