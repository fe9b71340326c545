"""Layers that add in place: the same as layers that do not, but for roundings that are left out."""

import pytest
import torch
from torch import nn

from pipeline.engine import block, model
from pipeline.engine.batch import Span
from pipeline.engine.block import add_in_place
from pipeline.engine.engine import Engine
from pipeline.engine.kernel import KernelCache
from pipeline.engine.tiles import TiledLinear, tileable

pytestmark = pytest.mark.skipif(
    not tileable(nn.Linear(32, 32, dtype=torch.bfloat16)), reason="nothing here multiplies bfloat16"
)


@pytest.fixture(autouse=True)
def _layer_for_layer(monkeypatch):
    monkeypatch.setattr(model, "stack_layers", lambda _: None)


ARCHITECTURES = ["gpt_bigcode", "gpt_bigcode_multi_head", "starcoder2", "llama", "qwen2", "qwen2_sliding", "qwen3"]


def logits(folder, tokens):
    loaded = model.load_model(folder, "bfloat16", "cpu")
    engine = Engine(loaded)
    pages = list(range(1, 1 + -(-len(tokens) // engine._runner.cache.page)))
    return loaded, engine._runner.run([Span(tokens, 0, pages, len(tokens))], [0]).float()


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_gives_the_same_logits_as_layers_that_add_afterwards(name, checkpoint, monkeypatch):
    tokens = [(7 * i) % 300 for i in range(150)]
    folder = checkpoint(name)
    fused, found = logits(folder, tokens)
    assert any("forward" in vars(layer) for layer in fused.modules())
    monkeypatch.setattr(model, "add_in_place", lambda _: None)
    plain, wanted = logits(folder, tokens)
    assert not any("forward" in vars(layer) for layer in plain.modules())
    assert not torch.equal(found, wanted)
    assert torch.cosine_similarity(found, wanted) > 0.999


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_last_layer_computes_no_rows_but_those_that_are_drawn_from(name, checkpoint, monkeypatch):
    spans = [
        Span([(7 * i) % 300 for i in range(n)], 0, [1 + 2 * k, 2 + 2 * k], n) for k, n in enumerate((70, 1, 33, 5))
    ]
    folder, computed, found = checkpoint(name), [], []
    for last in (block._last, block._added):
        monkeypatch.setattr(block, "_last", last)
        loaded = model.load_model(folder, "bfloat16", "cpu")
        products = [layer for layer in loaded.modules() if isinstance(layer, TiledLinear)]
        products[-2 if loaded.lm_head is products[-1] else -1].register_forward_hook(
            lambda _layer, rows, _output: computed.append(rows[0].shape[-2])
        )
        runner = Engine(loaded)._runner
        computed.clear()
        found.append([runner.run(spans, sampled) for sampled in ([0, 2], [3], [0, 1, 2, 3])])
        assert computed == ([16] * 3 if last is not block._added else [112] * 3)
    assert all(map(torch.equal, *found))


def test_the_last_layer_attends_for_the_last_row_of_each_span_alone(checkpoint, monkeypatch):
    attend, tiles = KernelCache.attend, []
    runner = Engine(model.load_model(checkpoint("gpt_bigcode"), "bfloat16", "cpu"))._runner
    monkeypatch.setattr(
        KernelCache, "attend", lambda self, *given: tiles.append(len(given[4].tiles)) or attend(self, *given)
    )
    runner.run([Span([5] * 70, 0, [1, 2], 70), Span([6], 0, [3], 1)], [0])
    assert tiles[-1] == 2
    assert set(tiles[:-1]) == {10}


def test_layers_without_tiles_are_left_alone(checkpoint):
    loaded = model.load_model(checkpoint("llama"), "float32", "cpu")
    add_in_place(loaded)
    assert not any("forward" in vars(layer) for layer in loaded.modules())
