"""Attention as a function that Hugging Face models call in each layer: it passes the rows on to the batch's cache.

It is registered with transformers under NAME; no mask function is, so that models build none.
"""

from typing import Any

from torch import Tensor, nn
from transformers import AttentionInterface

from pipeline.engine.batch import Batch
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

    Returns [1, rows, heads, size]; rows of padding are anything finite. Of a module that is marked with `ends` only the
    last row of each span counts. Raises EngineError where the model needs a variant that is not built here.
    """
    wanted = [name for name in UNSUPPORTED if others.get(name) is not None]
    if wanted or attention_mask is not None:
        raise EngineError(
            f"{type(module).__name__} needs attention with {', '.join(wanted) or 'its own mask'}; use another model."
        )
    rows, keys, values = (tensor[0].transpose(0, 1) for tensor in (query, key, value))
    scale = rows.shape[2] ** -0.5 if scaling is None else scaling
    layer: int = module.layer_idx  # type: ignore[assignment]  # set by each model's layers
    layout = batch.cache.ends(batch.layout) if getattr(module, "ends", False) else batch.layout
    output: Tensor = batch.cache.attend(layer, rows, keys, values, layout, scale, sliding_window)
    return output.unsqueeze(0), None


def register() -> None:
    """Makes `attend` known to transformers; again is the same as once."""
    AttentionInterface.register(NAME, attend)
