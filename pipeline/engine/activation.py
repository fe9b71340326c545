"""Activations of the form x · sigmoid(slope · x + bend · x³), compiled (kernel.c): SiLU, and GELU by its tangent.

Each number is computed by itself, in the same way wherever it stands. oneDNN's looks the tangent up in tables, which
with AVX2 takes half as long as the product before it; `linear` fuses that one in where nothing was compiled.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from transformers.activations import GELUTanh, SiLUActivation

from pipeline.engine.kernel import library

# tanh(z) = 2 · sigmoid(2z) - 1 in the approximation of Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415
GELU = 2 * math.sqrt(2 / math.pi)


class Curve(NamedTuple):
    """x · sigmoid(slope · x + bend · x³)."""

    slope: float
    bend: float


STRAIGHT = Curve(0.0, 0.0)  # no activation, where one is fused in
CURVES: dict[type, Curve] = {
    GELUTanh: Curve(GELU, GELU * 0.044715),
    SiLUActivation: Curve(1.0, 0.0),
    nn.SiLU: Curve(1.0, 0.0),
}


class Activation(nn.Module):
    """Overwrites rows in float32 or bfloat16, on a processor. For inference only."""

    def __init__(self, curve: Curve) -> None:
        super().__init__()
        self._curve = curve

    def forward(self, rows: Tensor) -> Tensor:
        """The activation of `rows`, in their place where they are in one piece."""
        numbers = rows.contiguous()
        library().starscribe_activate(  # type: ignore[union-attr]  # `compiled` makes none without
            *(numbers.data_ptr(), numbers.numel(), numbers.dtype == torch.bfloat16),
            *(*self._curve, torch.get_num_threads()),
        )
        return numbers


def compiled(layer: object) -> Activation | None:
    """What computes the same as a module of activation, if it is known and was compiled."""
    curve = CURVES.get(type(layer))
    return Activation(curve) if curve and library() else None
