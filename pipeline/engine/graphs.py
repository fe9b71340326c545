"""Passes of single tokens as CUDA graphs: what a model launches for so many rows, recorded once and replayed.

A small pass takes longer to launch than to compute. Each number of rows has a graph, which reads its batch from memory
that stays where it is. Knows nothing of models: it records what it is given.
"""

import warnings
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from pipeline.engine.batch import Batch
from pipeline.engine.triton_cache import Layout, TritonCache

MOST_ROWS = 512  # above, computing takes longer than launching
Compute = Callable[[Batch], Tensor]


class Graphs:
    """Graphs of `compute`, which gives the logits [rows, vocabulary] of all rows of a batch.

    `pages`: of all sequences of a pass together, at most.
    """

    def __init__(self, compute: Compute, cache: TritonCache, sizes: Sequence[int], pages: int) -> None:
        self._compute, self._cache = compute, cache
        self._rows = max((size for size in sizes if size <= MOST_ROWS), default=0)
        self._graphs: dict[int, tuple[torch.cuda.CUDAGraph, Tensor]] = {}
        self._pool = torch.cuda.graph_pool_handle()
        self._ids, self._positions, slots = torch.zeros(3, 1, self._rows, dtype=torch.long, device=cache.device)
        self._slots = slots[0]
        self._blocks = torch.zeros(self._rows, 4, dtype=torch.int32, device=cache.device)
        self._blocks[:, 0] = torch.arange(self._rows)
        self._blocks[:, 2] = 1
        self._padding = self._blocks.clone()  # rows that see the first key of another request: all are finite
        self._tables = torch.zeros(pages, dtype=torch.int32, device=cache.device)

    def take(self, rows: int, tokens: int, spans: int) -> bool:
        """Whether a pass of so many rows is one of single tokens, and small enough."""
        return rows <= self._rows and tokens == spans

    def run(self, batch: Batch) -> Tensor:
        """The logits of all rows of a batch that `take` takes; overwritten by the next one."""
        rows = batch.ids.shape[1]
        self._fill(batch, rows)
        if rows not in self._graphs and not self._record(rows):
            return self._compute(batch)
        graph, logits = self._graphs[rows]
        graph.replay()
        return logits

    def _fill(self, batch: Batch, rows: int) -> None:
        layout, spans = batch.layout, len(batch.layout.slots)
        self._ids[:, :rows], self._positions[:, :rows] = batch.ids, batch.positions
        self._slots[:spans], self._slots[spans:rows] = layout.slots, 0
        self._blocks[:spans], self._blocks[spans:rows] = layout.blocks(1), self._padding[spans:rows]
        self._tables[: len(layout.tables)] = layout.tables

    def _static(self, rows: int) -> Batch:
        layout = Layout(self._slots[:rows], self._tables, lambda _: self._blocks[:rows])
        kept = torch.arange(rows, device=self._ids.device)
        return Batch(self._ids[:, :rows], self._positions[:, :rows], kept, self._cache, layout)

    def _record(self, rows: int) -> bool:
        """False, then and ever after, for a model that waits for the device while it computes, as mixtures do."""
        batch, graph = self._static(rows), torch.cuda.CUDAGraph()
        self._compute(batch)  # compiles its kernels, and lets libraries set up what they need
        if not self._graphs and self._waits(batch):
            self._rows = 0
            return False
        with torch.cuda.graph(graph, self._pool):
            logits = self._compute(batch)
        self._graphs[rows] = graph, logits
        return True

    def _waits(self, batch: Batch) -> bool:
        with warnings.catch_warnings(action="ignore"):  # of its being a prototype
            torch.cuda.set_sync_debug_mode("error")
        try:
            self._compute(batch)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError:
            return True
        finally:
            torch.cuda.set_sync_debug_mode("default")
        return False
