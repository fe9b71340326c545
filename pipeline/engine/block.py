"""Decoder layers that add their attention, then their MLP, to what goes in: the products that end the two add in place.

Where products are computed in tiles; it saves a tensor to write and to read for each sum. And the last layer ends the
rows that nothing is drawn from as soon as their keys and values are stored. Knows nothing of what else a layer does.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any, NamedTuple

from torch import Tensor, nn

from pipeline.engine.batch import Batch
from pipeline.engine.tiles import TiledLinear


class Parts(NamedTuple):
    """Names of a layer's modules, in the order in which they are called; `attended` and `mapped` end the two parts."""

    norm: str
    attention: str
    attended: str
    second_norm: str
    mlp: str
    mapped: str


GPT = Parts("ln_1", "attn", "attn.c_proj", "ln_2", "mlp", "mlp.c_proj")
STARCODER = Parts("input_layernorm", "self_attn", "self_attn.o_proj", "post_attention_layernorm", "mlp", "mlp.c_proj")
LLAMA = STARCODER._replace(mapped="mlp.down_proj")
KNOWN = {
    "GPTBigCodeBlock": GPT,
    "Starcoder2DecoderLayer": STARCODER,
    **dict.fromkeys(("LlamaDecoderLayer", "MistralDecoderLayer", "Qwen2DecoderLayer", "Qwen3DecoderLayer"), LLAMA),
}


def add_in_place(model: nn.Module) -> None:
    """Lets the layers that are known, and end in tiles, add to their input, in place; their norms suit the tiles."""
    layers = [layer for layer in model.modules() if type(layer).__name__ in KNOWN]
    for layer in layers:
        parts, last = KNOWN[type(layer).__name__], layer is layers[-1]
        if all(type(layer.get_submodule(name)) is TiledLinear for name in (parts.attended, parts.mapped)):
            for name in (parts.norm, parts.second_norm):
                layer.get_submodule(name).apart = True  # type: ignore[assignment]
            layer.get_submodule(parts.attention).ends = last  # type: ignore[assignment]
            modules: Iterable[Any] = map(layer.get_submodule, parts)
            layer.forward = partial(_last if last else _added, *modules)


def _added(
    norm: nn.Module,
    attention: nn.Module,
    attended: TiledLinear,
    second_norm: nn.Module,
    mlp: nn.Module,
    mapped: TiledLinear,
    hidden_states: Tensor,
    *_: Any,  # of an encoder, which no causal model has
    kept: Tensor | None = None,
    **others: Any,
) -> Tensor:
    """What the layer makes of all rows, or of those `kept` [rows]."""
    rows = norm(hidden_states)
    attended.onto = hidden_states
    if kept is not None:
        attended.onto, attended.kept = hidden_states[:, kept], kept
    hidden_states, _weights = attention(rows, **others)
    rows = second_norm(hidden_states)
    mapped.onto = hidden_states
    result: Tensor = mlp(rows)
    return result


def _last(*inputs: Any, batch: Batch, **others: Any) -> Tensor:
    """The same for rows that tokens are drawn from; of the others only keys and values are."""
    made = _added(*inputs, kept=batch.kept, batch=batch, **others)
    hidden_states: Tensor = inputs[len(Parts._fields)]
    return hidden_states.index_copy_(1, batch.kept, made)
