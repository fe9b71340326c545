"""The default workload: functions of the running interpreter's standard library, asked about as in the main job.

In: the configuration and the model's files. Out: rows, the same for the same seed and interpreter. Knows nothing of
engines.
"""

import random
import sysconfig
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from pipeline import tokenizer
from pipeline.benchmark.rows import Row
from pipeline.config import Task
from pipeline.config.benchmark import Benchmark
from pipeline.errors import RefusedError
from pipeline.extract import extract
from pipeline.prompt import Prompter
from pipeline.schema import File, Origin, Prompt
from pipeline.weights import Weights

LEFT_OUT = {"site-packages", "dist-packages", "test", "tests", "idlelib", "lib2to3", "turtledemo", "pydoc_data"}
PER_FILE = 4  # so that no module gives the workload its lengths
LARGEST = 1_000_000  # bytes; the longest code that a prompt is made of


def rows(config: Benchmark, weights: Weights) -> list[Row]:
    """Prompts of functions, with output lengths drawn evenly from the range that the workload gives.

    RefusedError where the library has too few functions that the model's window holds.
    """
    work, chance = config.workload, random.Random(config.workload.seed)
    found = list(islice(_prompts(config, weights, chance), work.functions))
    if len(found) < work.functions:
        raise RefusedError(
            f"workload.functions is {work.functions}, but only {len(found)} functions of the standard library in "
            f"{library()} fit the model's window of {weights.window} tokens; ask for fewer."
        )
    return [Row(prompt.token_ids, chance.randint(work.shortest, work.longest)) for prompt in found]


def _prompts(config: Benchmark, weights: Weights, chance: random.Random) -> Iterator[Prompt]:
    task = Task(instruction=config.workload.instruction, max_tokens=config.workload.longest)
    tokens = tokenizer.load(weights.path)
    prompter = Prompter(config.template, {"explain": task}, tokens, weights.window, LARGEST)
    for file in _files(library(), chance):
        units = extract(file, ["function", "method"])
        for unit in chance.sample(units, min(PER_FILE, len(units))):
            yield from (prompt for prompt in prompter(unit) if prompt.token_ids)


def _files(root: Path, chance: random.Random) -> Iterator[File]:
    names = [path.relative_to(root) for path in sorted(root.rglob("*.py"))]
    some = [name for name in names if not LEFT_OUT.intersection(name.parts)]
    for name in chance.sample(some, len(some)):
        text = (root / name).read_text(encoding="utf-8", errors="replace")
        yield File(Origin(str(name), 0, path=name.as_posix(), language="Python"), text)


def library() -> Path:
    """The directory of the standard library."""
    return Path(sysconfig.get_path("stdlib"))
