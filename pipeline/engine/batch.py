"""One pass as tensors: spans of tokens in, what the model needs of them out.

Spans are packed one behind the other; rows beyond the tokens are padding, which nothing attends to. Knows nothing of
models, layers or the scheduler's queues.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol

import torch
from torch import Tensor

from pipeline.engine.device import sent

CODES = {torch.int32: "i", torch.int64: "q"}  # of array.array
# Of each layer the heads of keys and values, the size of a key and of a value, and their number format.
Shapes = dict[int, tuple[int, int, int, torch.dtype]]


@dataclass(slots=True)
class Span:
    """Consecutive tokens of one request, the position of the first, and the pages of the request.

    `prompt`: from which position on the request's tokens are output, or were when they were first computed.
    """

    tokens: Sequence[int]
    start: int
    pages: Sequence[int]
    prompt: int

    @property
    def end(self) -> int:
        """The position after the last token."""
        return self.start + len(self.tokens)


class Cache(Protocol):
    """Keys and values of every token in flight, in pages of `page` tokens, and the attention to them.

    Page 0 belongs to nobody. `pages`: how many there are; `shapes`: what is stored.
    """

    page: int
    pages: int
    shapes: Shapes

    @property
    def page_bytes(self) -> int:
        """Memory that one page takes in all layers."""

    def resize(self, pages: int) -> None:
        """Another number of pages; what was stored is dropped."""

    def copy(self, pages: Sequence[tuple[int, int]]) -> None:
        """Copies pages (from, to), one after the other."""

    def layout(self, spans: Sequence[Span]) -> Any:
        """What all layers need of a pass."""

    def ends(self, layout: Any) -> Any:
        """The same for a layer of which only the last row of each span is wanted: others may be anything."""

    def attend(
        self, layer: int, rows: Tensor, keys: Tensor, values: Tensor, layout: Any, scale: float, window: int | None
    ) -> Tensor:
        """Stores keys and values [rows, KV heads, size], and attends: rows [rows, heads, size], the same shape out.

        `scale` is multiplied with the scores; `window`: how many tokens a row sees, itself included; None is all.
        """


@dataclass(frozen=True, slots=True)
class Batch:
    """A pass: `ids` and `positions` [1, rows], the spans in them, and the cache they attend to.

    `kept`: the rows whose logits are wanted. `layout` is what the cache made of the spans, once for all layers.
    """

    ids: Tensor
    positions: Tensor
    kept: Tensor
    cache: Cache
    layout: Any


def pack(spans: Sequence[Span], rows: int, kept: Sequence[int], cache: Cache, device: torch.device) -> Batch:
    """Spans as one batch of `rows` rows, some of them `kept`."""
    ids = list(chain.from_iterable(span.tokens for span in spans))
    positions = list(chain.from_iterable(range(span.start, span.end) for span in spans))
    padding = [0] * (rows - len(ids))
    return Batch(
        ids=sent(integers(ids + padding)[None], device),
        positions=sent(integers(positions + padding)[None], device),
        kept=sent(integers(kept), device),
        cache=cache,
        layout=cache.layout(spans),
    )


def integers(values: Iterable[int], dtype: torch.dtype = torch.int64) -> Tensor:
    """Some values, and at least one, as a tensor: several times as fast as torch takes them from a list."""
    return torch.frombuffer(array(CODES[dtype], values), dtype=dtype)


def slots(spans: Sequence[Span], size: int) -> list[int]:
    """The place of each token among all places of all pages of `size` tokens."""
    return [span.pages[at // size] * size + at % size for span in spans for at in range(span.start, span.end)]
