"""Compiled norms: what torch computes in double precision, rounded once, and a row by itself."""

import pytest
import torch
from torch import nn
from transformers.models.gemma.modeling_gemma import GemmaRMSNorm
from transformers.models.llama.modeling_llama import LlamaRMSNorm

from pipeline.engine import kernel
from pipeline.engine.norm import Norm, compile_norms

pytestmark = pytest.mark.skipif(kernel.library() is None, reason="nothing was compiled")
DTYPES = [torch.float32, torch.bfloat16]
SLACK = {torch.float32: 1e-5, torch.bfloat16: 2**-8}


@pytest.fixture(params=[lambda size: nn.LayerNorm(size, 1e-3), LlamaRMSNorm], ids=["layer", "rms"])
def make(request):
    def norm(size: int) -> nn.Module:
        layer = request.param(size)
        for weight in layer.parameters():
            nn.init.uniform_(weight, -2, 2)
        return layer

    return norm


def compiled(layer: nn.Module) -> nn.Module:
    holder = nn.ModuleDict({"norm": layer})
    compile_norms(holder)
    return holder["norm"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [16, 48, 256, 1040])
@torch.inference_mode()
def test_is_the_exact_norm_rounded_once(make, size, dtype):
    torch.manual_seed(0)
    layer, rows = make(size).to(dtype), (torch.randn(2, 30, size) * 5 + 3).to(dtype)
    found = compiled(layer)
    assert isinstance(found, Norm)
    exact = rows.double()
    if isinstance(layer, nn.LayerNorm):
        wanted = layer.double()(exact)
    else:
        root = (exact.square().mean(-1, keepdim=True) + layer.variance_epsilon).sqrt()
        wanted = exact / root * layer.weight.double()
    torch.testing.assert_close(found(rows).double(), wanted, rtol=SLACK[dtype], atol=SLACK[dtype])


@pytest.mark.parametrize("dtype", DTYPES)
@torch.inference_mode()
def test_a_row_gives_the_same_alone_and_among_others(make, dtype):
    layer, rows = compiled(make(64).to(dtype)), torch.randn(7, 50, 64).to(dtype)
    torch.set_num_threads(3)
    whole = layer(rows)
    layer.apart = True
    assert torch.equal(layer(rows), whole)
    assert torch.equal(layer(rows[3, 20:21]), whole[3, 20:21])
    assert torch.equal(layer(rows.transpose(0, 1)), whole.transpose(0, 1))


def test_others_are_left_alone():
    for layer in (nn.LayerNorm(20), nn.LayerNorm(32, bias=False), GemmaRMSNorm(32), nn.LayerNorm(32).half()):
        assert compiled(layer) is layer
