"""Spans of tokens in, logits out: one pass through the model, its keys and values in the cache.

Finds by measuring how many pages of cache there is memory for. Knows nothing of queues, sampling or stop
rules.
"""

import os
from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import PreTrainedModel

from pipeline.engine import attention
from pipeline.engine.batch import Span, by_length, pack
from pipeline.engine.cache import Cache
from pipeline.engine.request import EngineError
from pipeline.engine.scheduler import OUTPUT_ROWS, pages_for

# Of the memory that is there, what keys and values may take.
CPU_SHARE, CUDA_SHARE = 0.5, 0.85


class Runner:
    """The model and its cache.

    Raises EngineError for a model that `load_model` did not make, and where memory does not hold a page.
    """

    def __init__(self, model: PreTrainedModel, window: int, max_requests: int) -> None:
        if model.config._attn_implementation != attention.NAME:
            raise EngineError(f"This {type(model).__name__} is not set up for the engine; get it from load_model.")
        self._model, self._device = model, model.device
        self._cache = Cache(2)
        self.run([Span([0], 0, [1])], OUTPUT_ROWS, [0])
        self._cache.resize(1 + min(max_requests * pages_for(window), self._affordable()))

    @property
    def pages(self) -> int:
        """Pages of the cache, the one that stays empty included."""
        return self._cache.pages

    @property
    def vocabulary(self) -> int:
        """Token ids are below this."""
        return int(self._model.get_input_embeddings().num_embeddings)  # type: ignore[arg-type]

    def clear(self, pages: list[int]) -> None:
        """Makes pages ready for a new request."""
        self._cache.clear(pages)

    @torch.inference_mode()
    def run(self, spans: Sequence[Span], rows: int, sampled: Sequence[int]) -> Tensor:
        """Logits [sampled, vocabulary] after the last tokens of the `sampled` spans (indices, OUTPUT_ROWS at
        most).

        `rows` is what the pass is padded to, and OUTPUT_ROWS what the sampled rows are padded to, always.
        """
        order = by_length(spans)
        last = _last_rows(spans, order)
        batch = pack([spans[i] for i in order], rows, self._cache, self._device)
        keep = [last[i] for i in sampled] + [0] * (OUTPUT_ROWS - len(sampled))
        output = self._model(
            input_ids=batch.ids,
            position_ids=batch.positions,
            use_cache=False,
            logits_to_keep=torch.tensor(keep, device=self._device),
            batch=batch,
        )
        logits: Tensor = output.logits[0, : len(sampled)]
        return logits

    def _affordable(self) -> int:
        room = _memory(self._device) // max(self._cache.page_bytes, 1)
        if room < 1:
            raise EngineError("There is no memory left for keys and values; take a smaller model or a larger device.")
        return room


def _last_rows(spans: Sequence[Span], order: Sequence[int]) -> dict[int, int]:
    """The row of each span's last token, once the spans are packed in that order."""
    last, row = {}, 0
    for i in order:
        row += len(spans[i].tokens)
        last[i] = row - 1
    return last


def _memory(device: torch.device) -> int:
    """Bytes that keys and values may take."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0] * CUDA_SHARE)
    return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * CPU_SHARE)
