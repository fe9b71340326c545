"""Linear layers in 8-bit floating point (e4m3: Micikevicius et al. 2022, https://arxiv.org/abs/2209.05433).

Each output's weights have a scale, and so has each row when it is multiplied, so that a row's numbers do not depend on
the rows beside it. Half the memory of bfloat16, and up to twice its speed on Hopper and later. The last layer, to the
vocabulary, stays as it is. Knows nothing of what the layers are for.
"""

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

NUMBER = torch.float8_e4m3fn
HIGHEST, LEAST = torch.finfo(NUMBER).max, 1e-12  # what a scale makes of the largest number; below LEAST it is zero
STEP = 16  # sizes are multiples of it
WIDE = 4096  # rows that more threads share


class Float8Linear(nn.Module):
    """`nn.Linear` with weights and rows in 8 bits, and sums and results as wide as before. For inference only."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self.bias = linear.bias
        weight, scales = scaled(linear.weight.detach())
        self._weight, self._scales = weight.t(), scales.t()

    def forward(self, rows: Tensor) -> Tensor:
        """The product of rows [..., in] and weight, plus the bias: [..., out]."""
        made = self.product(*scaled(rows.flatten(0, -2)), rows.dtype)
        return made.view(*rows.shape[:-1], self.out_features)

    def product(self, numbers: Tensor, scales: Tensor, dtype: torch.dtype) -> Tensor:
        """The same of rows that are in 8 bits already."""
        return torch._scaled_mm(
            numbers,
            self._weight,
            scale_a=scales,
            scale_b=self._scales,
            bias=self.bias,
            out_dtype=dtype,
            use_fast_accum=True,
        )


def scaled(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Rows [rows, size] in 8 bits, and the scale of each [rows, 1], by which it is to be multiplied."""
    if rows.device.type == "cuda":
        return _scaled_in_one(rows.contiguous())
    wide = rows.float()
    scales = wide.abs().amax(1, keepdim=True).clamp(min=LEAST) / HIGHEST
    return (wide / scales).to(NUMBER), scales


def _scaled_in_one(rows: Tensor) -> tuple[Tensor, Tensor]:
    """The same, reading each row once."""
    from triton import next_power_of_2

    from pipeline.engine.triton_kernel import scale_rows

    size = rows.shape[1]
    numbers, scales = torch.empty_like(rows, dtype=NUMBER), rows.new_empty(len(rows), 1, dtype=torch.float32)
    scale_rows[len(rows),](
        rows,
        numbers,
        scales,
        SIZE=size,
        WIDTH=next_power_of_2(size),
        HIGHEST=HIGHEST,
        LEAST=LEAST,
        num_warps=16 if size > WIDE else 4,
    )
    return numbers, scales


def convert(model: PreTrainedModel) -> None:
    """Puts a Float8Linear in the place of each linear layer whose sizes allow it, but for the last."""
    last = model.get_output_embeddings()
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if type(child) is nn.Linear and child is not last and not (child.in_features | child.out_features) % STEP:
                setattr(parent, name, Float8Linear(child))
