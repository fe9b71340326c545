"""Rotary position embeddings looked up in a table, instead of computed in each pass.

Faster, and what a position gets does not depend on the rows beside it: torch computes sines with other last bits at
the ends of each thread's share. Knows nothing of attention.
"""

from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel


class RotaryTable(nn.Module):
    """A model's rotary embedding, computed once for all of its `positions`."""

    def __init__(self, embedding: nn.Module, positions: int) -> None:
        super().__init__()
        self._embedding, self._positions = embedding, positions
        self._tables: dict[tuple[Any, ...], tuple[Tensor, ...]] = {}

    def forward(self, rows: Tensor, position_ids: Tensor, *kind: Any) -> tuple[Tensor, ...]:
        """Cosine and sine [1, rows, size] for `position_ids` [1, rows], in the number format of `rows`."""
        key = (*kind, rows.dtype, rows.device)
        if key not in self._tables:
            every = torch.arange(self._positions, device=rows.device)[None]
            self._tables[key] = tuple(table[0] for table in self._embedding(rows, every, *kind))
        return tuple(table[position_ids] for table in self._tables[key])


def tabulate(model: PreTrainedModel) -> None:
    """Puts a table in the place of the rotary embedding that all layers share, if the model has one."""
    positions = getattr(model.config.get_text_config(), "max_position_embeddings", None)
    embedding = getattr(model.base_model, "rotary_emb", None)
    if positions and isinstance(embedding, nn.Module):
        model.base_model.rotary_emb = RotaryTable(embedding, positions)
