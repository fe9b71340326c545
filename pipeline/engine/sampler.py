"""Logits in, tokens out: greedy, or drawn with numbers that depend on (seed, position) only.

Each row is treated on its own: what is drawn for a request does not depend on the rows beside it. The draw
inverts the cumulative distribution with one uniform number, a hash of seed and position. Knows nothing of
requests.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pipeline.engine.request import Sampling


@dataclass(frozen=True, slots=True)
class Draw:
    """How one row is drawn: `position` counts the output's tokens from 0; `barred` are never drawn."""

    sampling: Sampling
    seed: int
    position: int
    barred: frozenset[int] = frozenset()


@torch.inference_mode()
def sample(logits: Tensor, draws: Sequence[Draw]) -> list[int]:
    """One token for each row of `logits` [rows, vocabulary]; those of barred tokens are overwritten."""
    _bar(logits, draws)
    if all(draw.sampling.temperature == 0 for draw in draws):
        tokens: list[int] = logits.max(-1).indices.tolist()  # the first of equals, and faster than argmax
        return tokens
    alike: defaultdict[Sampling, list[int]] = defaultdict(list)
    for row, draw in enumerate(draws):
        alike[draw.sampling].append(row)
    found = [0] * len(draws)
    for sampling, rows in alike.items():
        for row, token in zip(rows, _sample_alike(logits, rows, sampling, draws), strict=True):
            found[row] = token
    return found


def _bar(logits: Tensor, draws: Sequence[Draw]) -> None:
    alike: defaultdict[frozenset[int], list[int]] = defaultdict(list)
    for row, draw in enumerate(draws):
        if draw.barred:
            alike[draw.barred].append(row)
    for barred, rows in alike.items():
        at, tokens = (torch.tensor(some, device=logits.device) for some in (rows, sorted(barred)))
        logits[at[:, None], tokens] = float("-inf")


def _sample_alike(logits: Tensor, rows: list[int], sampling: Sampling, draws: Sequence[Draw]) -> list[int]:
    some = logits[torch.tensor(rows, device=logits.device)]
    if sampling.temperature == 0:
        greedy: list[int] = some.max(-1).indices.tolist()
        return greedy
    chances = [uniform(draws[row].seed, draws[row].position) for row in rows]
    drawn: list[int] = _draw(some, sampling, torch.tensor(chances, dtype=torch.float64, device=some.device)).tolist()
    return drawn


def _draw(logits: Tensor, sampling: Sampling, chances: Tensor) -> Tensor:
    """Inverse of the cumulative distribution at `chances` [rows], after temperature, top_k and top_p in that
    order.
    """
    scores = logits.to(torch.float64) / sampling.temperature
    tokens: Tensor | None = None
    if sampling.top_p < 1 or sampling.top_k > 0:
        scores, tokens = scores.sort(dim=-1, descending=True, stable=True)
    if sampling.top_k > 0:
        scores = scores[:, : sampling.top_k]
    mass = scores.softmax(-1)
    if sampling.top_p < 1:
        mass = mass.masked_fill(mass.cumsum(-1) - mass >= sampling.top_p, 0)
    reached = mass.cumsum(-1)
    # Rounding may let a chance next to 1 pass the end: the last token that has any mass is then taken.
    last = (reached < reached[:, -1:]).sum(-1, keepdim=True)
    choice = (reached <= chances[:, None] * reached[:, -1:]).sum(-1, keepdim=True).minimum(last)
    return (choice if tokens is None else tokens.gather(-1, choice)).squeeze(-1)


def uniform(seed: int, position: int) -> float:
    """A number in [0, 1) with 53 random bits that is a function of seed and position only (BLAKE2b)."""
    text = f"{seed}:{position}".encode()
    return (int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") >> 11) * 2.0**-53
