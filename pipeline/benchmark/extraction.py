"""How fast one core finds units in source code, by language.

In: the standard library, and the directories that the configuration names. Out: plain values, and a table for people.
What counts is the thread's processor time, which other work on the machine disturbs least. Knows nothing of engines.
"""

import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from pipeline.benchmark.functions import LEFT_OUT, library
from pipeline.benchmark.machine import processor
from pipeline.benchmark.result import Tree, figure, spread
from pipeline.config.benchmark import Extraction
from pipeline.errors import RefusedError
from pipeline.extract import extract
from pipeline.languages import find, language_of
from pipeline.schema import File, Origin


@dataclass(frozen=True, slots=True)
class Done:
    """How many units there are in a language's files, and how long one core took to find them [s]."""

    units: int
    seconds: float


def measured(config: Extraction, rounds: int) -> Tree:
    """What was read of each language, and how much of it one core does in a second, after a round to warm up."""
    found = sources(config)
    done = [{language: _round(files) for language, files in found.items()} for _ in range(rounds + 1)]
    rates = {language: _rates(files, [each[language] for each in done[1:]]) for language, files in found.items()}
    return {"processor": processor(), "languages": rates}


def sources(config: Extraction) -> dict[str, list[File]]:
    """Files by language, in the order of a fixed draw, until there is enough of one.

    RefusedError for a path that is no directory.
    """
    found, sizes = defaultdict[str, list[File]](list), defaultdict[str, int](int)
    for path in _paths(config):
        language = language_of(path.name, None)
        if find(language) and language and sizes[language] < config.most_bytes:
            text = path.read_text(encoding="utf-8", errors="replace")
            found[language].append(File(Origin(str(path), 0, path=path.name, language=language), text))
            sizes[language] += len(text.encode())
    return dict(sorted(found.items()))


def _paths(config: Extraction) -> Iterator[Path]:
    chance = random.Random(config.seed)
    for root, names in ((library(), "*.py"), *((Path(path), "*") for path in config.paths)):
        if not root.is_dir():
            raise RefusedError(f"extraction.paths: {root} is no directory; give directories of source code.")
        files = sorted(path for path in root.rglob(names) if path.is_file())
        some = [path for path in files if not LEFT_OUT.intersection(path.relative_to(root).parts)]
        yield from chance.sample(some, len(some))


def _round(files: Sequence[File]) -> Done:
    began = time.thread_time()
    units = sum(len(extract(file)) for file in files)
    return Done(units, time.thread_time() - began)


def _rates(files: Sequence[File], rounds: Sequence[Done]) -> Tree:
    size = sum(len(file.content.encode()) for file in files)
    return {
        "files": len(files),
        "bytes": size,
        "units": rounds[0].units,
        "bytes_per_second": figure([size / done.seconds for done in rounds]),
        "units_per_second": figure([done.units / done.seconds for done in rounds]),
    }


def table(tree: Tree) -> Table:
    """The languages, one line each: medians, with the lowest and the highest."""
    title = f"extraction of units on one core of {tree['processor']}"
    shown = Table(title=title, title_justify="left", box=None)
    for head in ("language", "MB/s", "units/s", "files", "MB"):
        shown.add_column(head, justify="left" if head == "language" else "right", no_wrap=True)
    for language, rates in tree["languages"].items():
        megabytes = {name: value / 1e6 for name, value in rates["bytes_per_second"].items()}
        cells = spread(megabytes, ".2f"), spread(rates["units_per_second"])
        shown.add_row(language, *cells, f"{rates['files']:,}", f"{rates['bytes'] / 1e6:.1f}")
    return shown
