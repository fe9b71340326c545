"""The engines: equal work for all, and equal tokens where arithmetic allows it."""

import json
import random
import shutil
from pathlib import Path

import pytest

from pipeline.benchmark.engines import ENGINES, check
from pipeline.benchmark.machine import Machine, parameters
from pipeline.benchmark.rows import Row
from pipeline.config.benchmark import Benchmark, Model
from pipeline.errors import UsageError
from pipeline.weights import Weights, locate

HEADER = tuple(range(20, 60))


@pytest.fixture(scope="module")
def config(model: Path) -> Benchmark:
    return Benchmark(model=Model(path=str(model), dtype="float32"), device="cpu")


@pytest.fixture(scope="module")
def weights(config: Benchmark) -> Weights:
    return locate(config.model)


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """More than a static batch, of mixed lengths, with a common header."""
    chance = random.Random(1)
    lengths = [(chance.randint(1, 90), chance.randint(1, 20)) for _ in range(40)]
    return [Row((*HEADER, *(chance.randrange(400) for _ in range(prompt))), most) for prompt, most in lengths]


def test_every_engine_gives_the_same_tokens_and_as_many_as_asked(
    config: Benchmark, weights: Weights, rows: list[Row]
) -> None:
    outputs = {name: make(config, weights)(rows) for name, make in ENGINES.items()}
    assert [len(tokens) for tokens in outputs["native"]] == [row.max_tokens for row in rows]
    assert outputs["generate"] == outputs["native"]
    assert outputs["generate_batched"] == outputs["native"]


def test_the_end_token_ends_nothing(config: Benchmark, weights: Weights, rows: list[Row], tmp_path: Path) -> None:
    output = ENGINES["native"](config, weights)(rows)
    folder = shutil.copytree(weights.path, tmp_path / "model")
    for name in ("config.json", "generation_config.json"):
        settings = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps(settings | {"eos_token_id": output[0][1]}))
    ended = locate(Model(path=str(folder)))
    assert ended.stop_ids == (output[0][1],)
    assert all(make(config, ended)(rows) == output for make in ENGINES.values())


def test_an_unknown_engine_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"no engine 'navite'\. Allowed: native, generate"):
        check(["native", "navite"])


def test_the_machine_tells_what_it_is_and_multiplies(config: Benchmark, weights: Weights) -> None:
    reading = Machine(config, weights)(None)
    assert reading.peak > 1e8
    assert (reading.facts.dtype, reading.facts.vocabulary, reading.facts.width) == ("float32", 400, 32)


def test_parameters_leave_embeddings_out_and_count_the_head_apart(weights: Weights) -> None:
    from transformers import AutoConfig

    width, key, layers = 32, 16, 2
    attention = width * (width + 2 * key) + (width + 2 * key) + width * width + width
    feed_forward = 2 * 4 * width * width + 4 * width + width
    norms = 2 * 2 * width
    body, head = parameters(AutoConfig.from_pretrained(weights.path))
    assert body == layers * (attention + feed_forward + norms) + 2 * width
    assert head == 400 * width
