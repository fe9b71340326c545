"""The engines: equal work for all, and equal tokens where arithmetic allows it."""

import json
import random
import shutil
from pathlib import Path

import pytest

from pipeline.benchmark.engines import ENGINES, check, environment
from pipeline.benchmark.machine import Machine, parameters
from pipeline.benchmark.rows import Row
from pipeline.benchmark.worker import Worker
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


@pytest.mark.parametrize("name", list(ENGINES))
def test_every_engine_gives_as_many_tokens_as_asked_and_the_same(
    config: Benchmark, weights: Weights, rows: list[Row], name: str
) -> None:
    if name == "vllm":
        pytest.importorskip("vllm", reason="vLLM is not installed here: `make bench-peers` tests it")
    output = ENGINES["native"](config, weights)(rows)
    assert [len(tokens) for tokens in output] == [row.max_tokens for row in rows]
    with Worker(name, ENGINES[name], config, weights, environment=environment(name)) as call:
        assert call(rows).value == output


@pytest.mark.parametrize("name", [name for name in ENGINES if name != "vllm"])
def test_the_end_token_ends_nothing(
    config: Benchmark, weights: Weights, rows: list[Row], tmp_path: Path, name: str
) -> None:
    output = ENGINES["native"](config, weights)(rows)
    folder = shutil.copytree(weights.path, tmp_path / "model")
    for file in ("config.json", "generation_config.json"):
        settings = json.loads((folder / file).read_text())
        (folder / file).write_text(json.dumps(settings | {"eos_token_id": output[0][1]}))
    ended = locate(Model(path=str(folder)))
    assert ended.stop_ids == (output[0][1],)
    assert ENGINES[name](config, ended)(rows) == output


def test_an_unknown_engine_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"no engine 'navite'\. Allowed: native, vllm, "):
        check(["native", "navite"])


def test_the_machine_tells_what_it_is_and_multiplies(config: Benchmark, weights: Weights) -> None:
    reading = Machine(config, weights)(None)
    assert reading.peak > 1e8
    assert (reading.facts.dtype, reading.facts.vocabulary, reading.facts.width) == ("float32", 400, 64)


def test_parameters_leave_embeddings_out_and_count_the_head_apart(weights: Weights) -> None:
    from transformers import AutoConfig

    width, key, layers = 64, 32, 2
    attention = width * (width + 2 * key) + (width + 2 * key) + width * width + width
    feed_forward = 2 * 4 * width * width + 4 * width + width
    norms = 2 * 2 * width
    body, head = parameters(AutoConfig.from_pretrained(weights.path))
    assert body == layers * (attention + feed_forward + norms) + 2 * width
    assert head == 400 * width
