"""Linear layers with weights laid out for oneDNN once, instead of at each call; activations compiled, or fused in.

For CPUs; bfloat16 is left to `tiles` where that was compiled. Rows of which oneDNN does not compute so many equally
(`pipeline.engine.shapes`) are computed in pieces, so that a pass may have them. torch's own activations would not keep
rows equal: it computes GELU and SiLU with other last bits at the ends of each thread's share, and where those fall
depends on the row (seen with 3, 5, 6 and 7 threads). Knows nothing of what the layers are for.
"""

from functools import cache
from typing import TypeGuard

import torch
from torch import Tensor, nn
from transformers.activations import GELUActivation, GELUTanh, SiLUActivation

from pipeline.engine.activation import CURVES, compiled
from pipeline.engine.kernel import FORMATS
from pipeline.engine.tiles import TiledLinear, tileable

# A linear layer and the activation that follows it, as Hugging Face's MLP modules name the two.
PAIRS = (("c_fc", "act"), ("gate_proj", "act_fn"), ("dense_h_to_4h", "act"))
# What oneDNN calls an activation: its name and variant.
FUSED: dict[type, tuple[str, str]] = {
    GELUTanh: ("gelu", "tanh"),
    GELUActivation: ("gelu", "none"),
    SiLUActivation: ("swish", ""),
    nn.SiLU: ("swish", ""),
}


class PackedLinear(nn.Module):
    """`nn.Linear` over a weight in oneDNN's own layout, and an activation: [..., rows, in] to [..., rows, out].

    `sizes`: numbers of rows that agree, ascending; any are taken where none are known. For inference only.
    """

    def __init__(self, linear: nn.Linear, activation: tuple[str, str] = ("none", "")) -> None:
        super().__init__()
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self.bias = linear.bias
        self.activation = activation
        self.sizes: tuple[int, ...] = ()
        self._packed = torch.ops.mkldnn._reorder_linear_weight(linear.weight.detach())

    def forward(self, rows: Tensor) -> Tensor:
        """The activation of the product of rows and weight, plus the bias; in pieces of such `sizes` as agree."""
        pieces = cut(rows.shape[-2], self.sizes)
        if len(pieces) < 2:
            return self.whole(rows)
        return torch.cat([self.whole(piece) for piece in torch.split(rows, pieces, -2)], -2)

    def whole(self, rows: Tensor) -> Tensor:
        """The same, computed at once."""
        name, variant = self.activation
        linear = torch.ops.mkldnn._linear_pointwise
        product: Tensor = linear(rows, self._packed, self.bias, name, [], variant)
        return product


@cache
def cut(rows: int, sizes: tuple[int, ...]) -> list[int]:
    """The fewest of these ascending sizes that sum up to so many rows, the largest first; none where none do."""
    fewest: list[list[int] | None] = [[]]
    for count in range(1, rows + 1):
        rests = [(size, fewest[count - size]) for size in reversed(sizes) if size <= count]
        fewest.append(min(([size, *rest] for size, rest in rests if rest is not None), key=len, default=None))
    return fewest[rows] or []


def pack_linears(model: nn.Module) -> None:
    """Puts a packed layer in the place of each linear layer that gains by it; an unshared plain weight is freed."""
    for parent in list(model.modules()):
        _fuse(parent)
        for name, child in list(parent.named_children()):
            if _packable(child):
                setattr(parent, name, TiledLinear(child) if tileable(child) else PackedLinear(child))


def _fuse(parent: nn.Module) -> None:
    for linear_name, act_name in PAIRS:
        linear, activation = getattr(parent, linear_name, None), getattr(parent, act_name, None)
        fused, curve = FUSED.get(type(activation)), CURVES.get(type(activation))
        if curve and _packable(linear) and tileable(linear):
            setattr(parent, linear_name, TiledLinear(linear, curve))
            setattr(parent, act_name, nn.Identity())
        elif _plain(linear) and (made := compiled(activation)):
            setattr(parent, act_name, made)
        elif fused and _packable(linear):
            setattr(parent, linear_name, PackedLinear(linear, fused))
            setattr(parent, act_name, nn.Identity())


def _packable(layer: object) -> TypeGuard[nn.Linear]:
    """Whether this is a plain linear layer that oneDNN computes natively."""
    if not _plain(layer):
        return False
    if layer.weight.dtype == torch.bfloat16:
        return torch.cpu._is_avx512_bf16_supported()
    return bool(torch.backends.mkldnn.is_available())  # type: ignore[no-untyped-call]


def _plain(layer: object) -> TypeGuard[nn.Linear]:
    """Whether this is a linear layer and nothing else, on a processor, in a number format of both libraries."""
    return type(layer) is nn.Linear and layer.weight.device.type == "cpu" and layer.weight.dtype in FORMATS
