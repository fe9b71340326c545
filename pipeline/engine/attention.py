"""Attention over packed rows and paged keys, as a function that Hugging Face models call in each layer.

It is registered with transformers under NAME; no mask function is, so that models build none. Keys and values
are never repeated: the query heads of one KV head become rows of one query (outputs), or see the same keys
through a stride of 0 (prompts). Knows nothing of schedulers; the batch says which rows attend to which pages.
"""

from typing import Any

import torch.nn.functional as F  # noqa: N812 (the name that torch's own documentation gives it)
from torch import Tensor, nn
from transformers import AttentionInterface

from pipeline.engine.batch import Batch, Group
from pipeline.engine.request import EngineError

NAME = "starscribe"

# Variants of attention that models ask for by these arguments; leaving them out would give wrong text silently.
UNSUPPORTED = ("softcap", "s_aux", "position_bias")


def attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    batch: Batch,
    scaling: float | None = None,
    sliding_window: int | None = None,
    **others: Any,
) -> tuple[Tensor, None]:
    """Attention of one layer: `query` [1, heads, rows, size], `key` and `value` [1, KV heads, rows, size].

    Returns [1, rows, heads, size]; rows of padding are zero. Raises EngineError where the model needs a
    variant that is not built here.
    """
    wanted = [name for name in UNSUPPORTED if others.get(name) is not None]
    if wanted or attention_mask is not None:
        raise EngineError(
            f"{type(module).__name__} needs attention with {', '.join(wanted) or 'its own mask'}; use another model."
        )
    layer, tokens = int(module.layer_idx), len(batch.slots)  # type: ignore[arg-type]  # set by each model's layers
    rows, keys, values = (tensor[0].transpose(0, 1) for tensor in (query, key, value))
    batch.cache.write(layer, keys[:tokens], values[:tokens], batch.slots)
    output = rows.new_zeros(len(rows), rows.shape[1], values.shape[2])
    for group in batch.groups:
        keys, values = batch.cache.read(layer, group.tables)
        mask = group.mask(sliding_window, rows.dtype)
        some = rows[group.start : group.end]
        output[group.start : group.end] = _one_group(group, some, keys, values, mask, scaling)
    return output.unsqueeze(0), None


def _one_group(group: Group, rows: Tensor, keys: Tensor, values: Tensor, mask: Tensor, scaling: float | None) -> Tensor:
    if group.positions.shape[2] == 1:
        return _outputs(rows, keys, values, mask, scaling)
    return _piece(rows, keys[0], values[0], mask, scaling)


def _outputs(rows: Tensor, keys: Tensor, values: Tensor, mask: Tensor, scaling: float | None) -> Tensor:
    """One query token per request: rows [requests, heads, size], keys [requests, length, KV heads, size]."""
    query = rows.reshape(len(rows), keys.shape[2], -1, rows.shape[2])
    mask = mask.expand(-1, query.shape[1], query.shape[2], -1)
    found = F.scaled_dot_product_attention(
        query, keys.transpose(1, 2), values.transpose(1, 2), attn_mask=mask, scale=scaling
    )
    return found.reshape(len(rows), rows.shape[1], -1)


def _piece(rows: Tensor, keys: Tensor, values: Tensor, mask: Tensor, scaling: float | None) -> Tensor:
    """Many query tokens of one request: rows [queries, heads, size], keys [length, KV heads, size]."""
    heads = keys.shape[1]
    query = rows.reshape(len(rows), heads, -1, rows.shape[2]).permute(1, 2, 0, 3)
    keys, values = (t.transpose(0, 1)[:, None].expand(-1, query.shape[1], -1, -1) for t in (keys, values))
    found = F.scaled_dot_product_attention(
        query, keys, values, attn_mask=mask.expand(heads, query.shape[1], -1, -1), scale=scaling
    )
    return found.permute(2, 0, 1, 3).reshape(len(rows), rows.shape[1], -1)


def register() -> None:
    """Makes `attend` known to transformers; again is the same as once."""
    AttentionInterface.register(NAME, attend)
