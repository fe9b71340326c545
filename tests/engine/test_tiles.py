"""Layers in tiles: the same function as the plain ones, and for a row the same bits, whatever is beside it."""

import pytest
import torch
from torch import nn
from torch.nn.functional import gelu, linear
from transformers.activations import GELUTanh

from pipeline.engine.activation import CURVES
from pipeline.engine.tiles import TiledLinear, tileable

pytestmark = pytest.mark.skipif(
    not tileable(nn.Linear(32, 32, dtype=torch.bfloat16)), reason="nothing here multiplies bfloat16"
)
# Columns and rows that fill no tile, one that does, more than are summed at a time, and rows of the same cache lines.
SHAPES = [(32, 1), (64, 70), (96, 640), (544, 33), (1568, 1024)]
ROWS = [1, 15, 16, 17, 31, 33, 64, 100]


def made(wide: int, narrow: int, bias: bool = True) -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(wide, narrow, bias).to(torch.bfloat16)


def exact(layer: nn.Linear, rows: torch.Tensor) -> torch.Tensor:
    return linear(rows.double(), layer.weight.double(), None if layer.bias is None else layer.bias.double())


def assert_rounded(found: torch.Tensor, wanted: torch.Tensor) -> None:
    torch.testing.assert_close(found.double(), wanted, rtol=2**-8, atol=1e-5)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("wide", "narrow"), SHAPES)
@torch.inference_mode()
def test_is_the_exact_product_rounded_once(wide, narrow, bias):
    torch.set_num_threads(2)
    layer = made(wide, narrow, bias)
    tiled = TiledLinear(layer)
    for count in ROWS:
        rows = torch.randn(1, count, wide).to(torch.bfloat16)
        assert_rounded(tiled(rows), exact(layer, rows))


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
@pytest.mark.parametrize(("wide", "narrow"), SHAPES)
@torch.inference_mode()
def test_a_row_gives_the_same_alone_and_anywhere_among_others(wide, narrow, threads):
    tiled, rows = TiledLinear(made(wide, narrow)), torch.randn(600, wide).to(torch.bfloat16)
    alone = torch.cat([tiled(row[None]) for row in rows])
    torch.set_num_threads(threads)
    assert torch.equal(tiled(rows), alone)
    for count in ROWS:
        assert torch.equal(tiled(rows[5 : 5 + count]), alone[5 : 5 + count])


@torch.inference_mode()
def test_the_activation_sees_the_sums_before_they_are_rounded():
    layer, rows = made(64, 128), torch.randn(40, 64).to(torch.bfloat16) * 3
    wanted = gelu(exact(layer, rows), approximate="tanh")
    assert_rounded(TiledLinear(layer, CURVES[GELUTanh])(rows), wanted)


@torch.inference_mode()
def test_the_next_output_alone_is_added_onto_what_is_given_in_its_place():
    layer = made(64, 96)
    tiled, rows, onto = TiledLinear(layer), *torch.randn(2, 1, 40, 96).to(torch.bfloat16)
    rows, before = rows[..., :64], onto.clone()
    tiled.onto = onto
    assert tiled(rows).data_ptr() == onto.data_ptr()
    assert_rounded(onto, before.double() + exact(layer, rows))
    assert_rounded(tiled(rows), exact(layer, rows))


@torch.inference_mode()
def test_what_stands_beside_the_rows_is_neither_read_nor_written():
    layer = made(64, 70)
    wide = torch.full((3, 20, 100), float("nan"), dtype=torch.bfloat16)
    wide[1, :, 7:71] = rows = torch.randn(20, 64).to(torch.bfloat16)
    found = TiledLinear(layer)(wide[1, :, 7:71])
    assert_rounded(found, exact(layer, rows))
    assert wide.isnan().sum() == wide.numel() - rows.numel()


def test_others_do_not_fit():
    assert not tileable(nn.Linear(32, 32))
    assert not tileable(nn.Linear(40, 32, dtype=torch.bfloat16))
