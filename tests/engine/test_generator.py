"""Every engine behind one interface: what it gives back, what ends an output, what it refuses."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, GPTBigCodeConfig

from pipeline.engine import Completion, EngineError, Generator, Request, Sampling, Setup, create

from .conftest import BIGCODE, VOCABULARY, request_of

NAMES = ["native", "transformers", "vllm"]
GREEDY = [request_of(prompt, output) for prompt, output in ((1, 20), (70, 9), (200, 40), (480, 32))]
FREE = request_of(50, 30, "x")


def text(ids):
    return "".join(chr(0x4E00 + i) for i in ids)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A checkpoint with heads as wide as vLLM's attention takes them."""
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(GPTBigCodeConfig(**BIGCODE | {"n_embd": 128}))
    model.save_pretrained(path := tmp_path_factory.mktemp("model"))
    return path


@pytest.fixture(scope="module")
def native(folder) -> dict[str, Completion]:
    """What the native engine answers; made first, since vLLM changes transformers' models in its process."""
    return run(create("native", Setup(folder, "float32", "cpu", decode=text)), *GREEDY, FREE)


@pytest.fixture(scope="module", params=NAMES)
def generator(request, folder, native) -> Generator:
    if request.param == "vllm" and importlib.util.find_spec("vllm") is None:
        pytest.skip("vLLM is not installed here: `make bench-peers` brings and tests it")
    decode = None if request.param == "vllm" else text  # the checkpoint has no tokenizer for vLLM to load
    return create(request.param, Setup(folder, "float32", "cpu", decode=decode))


def run(generator: Generator, *requests: Request) -> dict[str, Completion]:
    for request in requests:
        generator.add(request)
    done: dict[str, Completion] = {}
    while len(done) < len(requests):
        done |= {completion.id: completion for completion in generator.step()}
    assert not generator.has_work
    return done


def test_greedy_tokens_are_those_of_the_native_engine(generator, native):
    assert run(generator, *GREEDY) == {request.id: native[request.id] for request in GREEDY}


def test_a_stop_id_ends_the_output_and_stands_in_it(generator, native):
    free = native["x"].token_ids
    found = run(generator, replace(FREE, stop_ids=frozenset({free[9]})))["x"]
    assert found.token_ids == free[: free.index(free[9]) + 1]
    assert (found.finish_reason, found.stop) == ("stop", free[9])


def test_a_stop_string_ends_the_output(generator, native, request):
    if request.node.callspec.params["generator"] == "vllm":
        pytest.skip("vLLM takes strings from a tokenizer, which this checkpoint does not have")
    free = native["x"].token_ids
    found = run(generator, replace(FREE, stop=(text(free[8:11]),)))["x"]
    assert (found.token_ids, found.stop) == (free[:11], text(free[8:11]))


def test_nothing_asked_for_nothing_given(generator):
    assert run(generator, Request("none", [1], 0))["none"] == Completion("none", (), "length", None)


def test_sampled_tokens_are_repeatable_and_depend_on_the_seed(generator):
    asked = [request_of(30, 20, f"{i}", sampling=Sampling(1.0, top_k=50), seed=i) for i in range(3)]
    asked = [Request(r.id, asked[0].prompt_ids, 20, r.sampling, r.seed) for r in asked]
    first, again = run(generator, *asked), run(generator, *asked)
    assert first == again
    assert len({completion.token_ids for completion in first.values()}) == 3


@pytest.mark.parametrize("request_", [Request("r", [], 5), Request("r", [VOCABULARY], 5), Request("r", [1] * 500, 13)])
def test_what_cannot_be_served_is_refused(generator, request_):
    with pytest.raises(EngineError, match="request r: "):
        generator.add(request_)
    assert not generator.has_work


def test_it_says_what_it_computes_with(generator):
    assert generator.dtype == "float32"
    assert generator.device.startswith("cpu")
