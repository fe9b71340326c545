"""The cache for CUDA: pages as in `paged`, attended to by torch.nn.attention.varlen in one call per layer.

Keys are not split among blocks of threads, so that a row's sums do not depend on the rows beside it. Needs 16-bit
numbers; others are left to `paged`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import torch
from torch import Tensor
from torch.nn.attention.varlen import varlen_attn

from pipeline.engine.batch import Shapes, Span, slots
from pipeline.engine.paged import PagedCache

WIDEST = 256  # the largest head that flash attention takes


@dataclass(frozen=True, slots=True)
class Layout:
    """A pass: `slots` [tokens]; where each span's rows begin, and how many keys it has, as varlen_attn takes them."""

    slots: Tensor
    starts: Tensor
    lengths: Tensor
    tables: Tensor
    most_rows: int
    most_keys: int


class VarlenCache(PagedCache):
    """Per layer a pair of tensors [pages, page, KV heads, head size]."""

    page = 256  # flash attention takes no smaller ones

    @staticmethod
    def usable(shapes: Shapes, device: torch.device) -> bool:
        """Whether keys and values like these can be attended to here."""
        return device.type == "cuda" and all(
            key == value <= WIDEST and dtype in (torch.bfloat16, torch.float16)
            for _, key, value, dtype in shapes.values()
        )

    def layout(self, spans: Sequence[Span]) -> Layout:  # type: ignore[override]  # each cache has its own
        """What all layers need of a pass."""
        rows, keys = [len(span.tokens) for span in spans], [span.end for span in spans]
        widest = max(len(span.pages) for span in spans)
        tables = [[*span.pages, *[0] * (widest - len(span.pages))] for span in spans]
        return Layout(
            self._tensor(slots(spans, self.page)),
            self._tensor([0, *accumulate(rows)]).int(),
            self._tensor(keys).int(),
            self._tensor(tables).int(),
            max(rows),
            max(keys),
        )

    def attend(  # type: ignore[override]
        self, layer: int, rows: Tensor, keys: Tensor, values: Tensor, layout: Layout, scale: float, window: int | None
    ) -> Tensor:
        """Stores keys and values [rows, KV heads, size], and attends: rows [rows, heads, size], the same shape out."""
        tokens = len(layout.slots)
        self._store(layer, keys[:tokens], values[:tokens], layout.slots)
        stored_keys, stored_values = self._layers[layer]
        output = torch.zeros_like(rows)
        found = varlen_attn(
            rows[:tokens].contiguous(),
            stored_keys,
            stored_values,
            layout.starts,
            None,
            layout.most_rows,
            layout.most_keys,
            scale=scale,
            window_size=(-1 if window is None else window - 1, 0),
            enable_gqa=True,
            seqused_k=layout.lengths,
            block_table=layout.tables,
            num_splits=1,
        )
        output[:tokens] = found  # type: ignore[assignment]  # a tuple where more is asked for than here
        return output
