"""Which numbers of rows agree: what the layers themselves do decides."""

import pytest
import torch
from torch import nn
from transformers.pytorch_utils import Conv1D

from pipeline.engine.linear import PackedLinear, pack_linears
from pipeline.engine.shapes import SMALL, settle

# What the processor computes with: in bfloat16 the others take minutes.
NATIVE = torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32


class Model(nn.Module):
    """A model of one layer, whose products differ where `differs` says so."""

    device, dtype = torch.device("cpu"), torch.float32

    def __init__(self, differs):
        super().__init__()
        self.layer = Layer(8, 8)
        self.layer.differs = differs


class Layer(nn.Linear):
    def forward(self, rows):
        return super().forward(torch.zeros_like(rows)) + self.differs(rows)


def test_the_largest_set_that_agrees_is_taken():
    assert settle(Model(lambda rows: len(rows) > 320)) == [size for size in SMALL if size <= 320]
    assert settle(Model(lambda rows: len(rows) < 48)) == [size for size in SMALL if size >= 48]


class Uneven(PackedLinear):
    """One that sums each other number of rows in a way of its own."""

    def whole(self, rows):
        count = rows.shape[-2]
        return super().whole(rows) + (0 if count in (48, 64, 96) else count)


def test_what_a_packed_layer_computes_otherwise_it_computes_in_pieces_that_agree():
    model = Model(lambda rows: len(rows) == 320)
    model.packed = Uneven(nn.Linear(8, 8))
    sizes, rows = settle(model), torch.randn(SMALL[-1], 8)
    expected = torch.cat([model.packed.whole(part) for part in rows.split(64)])
    assert sizes == [48, 64, 96, 128, 192, 256, 384, 512]
    for size in sizes:
        assert torch.equal(model.packed(rows[:size]), expected[:size])


def test_numbers_where_a_rows_place_matters_are_left_out():
    def place(rows):
        return torch.arange(len(rows))[:, None] * (len(rows) == 64)

    assert 64 not in settle(Model(place))
    assert settle(Model(lambda rows: torch.arange(len(rows))[:, None])) == [SMALL[-1]]


def test_numbers_that_the_device_cannot_compute_are_left_out():
    def refused(rows):
        if len(rows) in (16, 64):
            raise RuntimeError("CUBLAS_STATUS_NOT_SUPPORTED")
        return 0

    assert settle(Model(refused)) == [size for size in SMALL if size not in (16, 64)]


@pytest.mark.parametrize("kind", [nn.Linear, lambda wide, narrow: Conv1D(narrow, wide)], ids=["linear", "conv"])
@pytest.mark.parametrize(("wide", "narrow"), [(1280, 320), (320, 448), (2048, 512)])
def test_numbers_that_are_taken_agree_on_other_rows_too(kind, wide, narrow):
    model = nn.Sequential(kind(wide, narrow)).to(NATIVE).requires_grad_(False)
    pack_linears(model)
    model.device, model.dtype = torch.device("cpu"), NATIVE
    rows = torch.randn(15_360, wide, generator=torch.Generator().manual_seed(1)).to(NATIVE)
    made = [torch.cat([model(part) for part in rows.split(size)]) for size in settle(model)]
    assert all(torch.equal(other, made[0]) for other in made)


def test_a_real_model_has_some(model):
    for dtype in ("float32", "bfloat16"):
        assert len(settle(model("gpt_bigcode", dtype))) > 1
