"""Instruction pairs: mined from documented code, or read from files.

In: the `data` section. Out: pairs for training and for validation, which share no code. Knows nothing of tokens.
"""

import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow.json
import pyarrow.parquet

from pipeline.config import Task
from pipeline.config.training import Data, Sources
from pipeline.errors import RefusedError
from pipeline.hashes import digest
from pipeline.training.docstrings import description, summary
from pipeline.training.explanation import explain
from pipeline.training.forms import form
from pipeline.training.sources import STANDARD_LIBRARY, Source, sources
from pipeline.training.units import Example, examples

PLACEHOLDER = re.compile(r"\{(kind|name|language)\}")
FIELDS = ("instruction", "input", "output")


@dataclass(frozen=True, slots=True)
class Pair:
    """An instruction with its input and the output to learn."""

    instruction: str
    input: str
    output: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Pairs:
    """What to train on, what to validate with, and where it comes from (sources with their number of pairs)."""

    training: list[Pair]
    validation: list[Pair]
    sources: list[tuple[Source, int]]


# Pairs to train on or to hold out at random, pairs that are held out anyway, and their sources.
Found = tuple[list[Pair], list[Pair], list[tuple[Source, int]]]


def gather(data: Data, tasks: Mapping[str, Task], seed: int) -> Pairs:
    """The pairs of a configuration, in an order that the seed gives.

    Raises RefusedError where a file cannot be read or nothing is found.
    """
    draw = random.Random(seed)
    found, held_out, used = _mined(data.sources, tasks, draw) if data.sources else _read(data)
    if not found:
        raise RefusedError("There are no pairs to train on; check data.files or data.sources.")
    draw.shuffle(found)
    kept = {pair.input for pair in found[: round(len(found) * data.validation)]}
    kept |= {pair.input for pair in held_out}
    validation = held_out + [pair for pair in found if pair.input in kept]
    return Pairs([pair for pair in found if pair.input not in kept], validation, used)


def read(path: Path) -> list[Pair]:
    """The pairs of a JSON (one list), JSONL or Parquet file; other columns are passed over."""
    try:
        if path.suffix == ".parquet":
            rows = pyarrow.parquet.read_table(path, columns=list(FIELDS)).to_pylist()
        elif path.suffix == ".jsonl":
            rows = pyarrow.json.read_json(path).select(list(FIELDS)).to_pylist()
        else:
            rows = json.loads(path.read_text(encoding="utf-8"))
        return [Pair(*(row[field] or "" for field in FIELDS)) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RefusedError(f"{path} cannot be read as pairs of {', '.join(FIELDS)}: {error}.") from error


def _read(data: Data) -> Found:
    return [pair for path in data.files for pair in read(Path(path))], [], []


def _mined(config: Sources, tasks: Mapping[str, Task], draw: random.Random) -> Found:
    everything = list(sources(config))
    held_out = [p for s in everything for p in _held_out(s, config, tasks)]
    draw.shuffle(held_out)
    hidden = {pair.input for pair in held_out}
    seen: set[str] = set()
    found: list[Pair] = []
    used = []
    for source in everything:
        units = [e for e in _taken(source, config, draw) if e.code not in hidden and not _repeated(e, seen)]
        pairs = [pair for example in units for pair in paired(example, tasks, source.name)]
        found += pairs
        used.append((source, len(pairs)))
    return found, held_out, [(source, count) for source, count in used if count]


def _taken(source: Source, config: Sources, draw: random.Random) -> list[Example]:
    """A random part of a source, up to its limit; the standard library whole, without what is held out."""
    files = [(n, p) for n, p in source.files if not _is_held_out(source, n, config)]
    draw.shuffle(files)
    limit = None if source.name == STANDARD_LIBRARY else config.most_per_source
    taken: list[Example] = []
    for name, path in files:
        if limit is not None and len(taken) >= limit:
            break
        taken += _examples(name, path, config.longest)
    return taken


def _held_out(source: Source, config: Sources, tasks: Mapping[str, Task]) -> Iterator[Pair]:
    for name, path in source.files:
        if _is_held_out(source, name, config):
            for example in _examples(name, path, config.longest):
                yield from paired(example, tasks, name)


def _is_held_out(source: Source, name: str, config: Sources) -> bool:
    return source.name == STANDARD_LIBRARY and name.split("/")[0] in config.held_out


def _examples(name: str, path: Path, longest: int) -> Iterator[Example]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return
    yield from examples(text, name, longest)


def _repeated(example: Example, seen: set[str]) -> bool:
    key = digest(example.code)
    found = key in seen
    seen.add(key)
    return found


def paired(example: Example, tasks: Mapping[str, Task], source: str) -> Iterable[Pair]:
    """One pair for each task that the docstring is of use for."""
    text = description(example.docstring)
    if text is None:
        return
    for name, task in tasks.items():
        output = _answer(example, text, name, task)
        if output is not None:
            yield Pair(_instruction(task, example), example.code, output, source)


def _answer(example: Example, text: str, name: str, task: Task) -> str | None:
    if name == "explain":
        return explain(example, summary(text))
    return form(example, f"{summary(text)}.") if task.guided else text


def _instruction(task: Task, example: Example) -> str:
    values = {"kind": example.kind, "name": example.name, "language": "Python"}
    return PLACEHOLDER.sub(lambda match: values[match[1]], task.instruction)
