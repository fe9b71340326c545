"""Norms of rows, compiled (kernel.c): LayerNorm, and RMSNorm as Llama has it, in float32 whatever the rows are in.

A row is read from memory once, and computed by itself. Knows nothing of what it is for.
"""

import ctypes
from typing import Any

import torch
from torch import Tensor, nn

from pipeline.engine.kernel import FORMATS, MULTIPLE, library
from pipeline.engine.tiles import rows_apart

# Classes of Hugging Face models that scale by `weight` after dividing by the root of the mean square.
RMS = ("LlamaRMSNorm", "MistralRMSNorm", "Qwen2RMSNorm", "Qwen3RMSNorm", "Qwen3MoeRMSNorm")


class Job(ctypes.Structure):
    """`norm` of kernel.c."""

    _fields_ = (
        *((name, ctypes.c_int32) for name in ("rows", "size", "pair")),
        ("epsilon", ctypes.c_float),
        *((name, ctypes.c_void_p) for name in ("scale", "shift", "input", "output")),
        ("output_row", ctypes.c_int64),
    )


class Norm(nn.Module):
    """[..., size] to the same shape; `apart`: in rows as tiles like them. For inference only."""

    apart = False

    def __init__(self, scale: Tensor, shift: Tensor | None, epsilon: float) -> None:
        super().__init__()
        self._scale, self._epsilon = scale.detach().float(), epsilon
        self._shift = None if shift is None else shift.detach().float()

    def forward(self, rows: Tensor) -> Tensor:
        """Each row normalised, scaled and shifted."""
        rows = rows.contiguous()
        output = rows_apart(rows, len(self._scale)) if self.apart else torch.empty_like(rows)
        job = self.job(rows.dtype)
        job.rows, job.input = rows.numel() // len(self._scale), rows.data_ptr()
        job.output, job.output_row = output.data_ptr(), output.stride(-2)
        library().starscribe_normalise(ctypes.byref(job), torch.get_num_threads())  # type: ignore[union-attr]
        return output

    def job(self, dtype: torch.dtype) -> Job:
        """What kernel.c is to do, but for the rows."""
        shift = None if self._shift is None else self._shift.data_ptr()
        return Job(0, len(self._scale), dtype == torch.bfloat16, self._epsilon, self._scale.data_ptr(), shift)


def compile_norms(model: nn.Module) -> None:
    """Puts a Norm in the place of each norm that it can compute, where kernel.c was compiled."""
    if library() is None:
        return
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if made := _compiled(child):
                setattr(parent, name, made)


def _compiled(layer: Any) -> Norm | None:
    shifted = type(layer) is nn.LayerNorm and layer.bias is not None
    if not shifted and type(layer).__name__ not in RMS:
        return None
    scale: Tensor = layer.weight
    if scale.device.type != "cpu" or scale.dtype not in FORMATS or scale.ndim != 1 or len(scale) % MULTIPLE:
        return None
    return Norm(scale, layer.bias, layer.eps) if shifted else Norm(scale, None, layer.variance_epsilon)
