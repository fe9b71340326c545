"""Compiled activations: what torch computes in double precision, rounded, and the same wherever a number stands."""

import pytest
import torch
from torch import nn
from torch.nn.functional import gelu, silu
from transformers.activations import GELUTanh

from pipeline.engine import kernel
from pipeline.engine.activation import compiled

pytestmark = pytest.mark.skipif(kernel.library() is None, reason="nothing was compiled")
DTYPES = [torch.float32, torch.bfloat16]
EXACT = [(GELUTanh(), lambda x: gelu(x, approximate="tanh")), (nn.SiLU(), silu)]


@pytest.mark.parametrize(("layer", "exact"), EXACT, ids=["gelu", "silu"])
@pytest.mark.parametrize("dtype", DTYPES)
@torch.inference_mode()
def test_equals_the_function(layer, exact, dtype):
    ends = torch.tensor([0, -0.0, 1e-30, -1e-30, 20, -20, 88, -88, 1e4, -1e4, 1e30, -1e30])
    numbers = torch.cat([torch.linspace(-12, 12, 4001), ends]).to(dtype)
    slack = 1e-6 if dtype == torch.float32 else 2**-8
    torch.testing.assert_close(
        compiled(layer)(numbers.clone()).double(), exact(numbers.double()), rtol=slack, atol=1e-6
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("threads", [1, 2, 3, 7])
@torch.inference_mode()
def test_a_number_gives_the_same_wherever_it_stands(dtype, threads):
    torch.set_num_threads(threads)
    found = compiled(GELUTanh())(torch.full((5, 1009), 0.7371, dtype=dtype))
    assert (found == found[0, 0]).all()


@torch.inference_mode()
def test_numbers_beside_those_asked_for_are_left_alone():
    numbers = torch.full((3, 100), 2.0)
    compiled(nn.SiLU())(numbers[1])
    assert (numbers[::2] == 2).all()
    assert (numbers[1] != 2).all()


def test_others_are_not_compiled():
    assert compiled(nn.ReLU()) is None
