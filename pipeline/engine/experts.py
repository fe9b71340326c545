"""Mixtures of experts: each expert computes only numbers of rows that agree (`pipeline.engine.shapes`).

How many rows of a pass an expert gets depends on all of them, and with other numbers it would sum in another way. So it
gets further rows of zeros. Registered with transformers under NAME; how weights are laid out stays the model's own
business, whose forward is asked for one expert at a time.
"""

from collections.abc import Iterator, Sequence
from inspect import unwrap
from typing import cast

import torch
from torch import Tensor, nn
from transformers.integrations.moe import ALL_EXPERTS_FUNCTIONS

NAME = "starscribe"


def register() -> None:
    """Makes `mixed` known to transformers; again is the same as once."""
    ALL_EXPERTS_FUNCTIONS.register(NAME, mixed)


def experts_of(model: nn.Module) -> Iterator[nn.Module]:
    """The modules of a model that hold a layer's experts."""
    return (module for module in model.modules() if hasattr(module, "is_concatenated"))


def settle(model: nn.Module, sizes: Sequence[int]) -> None:
    """Lets every expert compute these numbers of rows only."""
    for module in experts_of(model):
        module.sizes = sizes  # type: ignore[assignment]


def mixed(module: nn.Module, rows: Tensor, chosen: Tensor, weights: Tensor) -> Tensor:
    """What the experts `chosen` [rows, k] make of `rows` [rows, features], summed by `weights` [rows, k]."""
    made = torch.zeros_like(rows)
    for expert in sorted(set(chosen.flatten().tolist())):
        where, place = torch.nonzero(chosen == expert, as_tuple=True)
        each = alone(module, expert, rows[where]) * weights[where, place][:, None]
        made.index_add_(0, where, each.to(made.dtype))
    return made


def alone(module: nn.Module, expert: int, rows: Tensor) -> Tensor:
    """What one expert makes of rows, no more than a pass may have, in a number of rows that agrees."""
    size = next(size for size in cast(Sequence[int], module.sizes) if size >= len(rows))
    padded = torch.cat([rows, rows.new_zeros(size - len(rows), rows.shape[1])])
    return exactly(module, expert, padded)[: len(rows)]


def exactly(module: nn.Module, expert: int, rows: Tensor) -> Tensor:
    """What one expert makes of so many rows at once."""
    chosen = torch.full((len(rows), 1), expert, device=rows.device)
    made: Tensor = unwrap(type(module).forward)(module, rows, chosen, rows.new_ones(len(rows), 1))
    return made
