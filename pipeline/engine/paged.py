"""A cache and its attention in torch alone, for any device and number format: keys and values in pages.

A row's numbers must not depend on the rows beside it, so attention works at sizes that follow from its position
alone. Tokens of a prompt attend in blocks, from one multiple of the page to the next, absent ones as zero queries;
tokens of an output attend one by one. Keys are rounded up to whole pages, whose empty places are zero. Keys and
values are never repeated: the query heads of one KV head become rows of one query (outputs), or see the same keys
through a stride of 0 (prompts). That a row gets the same in any pass holds on processors; on a GPU, where it is used
for want of Triton and for heads that are wider than its kernel takes, last bits can differ. Knows nothing of schedulers
or models.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 (the name that torch's own documentation gives it)
from torch import Tensor

from pipeline.engine.batch import Shapes, Span, slots
from pipeline.engine.device import one_thread


@dataclass(slots=True)
class Group:
    """Rows of a pass that attend together: `rows` [queries] where they are, `at` [queries] where they go.

    `tables` [requests, pages] are their keys' pages; `positions` [requests, 1, queries, 1] those of all queries, and
    `last` [requests] of the last one that is there.
    """

    rows: Tensor
    at: Tensor
    tables: Tensor
    positions: Tensor
    last: Tensor
    _masks: dict[int | None, Tensor] = field(default_factory=dict)

    def mask(self, window: int | None, dtype: torch.dtype, page: int) -> Tensor:
        """What is added to the scores, [requests, 1, queries, keys]: 0 where a key is seen, else minus infinity.

        `window`: how many tokens a query sees, itself included; None is all. The same for all layers, made once.
        """
        if window not in self._masks:
            keys = torch.arange(self.tables.shape[1] * page, device=self.tables.device)
            hidden = keys > self.positions
            if window is not None:
                hidden |= keys <= self.positions - window
            zero = torch.zeros((), dtype=dtype, device=keys.device)
            self._masks[window] = zero.masked_fill(hidden, float("-inf"))
        return self._masks[window]


@dataclass(frozen=True, slots=True)
class Layout:
    """A pass: `slots` [tokens], and groups of rows."""

    slots: Tensor
    groups: list[Group]


class PagedCache:
    """Per layer a pair of tensors [pages, page, KV heads, head size]; unknown layers are as what comes first."""

    page = 64

    def __init__(self, shapes: Shapes, device: torch.device) -> None:
        self.shapes, self._device = dict(shapes), device
        self.resize(2)

    @property
    def page_bytes(self) -> int:
        """Memory that one page takes in all layers."""
        return sum(self.page * heads * (k + v) * dtype.itemsize for heads, k, v, dtype in self.shapes.values())

    def resize(self, pages: int) -> None:
        """Another number of pages for the layers that are known; what was stored is dropped."""
        self.pages = pages
        self._layers = {layer: self._allocate(layer) for layer in self.shapes}

    def copy(self, pages: Sequence[tuple[int, int]]) -> None:
        """Copies pages (from, to), one after the other."""
        for stored in chain.from_iterable(self._layers.values()):
            for source, target in pages:
                stored[target] = stored[source]

    def layout(self, spans: Sequence[Span]) -> Layout:
        """What all layers need of a pass."""
        return Layout(self._tensor(slots(spans, self.page)), list(self._groups(spans)))

    def ends(self, layout: Any) -> Any:
        """The same where only the last row of each span is wanted: all come anyway."""
        return layout

    def attend(
        self, layer: int, rows: Tensor, keys: Tensor, values: Tensor, layout: Layout, scale: float, window: int | None
    ) -> Tensor:
        """Stores keys and values [rows, KV heads, size], and attends: rows [rows, heads, size], the same shape out."""
        tokens = len(layout.slots)
        self._store(layer, keys[:tokens], values[:tokens], layout.slots)
        output = rows.new_zeros(len(rows), rows.shape[1], values.shape[2])
        with one_thread(self._device):  # torch's products of few rows differ from thread to thread
            for group in layout.groups:
                output[group.rows] = self._attended(layer, group, rows, scale, window)
        return output

    def _store(self, layer: int, keys: Tensor, values: Tensor, slots: Tensor) -> None:
        if layer not in self._layers:
            self.shapes[layer] = (keys.shape[1], keys.shape[2], values.shape[2], keys.dtype)
            self._layers[layer] = self._allocate(layer)
        for store, fresh in zip(self._layers[layer], (keys, values), strict=True):
            store.flatten(0, 1).index_copy_(0, slots, fresh)

    def _allocate(self, layer: int) -> tuple[Tensor, Tensor]:
        heads, key, value, dtype = self.shapes[layer]
        return (
            torch.zeros(self.pages, self.page, heads, key, dtype=dtype, device=self._device),
            torch.zeros(self.pages, self.page, heads, value, dtype=dtype, device=self._device),
        )

    def _tensor(self, values: Sequence[object]) -> Tensor:
        return torch.tensor(values, device=self._device)

    def _groups(self, spans: Sequence[Span]) -> Iterator[Group]:
        singles: defaultdict[int, list[tuple[int, int, Span]]] = defaultdict(list)
        row = 0
        for span in spans:
            for at in range(max(span.start, span.prompt), span.end):
                singles[at // self.page + 1].append((row + at - span.start, at, span))
            yield from self._blocks(span, row)
            row += len(span.tokens)
        for pages, some in singles.items():
            yield self._single(pages, some)

    def _blocks(self, span: Span, row: int) -> Iterator[Group]:
        """The tokens of a prompt that stand in one page each, as a block of the page's length."""
        end = min(span.end, span.prompt)
        for block in range(span.start // self.page, -(-end // self.page) if span.start < end else 0):
            low = block * self.page
            some = range(max(low, span.start), min(low + self.page, end))
            yield Group(
                self._tensor([row + at - span.start for at in some]),
                self._tensor([at - low for at in some]),
                self._tensor([list(span.pages[: block + 1])]),
                self._tensor(list(range(low, low + self.page)))[None, None, :, None],
                self._tensor([some[-1]]),
            )

    def _single(self, pages: int, some: Sequence[tuple[int, int, Span]]) -> Group:
        """Tokens of outputs, all of whose keys fill so many pages."""
        return Group(
            self._tensor([row for row, _, _ in some]),
            self._tensor(list(range(len(some)))),
            self._tensor([list(span.pages[:pages]) for _, _, span in some]),
            self._tensor([at for _, at, _ in some])[:, None, None, None],
            self._tensor([at for _, at, _ in some]),
        )

    def _attended(self, layer: int, group: Group, rows: Tensor, scale: float, window: int | None) -> Tensor:
        keys, values = (store[group.tables].flatten(1, 2) for store in self._layers[layer])
        unused = torch.arange(keys.shape[1], device=keys.device) > group.last[:, None]
        for left in (keys, values):  # by another request: its weight is 0, but 0 × NaN would be NaN
            left.masked_fill_(unused[:, :, None, None], 0)
        mask = group.mask(window, rows.dtype, self.page)
        if group.positions.shape[2] == 1:
            return _outputs(rows[group.rows], keys, values, mask, scale)
        query = rows.new_zeros(group.positions.shape[2], *rows.shape[1:])
        query[group.at] = rows[group.rows]
        return _block(query, keys[0], values[0], mask, scale)[group.at]


def _outputs(rows: Tensor, keys: Tensor, values: Tensor, mask: Tensor, scale: float) -> Tensor:
    """One query token per request: rows [requests, heads, size], keys [requests, length, KV heads, size]."""
    query = rows.reshape(len(rows), keys.shape[2], -1, rows.shape[2])
    mask = mask.expand(-1, query.shape[1], query.shape[2], -1)
    found = F.scaled_dot_product_attention(
        query, keys.transpose(1, 2), values.transpose(1, 2), attn_mask=mask, scale=scale
    )
    return found.reshape(len(rows), rows.shape[1], -1)


def _block(rows: Tensor, keys: Tensor, values: Tensor, mask: Tensor, scale: float) -> Tensor:
    """Many query tokens of one request: rows [queries, heads, size], keys [length, KV heads, size]."""
    heads = keys.shape[1]
    query = rows.reshape(len(rows), heads, -1, rows.shape[2]).permute(1, 2, 0, 3)
    keys, values = (t.transpose(0, 1)[:, None].expand(-1, query.shape[1], -1, -1) for t in (keys, values))
    found = F.scaled_dot_product_attention(
        query, keys, values, attn_mask=mask.expand(heads, query.shape[1], -1, -1), scale=scale
    )
    return found.permute(2, 0, 1, 3).reshape(len(rows), rows.shape[1], -1)
