"""Linear layers in bfloat16 on AMX and AVX-512, compiled (kernel.c): weights in tiles, activations in the same sweep.

Each row is computed by itself, in sums of one order, so that any number of rows gives it the same bits; oneDNN, which
`linear` takes elsewhere, chooses its order by their number. Knows nothing of what the layers are for.
"""

import ctypes

import torch
from torch import Tensor, nn

from pipeline.engine.activation import STRAIGHT, Curve
from pipeline.engine.kernel import library

SIDE, STEP = 32, 32  # as in kernel.c: columns of a block of weights, and numbers of a row in a step
LINE = 32  # numbers in a line of a cache


class Product(ctypes.Structure):
    """`product` of kernel.c."""

    _fields_ = (
        *((name, ctypes.c_int32) for name in ("rows", "in", "out", "add")),
        *((name, ctypes.c_float) for name in ("slope", "bend")),
        *((name, ctypes.c_void_p) for name in ("input", "weights", "bias", "output")),
        *((name, ctypes.c_int64) for name in ("input_row", "output_row")),
    )


class TiledLinear(nn.Module):
    """`nn.Linear` and the activation behind it: [..., rows, in] to [..., rows, out]. For inference only.

    `onto`: rows that the next output is added to, in their place; None for an output of its own. `kept` [rows]: the
    rows that are computed of the next ones; None for all.
    """

    onto: Tensor | None = None
    kept: Tensor | None = None

    def __init__(self, linear: nn.Linear, curve: Curve = STRAIGHT) -> None:
        super().__init__()
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self._curve = curve
        missing = -self.out_features % SIDE
        blocks = nn.functional.pad(linear.weight.detach(), (0, 0, 0, missing))
        blocks = blocks.view(-1, 2, 16, self.in_features // STEP, 16, 2)
        self._blocks = blocks.permute(0, 3, 1, 4, 2, 5).contiguous()
        bias = linear.weight.new_zeros(self.out_features) if linear.bias is None else linear.bias.detach()
        self._bias = nn.functional.pad(bias.float(), (0, missing))

    def forward(self, rows: Tensor) -> Tensor:
        """The activation of the product of rows and weight, plus the bias. MemoryError where sums have no room."""
        onto, kept = self.onto, self.kept
        if onto is not None:
            self.onto = None
        if kept is not None:
            self.kept, rows = None, rows[..., kept, :]
        rows = rows if rows.stride(-1) == 1 and rows.shape[:-2].numel() == 1 else rows.contiguous()
        output = rows_apart(rows, self.out_features) if onto is None else onto
        product = self.product(onto is not None)
        product.rows, product.input, product.input_row = rows.shape[:-1].numel(), rows.data_ptr(), rows.stride(-2)
        product.output, product.output_row = output.data_ptr(), output.stride(-2)
        if library().starscribe_multiply(ctypes.byref(product), torch.get_num_threads()):  # type: ignore[union-attr]
            raise MemoryError("no memory for sums of products")
        return output

    def product(self, add: bool) -> Product:
        """What kernel.c is to multiply, but for the rows: put out, or added to what is there."""
        return Product(
            *(0, self.in_features, self.out_features, add, *self._curve),
            *(None, self._blocks.data_ptr(), self._bias.data_ptr()),
        )


def rows_apart(rows: Tensor, features: int) -> Tensor:
    """Room for as many rows of so many features, an odd number of lines apart.

    The innermost cache has few places for lines that are a power of two apart, and 12 or 16 rows are read at once.
    """
    lines = -(-features // LINE)
    return rows.new_empty(*rows.shape[:-1], (lines + (lines % 2 == 0)) * LINE)[..., :features]


def tileable(layer: nn.Linear) -> bool:
    """Whether kernel.c was compiled, multiplies bfloat16 on this processor, and the layer's rows fill its tiles."""
    found = library()
    fitting = layer.weight.dtype == torch.bfloat16 and layer.in_features % STEP == 0
    return fitting and found is not None and bool(found.starscribe_multiplies())
