"""Packed layers: the same function as the plain ones, and equal rows whatever the number of threads."""

from itertools import combinations_with_replacement

import pytest
import torch
from torch import nn
from transformers.activations import ACT2FN

from pipeline.engine import linear
from pipeline.engine.activation import Activation
from pipeline.engine.linear import PackedLinear, cut, pack_linears
from pipeline.engine.tiles import TiledLinear, tileable

DTYPES = [torch.float32] + [torch.bfloat16] * torch.cpu._is_avx512_bf16_supported()


class Block(nn.Module):
    def __init__(self, activation: str, size: int = 512) -> None:
        super().__init__()
        self.c_fc, self.act, self.c_proj = nn.Linear(64, size), ACT2FN[activation], nn.Linear(size, 64, bias=False)

    def forward(self, rows):
        return self.c_proj(self.act(self.c_fc(rows)))


@pytest.fixture(params=["tiled", "compiled", "fused"])
def way(request, monkeypatch):
    """As usual, as without tiles, and as where nothing was compiled."""
    if request.param != "tiled":
        monkeypatch.setattr(linear, "tileable", lambda layer: False)
    if request.param == "fused":
        monkeypatch.setattr(linear, "compiled", lambda activation: None)
    return request.param


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("activation", ["gelu", "gelu_pytorch_tanh", "silu", "relu"])
@torch.inference_mode()
def test_packing_keeps_the_function(activation, dtype, way):
    torch.manual_seed(0)
    block, rows = Block(activation).to(dtype), torch.randn(1, 64, 64, dtype=dtype)
    plain = block(rows)
    slack = 2e-2 if dtype == torch.bfloat16 else 1e-5  # fused, an activation sees unrounded sums
    pack_linears(block)
    tiles = way == "tiled" and tileable(nn.Linear(64, 64, dtype=dtype))
    assert isinstance(block.c_proj, TiledLinear if tiles else PackedLinear)
    torch.testing.assert_close(block(rows), plain, rtol=slack, atol=slack)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("activation", ["gelu_pytorch_tanh", "silu"])
@pytest.mark.parametrize("threads", [2, 3, 7])
@torch.inference_mode()
def test_equal_rows_give_equal_rows_where_threads_share_them_unevenly(activation, dtype, threads, way):
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    block, row = Block(activation, 2048).to(dtype), torch.randn(64, dtype=dtype)
    pack_linears(block)
    found = block.act(block.c_fc(row.repeat(256, 1)))
    assert (found == found[0]).all()


@pytest.mark.parametrize("sizes", [(48, 64, 96), (16, 32, 512), (7, 30), (5,)])
def test_rows_are_cut_into_the_fewest_pieces(sizes):
    sums = {sum(some): len(some) for n in range(9, 0, -1) for some in combinations_with_replacement(sizes, n)}
    for rows in range(1, 200):
        pieces = cut(rows, sizes)
        if rows in sums:
            assert len(pieces) == sums[rows]
        assert not pieces or (sum(pieces) == rows and set(pieces) <= set(sizes))


def test_other_layers_are_left_alone():
    model = nn.ModuleDict({"float16": nn.Linear(8, 8).half(), "norm": nn.LayerNorm(8), "block": Block("silu").half()})
    pack_linears(model)
    assert type(model["float16"]) is nn.Linear
    assert not isinstance(model["block"].act, Activation)
