"""The cache for CUDA: pages as in `paged`, attended to by one Triton kernel per layer, whatever the pass holds.

torch's own varlen_attn reads pages from torch 2.12 on only, and keys once per query head. Knows nothing of schedulers.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from itertools import accumulate, chain

import torch
from torch import Tensor

from pipeline.engine.batch import Shapes, Span, slots
from pipeline.engine.device import sent
from pipeline.engine.paged import PagedCache

NARROWEST = 16  # size of a head in a product
WIDEST = 256  # of a head: wider ones need more shared memory than there is
STAGED = 256  # bytes of a head: of wider ones, shared memory holds no page beside the one that is computed


@dataclass(frozen=True, slots=True)
class Layout:
    """A pass: `slots` [tokens], and `tables`, the pages of all spans one behind the other.

    `blocks`: the spans in pieces of so many tokens at most [pieces, 4], as the kernel takes them.
    """

    slots: Tensor
    tables: Tensor
    blocks: Callable[[int], Tensor]


class TritonCache(PagedCache):
    """Per layer a pair of tensors [pages, page, KV heads, head size]."""

    @property
    def device(self) -> torch.device:
        """Where keys and values are."""
        return self._device

    @staticmethod
    def usable(shapes: Shapes, device: torch.device) -> bool:
        """Whether keys and values like these can be attended to here."""
        fitting = all(max(key, value) <= WIDEST for _, key, value, _ in shapes.values())
        return device.type == "cuda" and find_spec("triton") is not None and fitting

    def layout(self, spans: Sequence[Span]) -> Layout:  # type: ignore[override]  # each cache has its own
        """What all layers need of a pass."""
        counts, pages = [len(span.tokens) for span in spans], [len(span.pages) for span in spans]
        firsts, offsets = [0, *accumulate(counts)], [0, *accumulate(pages)]
        every = torch.tensor(
            [[firsts[i], span.start, counts[i], offsets[i]] for i, span in enumerate(spans)], dtype=torch.int32
        )
        tables = torch.tensor(list(chain.from_iterable(span.pages for span in spans)), dtype=torch.int32)
        places, device = torch.tensor(slots(spans, self.page)), self._device
        return Layout(
            sent(places, device), sent(tables, device), lru_cache(lambda tokens: sent(cut(every, tokens), device))
        )

    def attend(  # type: ignore[override]
        self, layer: int, rows: Tensor, keys: Tensor, values: Tensor, layout: Layout, scale: float, window: int | None
    ) -> Tensor:
        """Stores keys and values [rows, KV heads, size], and attends: rows [rows, heads, size], the same shape out."""
        tokens = len(layout.slots)
        self._store(layer, keys[:tokens], values[:tokens], layout.slots)
        output = rows.new_empty(len(rows), rows.shape[1], values.shape[2])
        output[tokens:] = 0
        self._launch(layer, rows if rows.stride(2) == 1 else rows.contiguous(), output, layout, scale, window)
        return output

    def _launch(
        self, layer: int, rows: Tensor, output: Tensor, layout: Layout, scale: float, window: int | None
    ) -> None:
        from triton import next_power_of_2

        from pipeline.engine import triton_kernel

        kv_heads, key, value, _ = self.shapes[layer]
        group = rows.shape[1] // kv_heads
        tile = max(triton_kernel.TILE, next_power_of_2(group))
        blocks = layout.blocks(tile // group)
        triton_kernel.attention[len(blocks), kv_heads](
            rows,
            *self._layers[layer],
            output,
            blocks,
            layout.tables,
            scale * math.log2(math.e),
            window or 0,
            rows.stride(0),
            rows.stride(1),
            GROUP=group,
            KV_HEADS=kv_heads,
            KEY=key,
            VALUE=value,
            KEY_WIDTH=max(next_power_of_2(key), NARROWEST),
            VALUE_WIDTH=max(next_power_of_2(value), NARROWEST),
            ROWS=tile,
            PAGE=self.page,
            num_stages=3 if max(key, value) * rows.itemsize <= STAGED else 1,
        )


def cut(spans: Tensor, tokens: int) -> Tensor:
    """Spans [spans, 4] as blocks [blocks, 4] of so many tokens at most."""
    numbers = (spans[:, 2] + tokens - 1) // tokens
    blocks = spans.repeat_interleave(numbers, 0)
    done = tokens * (torch.arange(len(blocks)) - (numbers.cumsum(0) - numbers).repeat_interleave(numbers, 0))
    return torch.stack(
        [blocks[:, 0] + done, blocks[:, 1] + done, (blocks[:, 2] - done).clamp(max=tokens), blocks[:, 3]], 1
    ).int()
