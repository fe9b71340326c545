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

from pipeline.engine.device import sent
from pipeline.engine.kernel import greatest
from pipeline.engine.request import Sampling

HEAD = 1024  # tokens


@dataclass(slots=True)
class Draw:
    """How one row is drawn: `position` counts the output's tokens from 0; `barred` are never drawn."""

    sampling: Sampling
    seed: int
    position: int
    barred: frozenset[int] = frozenset()


@torch.inference_mode()
def sample(logits: Tensor, draws: Sequence[Draw]) -> Tensor:
    """One token for each row of `logits` [rows, vocabulary]; those of barred tokens are overwritten."""
    _bar(logits, draws)
    if all(draw.sampling.temperature == 0 for draw in draws):
        return greatest(logits)
    alike: defaultdict[Sampling, list[int]] = defaultdict(list)
    for row, draw in enumerate(draws):
        alike[draw.sampling].append(row)
    found = torch.empty(len(draws), dtype=torch.long, device=logits.device)
    for sampling, rows in alike.items():
        at = sent(torch.tensor(rows), logits.device)
        found[at] = _sample_alike(logits[at], sampling, [draws[row] for row in rows])
    return found


def _bar(logits: Tensor, draws: Sequence[Draw]) -> None:
    alike: defaultdict[frozenset[int], list[int]] = defaultdict(list)
    for row, draw in enumerate(draws):
        if draw.barred:
            alike[draw.barred].append(row)
    for barred, rows in alike.items():
        at, tokens = (sent(torch.tensor(some), logits.device) for some in (rows, sorted(barred)))
        logits[at[:, None], tokens] = float("-inf")


def _sample_alike(logits: Tensor, sampling: Sampling, draws: Sequence[Draw]) -> Tensor:
    if sampling.temperature == 0:
        return greatest(logits)
    chances = torch.tensor([uniform(draw.seed, draw.position) for draw in draws], dtype=torch.float64)
    return _draw(logits, sampling, sent(chances, logits.device))


def _draw(logits: Tensor, sampling: Sampling, chances: Tensor, first: int = HEAD) -> Tensor:
    """A token for each row, after temperature, top_k and top_p in that order.

    With top_p alone the `first` likeliest tokens are looked at; a row in which they are not enough is drawn from all.
    """
    scores = logits.to(torch.float64) / sampling.temperature
    if sampling.top_p == 1 and sampling.top_k == 0:
        return _reached(scores.softmax(-1), chances)
    tokens = likeliest(logits, min(sampling.top_k or first, logits.shape[-1]))
    head = scores.gather(-1, tokens)
    mass = head.softmax(-1) if sampling.top_k else (head - scores.logsumexp(-1, keepdim=True)).exp()
    kept = mass.masked_fill(mass.cumsum(-1) - mass >= sampling.top_p, 0)
    drawn = tokens.gather(-1, _reached(kept, chances)[:, None]).squeeze(-1)
    flat = (mass.sum(-1) < sampling.top_p) & (tokens.shape[-1] < logits.shape[-1])
    if not sampling.top_k and flat.any():
        drawn[flat] = _draw(logits[flat], sampling, chances[flat], logits.shape[-1])
    return drawn


def likeliest(logits: Tensor, count: int) -> Tensor:
    """The tokens with the highest logits [rows, count], in order; of equals the one with the lower id comes first."""
    if count == logits.shape[-1]:
        return logits.sort(dim=-1, descending=True, stable=True).indices
    bits = logits.to(torch.float32).view(torch.int32)
    ordered = torch.where(bits < 0, bits ^ 0x7FFFFFFF, bits).to(torch.int64)  # as integers, in the order of the floats
    return ((ordered << 32) - torch.arange(logits.shape[-1], device=logits.device)).topk(count, dim=-1).indices


def _reached(mass: Tensor, chances: Tensor) -> Tensor:
    """Where the running sum of each row of `mass` passes its chance: the inverse of the cumulative distribution."""
    reached = mass.cumsum(-1)
    # Rounding may let a chance next to 1 pass the end: the last token that has any mass is then taken.
    last = (reached < reached[:, -1:]).sum(-1)
    return (reached <= chances[:, None] * reached[:, -1:]).sum(-1).minimum(last)


def uniform(seed: int, position: int) -> float:
    """A number in [0, 1) with 53 random bits that is a function of seed and position only (BLAKE2b)."""
    text = f"{seed}:{position}".encode()
    return (int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") >> 11) * 2.0**-53
