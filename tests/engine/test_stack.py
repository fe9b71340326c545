"""Layers in one call: the same bits as layer for layer."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn
from transformers import AutoModelForCausalLM, GPTBigCodeConfig

from pipeline.engine import model, stack
from pipeline.engine.batch import Span, pack
from pipeline.engine.paged import PagedCache
from pipeline.engine.runner import Runner
from pipeline.engine.stack import Stack
from pipeline.engine.tiles import tileable
from tests.engine.conftest import BIGCODE

pytestmark = pytest.mark.skipif(
    not tileable(nn.Linear(32, 32, dtype=torch.bfloat16)), reason="nothing here multiplies bfloat16"
)
SHAPES = [(64, 4, 2), (96, 2, 1), (160, 10, 3), (256, 1, 2)]  # hidden size, heads, layers


def stacks(module):
    return [each for each in module.modules() if isinstance(each, Stack)]


def spans(count):
    """Prompts of several lengths, of which one goes on with a token, and one in the middle of a page."""
    lengths = (70, 1, 33, 130, 5)[:count]
    pages = [[1 + 3 * i, 2 + 3 * i, 3 + 3 * i] for i in range(count)]
    prompts = [Span([(7 * i + k) % 300 for i in range(n)], 0, pages[k], n) for k, n in enumerate(lengths)]
    more = [Span([9], prompts[0].end, pages[0], 70), Span([5] * 40, 1, pages[1], 41)]
    return prompts, more


@pytest.fixture
def folder(tmp_path, request):
    size, heads, layers = request.param
    torch.manual_seed(0)
    shape = BIGCODE | {"n_embd": size, "n_head": heads, "n_layer": layers}
    made = AutoModelForCausalLM.from_config(GPTBigCodeConfig(**shape))
    for vector in (each for each in made.parameters() if each.ndim == 1):  # biases and norms, which begin as 0 and 1
        nn.init.normal_(vector.requires_grad_(False), std=0.3)
    made.save_pretrained(tmp_path)
    return tmp_path


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("folder", SHAPES, indirect=True)
def test_gives_the_same_bits_as_layer_for_layer(folder, threads, monkeypatch):
    found = []
    torch.set_num_threads(threads)
    for make in (model.stack_layers, lambda _: None):
        monkeypatch.setattr(model, "stack_layers", make)
        loaded = model.load_model(folder, "bfloat16", "cpu")
        runner, (prompts, more) = Runner(loaded, 200), spans(5)
        found.append([runner.run(prompts, [0, 2, 3]), runner.run(more, [0]), runner.run(prompts[1:3], [0, 1])])
        assert len(stacks(loaded)) == (len(found) == 1)
    assert all(map(torch.equal, *found))


@pytest.mark.parametrize("folder", SHAPES[2:3], indirect=True)
def test_the_last_layer_ends_rows_that_are_not_kept(folder):
    loaded = model.load_model(folder, "bfloat16", "cpu")
    runner, (prompts, _) = Runner(loaded, 200), spans(5)
    batch = pack(prompts, 240, [69, 103, 0, 0], runner.cache, loaded.device)
    rows = torch.randn(1, 240, 160, generator=torch.Generator().manual_seed(0)).bfloat16()
    wanted = rows.clone()
    (made,) = stacks(loaded)
    found = made(rows, batch=batch)
    for layer in made.layers[:-1]:
        wanted = layer(wanted, batch=batch)
    ended = [row for row in range(239) if row not in (0, 69, 103)]
    assert torch.equal(found[:, ended], wanted[:, ended])
    assert not any(torch.equal(found[:, row], wanted[:, row]) for row in (69, 103))


@pytest.mark.parametrize("folder", SHAPES[:1], indirect=True)
def test_goes_layer_for_layer_with_another_cache(folder, monkeypatch):
    loaded = model.load_model(folder, "bfloat16", "cpu")
    compiled = Runner(loaded, 200).run(spans(3)[0], [0, 2])
    monkeypatch.setattr("pipeline.engine.kernel.KernelCache.usable", lambda *_: False)
    runner = Runner(loaded, 200)
    assert isinstance(runner.cache, PagedCache)
    assert torch.cosine_similarity(runner.run(spans(3)[0], [0, 2]).float(), compiled.float()).min() > 0.99


@pytest.mark.parametrize("folder", SHAPES[:1], indirect=True)
def test_says_where_memory_is_missing(folder, monkeypatch):
    runner = Runner(model.load_model(folder, "bfloat16", "cpu"), 200)
    monkeypatch.setattr(stack.kernel, "library", lambda: SimpleNamespace(starscribe_layers=lambda *_: -1))
    with pytest.raises(MemoryError):
        runner.run(spans(3)[0], [0])


@pytest.mark.parametrize("change", [{"multi_query": False}, {"activation_function": "relu"}, {"n_embd": 72}, {}])
def test_leaves_layers_alone_that_it_cannot_compute(tmp_path, change):
    shape = BIGCODE | {"n_embd": 128} | change
    AutoModelForCausalLM.from_config(GPTBigCodeConfig(**shape)).save_pretrained(tmp_path)
    assert len(stacks(model.load_model(tmp_path, "bfloat16", "cpu"))) == (not change)
    assert not stacks(model.load_model(tmp_path, "float32", "cpu"))
