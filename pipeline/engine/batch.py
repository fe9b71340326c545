"""One pass as tensors: spans of tokens in, everything that model and attention need of them out.

Spans are packed one behind the other into a fixed number of rows. Attention works on groups of rows: the
output tokens whose keys have the same number of pages make one group, each piece of a prompt makes its own;
either way the sizes are the request's own, never its neighbours'. Knows nothing of models, layers or the
scheduler's queues.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from pipeline.engine.cache import Cache
from pipeline.engine.scheduler import PAGE, pages_for


@dataclass(frozen=True, slots=True)
class Span:
    """Consecutive tokens of one request, the position of the first, and the pages of the whole request."""

    tokens: Sequence[int]
    start: int
    pages: Sequence[int]

    @property
    def end(self) -> int:
        """The position after the last token."""
        return self.start + len(self.tokens)


@dataclass(slots=True)
class Group:
    """Rows [start, end) of a pass that attend together.

    `tables` [requests, pages] are their keys' pages; `positions` [requests, 1, queries, 1] those of the
    queries.
    """

    start: int
    end: int
    tables: Tensor
    positions: Tensor
    _masks: dict[int | None, Tensor] = field(default_factory=dict)

    def mask(self, window: int | None, dtype: torch.dtype) -> Tensor:
        """What is added to the scores, [requests, 1, queries, keys]: 0 where a key is seen, else minus
        infinity.

        `window`: how many tokens a query sees, itself included; None is all. The same for all layers, made
        once.
        """
        if window not in self._masks:
            keys = torch.arange(self.tables.shape[1] * PAGE, device=self.tables.device)
            hidden = keys > self.positions
            if window is not None:
                hidden |= keys <= self.positions - window
            zero = torch.zeros((), dtype=dtype, device=keys.device)
            self._masks[window] = zero.masked_fill(hidden, float("-inf"))
        return self._masks[window]


@dataclass(frozen=True, slots=True)
class Batch:
    """A pass: `ids` and `positions` [1, rows], `slots` [tokens], groups of rows, and the cache they attend
    to.
    """

    ids: Tensor
    positions: Tensor
    slots: Tensor
    groups: list[Group]
    cache: Cache


def pack(spans: Sequence[Span], rows: int, cache: Cache, device: torch.device) -> Batch:
    """Spans as one batch of `rows` rows; rows beyond the tokens are padding, which nothing attends to."""
    ids = [token for span in spans for token in span.tokens]
    positions = [at for span in spans for at in range(span.start, span.end)]
    slots = [span.pages[at // PAGE] * PAGE + at % PAGE for span in spans for at in range(span.start, span.end)]
    padding = [0] * (rows - len(ids))
    return Batch(
        ids=torch.tensor([ids + padding], device=device),
        positions=torch.tensor([positions + padding], device=device),
        slots=torch.tensor(slots, device=device),
        groups=_groups(spans, device),
        cache=cache,
    )


def by_length(spans: Sequence[Span]) -> list[int]:
    """The order of spans that puts those with equally many pages of keys side by side."""
    return sorted(range(len(spans)), key=lambda i: pages_for(spans[i].end))


def _groups(spans: Sequence[Span], device: torch.device) -> list[Group]:
    groups: list[Group] = []
    row, at = 0, 0
    while at < len(spans):
        size = _alike(spans, at)
        some = spans[at : at + size]
        groups.append(_group(some, row, device))
        row, at = groups[-1].end, at + size
    return groups


def _alike(spans: Sequence[Span], at: int) -> int:
    """How many spans from `at` on can share a group: single tokens, with equally many pages of keys."""
    last, pages = at + 1, pages_for(spans[at].end)
    if len(spans[at].tokens) > 1:
        return 1
    while last < len(spans) and len(spans[last].tokens) == 1 and pages_for(spans[last].end) == pages:
        last += 1
    return last - at


def _group(spans: Sequence[Span], row: int, device: torch.device) -> Group:
    pages = pages_for(spans[0].end)
    tables = torch.tensor([list(span.pages[:pages]) for span in spans], device=device)
    positions = torch.tensor([list(range(span.start, span.end)) for span in spans], device=device)
    return Group(row, row + positions.numel(), tables, positions[:, None, :, None])
