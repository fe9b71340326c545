"""Model and cache: spans in, logits after the last token of each sampled one out.

Every pass has one of the numbers of rows that `shapes` found to agree, its output rows too. Knows nothing of queues or
sampling.
"""

from collections.abc import Sequence
from itertools import accumulate

import torch
from torch import Tensor
from transformers import PreTrainedModel

from pipeline.engine import attention
from pipeline.engine.batch import Batch, Cache, Span, pack
from pipeline.engine.device import free_memory
from pipeline.engine.graphs import Graphs
from pipeline.engine.kernel import KernelCache
from pipeline.engine.paged import PagedCache
from pipeline.engine.request import EngineError
from pipeline.engine.shapes import settle
from pipeline.engine.triton_cache import TritonCache

# Of the memory that is free once the model has run a full pass, what keys and values may take if nothing is said.
SHARE = {"cpu": 0.5, "cuda": 0.85}


class Runner:
    """The model and its cache, for sequences of `window` tokens.

    `rows`: tokens in a pass at most, None for as many as the device computes equally; `max_requests`: sequences at
    once, None for half of it; `memory`: bytes for keys and values, None for a share of what is free. Raises
    EngineError for a model that `load_model` did not make, and where memory does not hold a page.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        window: int,
        rows: int | None = None,
        max_requests: int | None = None,
        memory: int | None = None,
    ) -> None:
        if model.config._attn_implementation != attention.NAME:
            raise EngineError(f"This {type(model).__name__} is not set up for the engine; get it from load_model.")
        self._model, self._device = model, model.device
        self._sizes = settle(model)
        self.rows = min(rows or self._sizes[-1], self._sizes[-1])
        self.max_requests = min(max_requests or max(self.rows // 2, 1), self.rows)
        self._graphs: Graphs | None = None
        self.cache: Cache = PagedCache({}, self._device)
        self.cache = self._fitting_cache()
        self.cache.resize(self._pages(memory, window))
        if isinstance(self.cache, TritonCache):
            most = self.max_requests * -(-window // self.cache.page)
            self._graphs = Graphs(self._all_logits, self.cache, self._sizes, most)

    def _fitting_cache(self) -> Cache:
        """The fastest cache for what the model stores, which a pass of full size shows."""
        self._forward([Span([0], 0, [1], 1)], [0], self._sizes[-1])
        for kind in (KernelCache, TritonCache):
            if kind.usable(self.cache.shapes, self._device):
                return kind(self.cache.shapes, self._device)
        return self.cache

    @property
    def vocabulary(self) -> int:
        """Token ids are below this."""
        return int(self._model.get_input_embeddings().num_embeddings)  # type: ignore[arg-type]

    @torch.inference_mode()
    def run(self, spans: Sequence[Span], sampled: Sequence[int]) -> Tensor:
        """Logits [sampled, vocabulary] after the last tokens of the `sampled` spans (indices).

        MemoryError or torch.OutOfMemoryError where there is none.
        """
        return self._forward(spans, sampled)

    def _forward(self, spans: Sequence[Span], sampled: Sequence[int], least: int = 0) -> Tensor:
        """The same in a pass of at `least` so many rows."""
        ends = list(accumulate(len(span.tokens) for span in spans))
        rows = self._padded(max(ends[-1], least))
        kept = [ends[i] - 1 for i in sampled] + [0] * (self._padded(len(sampled)) - len(sampled))
        batch = pack(spans, rows, kept, self.cache, self._device)
        if self._graphs and self._graphs.take(rows, ends[-1], len(sampled)):
            return self._graphs.run(batch)[: len(sampled)]
        return self._logits(batch, batch.kept)[: len(sampled)]

    def _all_logits(self, batch: Batch) -> Tensor:
        return self._logits(batch, 0)

    def _logits(self, batch: Batch, keep: Tensor | int) -> Tensor:
        """Those of the rows to keep, 0 for all."""
        output = self._model(
            input_ids=batch.ids, position_ids=batch.positions, use_cache=False, logits_to_keep=keep, batch=batch
        )
        logits: Tensor = output.logits[0]
        return logits

    def _padded(self, rows: int) -> int:
        return next(size for size in self._sizes if size >= rows)

    def _pages(self, memory: int | None, window: int) -> int:
        """How many pages there are: as many as `max_requests` can fill, if memory holds them."""
        room = memory if memory is not None else int(free_memory(self._device) * SHARE[self._device.type])
        affordable = room // self.cache.page_bytes
        if affordable < 1:
            raise EngineError(
                f"The {room / 1e6:,.0f} MB for keys and values hold none of its pages "
                f"({self.cache.page_bytes / 1e6:,.1f} MB); give more, take a smaller model, or a larger device."
            )
        return 1 + min(self.max_requests * -(-window // self.cache.page), affordable)
