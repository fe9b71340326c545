"""The decoder layers of GPTBigCode in one call (kernel.c): calling their parts from Python took a tenth of a pass.

They give the same bits as layer for layer, and the last one ends rows early, as `block` says. Knows nothing of other
models.
"""

import ctypes
from typing import Any

import torch
from torch import Tensor, nn

from pipeline.engine import kernel, norm
from pipeline.engine.batch import Batch
from pipeline.engine.tiles import Product, TiledLinear, rows_apart


class Layer(ctypes.Structure):
    """`layer` of kernel.c."""

    _fields_ = (("norms", norm.Job * 2), ("products", Product * 4), ("attention", kernel.Job))


class Pass(ctypes.Structure):
    """`pass` of kernel.c."""

    _fields_ = (
        *((name, ctypes.c_int32) for name in ("rows", "tokens", "keeps", "tiles", "ends", "longest")),
        *((name, ctypes.c_void_p) for name in ("slots", "kept", "all_tiles", "end_tiles", "tables")),
        *((name, ctypes.c_void_p) for name in ("hidden", "normal", "wide", "few")),
        *((name, ctypes.c_int64) for name in ("normal_row", "wide_row")),
    )


class Stack(nn.Module):
    """Layers, one after the other, in place: rows [1, rows, hidden size] to the same shape. For inference only."""

    def __init__(self, layers: nn.ModuleList) -> None:
        super().__init__()
        self.layers = layers
        self._calls = (Layer * len(layers))(*map(_call, layers))
        self._wide = max(call.products[i].out for call in self._calls for i in (0, 2))

    def forward(self, rows: Tensor, *_: Any, batch: Batch, **others: Any) -> Tensor:
        """What the layers make of the rows; of rows that the batch does not keep, what the last finds.

        MemoryError where there is none for sums or scores.
        """
        if not isinstance(batch.cache, kernel.KernelCache):
            for layer in self.layers:
                rows = layer(rows, batch=batch, **others)
            return rows
        calls = type(self._calls).from_buffer_copy(self._calls)
        for index, call in enumerate(calls):
            keys, values = batch.cache.stored(index)
            call.attention.keys, call.attention.values = keys.data_ptr(), values.data_ptr()
        self._compute(calls, rows, batch.kept, batch.layout)
        return rows

    def _compute(self, calls: ctypes.Array[Layer], rows: Tensor, kept: Tensor, layout: kernel.Layout) -> None:
        normal, wide = rows_apart(rows, rows.shape[-1]), rows_apart(rows, self._wide)
        few = rows.new_empty(len(kept), rows.shape[-1])
        given = (layout.slots, kept, layout.tiles, layout.ends, layout.tables, rows, normal, wide, few)
        work = Pass(
            *(rows.shape[-2], len(layout.slots), len(kept), len(layout.tiles), len(layout.ends), layout.longest),
            *(tensor.data_ptr() for tensor in given),
            *(normal.stride(-2), wide.stride(-2)),
        )
        failed = kernel.library().starscribe_layers(  # type: ignore[union-attr]
            calls, len(calls), ctypes.byref(work), torch.get_num_threads()
        )
        if failed:
            raise MemoryError("no memory for sums of products, or for attention scores")


def stack_layers(model: nn.Module) -> None:
    """Puts a stack in the place of layers that it can compute."""
    for decoder in list(model.modules()):
        if type(decoder).__name__ == "GPTBigCodeModel" and all(map(_fitting, decoder.h)):  # type: ignore[arg-type]
            decoder.h = nn.ModuleList([Stack(decoder.h)])  # type: ignore[arg-type]


def _fitting(layer: Any) -> bool:
    attention, mlp = layer.attn, layer.mlp
    products = (attention.c_attn, attention.c_proj, mlp.c_fc, mlp.c_proj)
    return (
        attention.multi_query
        and attention.head_dim % kernel.MULTIPLE == 0
        and type(mlp.act) is nn.Identity
        and all(type(product) is TiledLinear for product in products)
        and all(type(each) is norm.Norm for each in (layer.ln_1, layer.ln_2))
    )


def _call(layer: Any) -> Layer:
    attention, mlp = layer.attn, layer.mlp
    return Layer(
        tuple(each.job(torch.bfloat16) for each in (layer.ln_1, layer.ln_2)),
        (
            *(attention.c_attn.product(add=False), attention.c_proj.product(add=True)),
            *(mlp.c_fc.product(add=False), mlp.c_proj.product(add=True)),
        ),
        kernel.Job(attention.num_heads, 1, attention.head_dim, True, 0, attention.scaling),
    )
