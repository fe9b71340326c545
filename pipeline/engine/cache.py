"""Keys and values of every token in flight, in pages: one pair of tensors per layer.

A token's place is its slot: page × PAGE + offset. Memory is taken once for all pages (on a CPU the system
hands it out as pages are first written). Page 0 is zero for ever. Knows nothing of requests.
"""

import torch
from torch import Tensor

from pipeline.engine.scheduler import PAGE


class Cache:
    """Per layer a pair of tensors [pages × PAGE, KV heads, head size], shaped by the first keys that are
    written.
    """

    def __init__(self, pages: int) -> None:
        self.pages = pages
        self._layers: dict[int, tuple[Tensor, Tensor]] = {}

    def write(self, layer: int, keys: Tensor, values: Tensor, slots: Tensor) -> None:
        """Stores keys and values [tokens, KV heads, head size] at `slots` [tokens]."""
        if layer not in self._layers:
            self._layers[layer] = (self._allocate(keys), self._allocate(values))
        for store, fresh in zip(self._layers[layer], (keys, values), strict=True):
            store.index_copy_(0, slots, fresh)

    def read(self, layer: int, tables: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values [requests, tables' pages × PAGE, KV heads, head size] of `tables` [requests,
        pages].
        """
        keys, values = (self._gather(store, tables) for store in self._layers[layer])
        return keys, values

    def clear(self, pages: list[int]) -> None:
        """Zeroes pages: masked places have weight 0, but 0 × NaN left by another request would be NaN."""
        for stores in self._layers.values():
            for store in stores:
                index = torch.tensor(pages, dtype=torch.int64, device=store.device)
                store.view(-1, PAGE, *store.shape[1:]).index_fill_(0, index, 0)

    def resize(self, pages: int) -> None:
        """Another number of pages for the layers seen so far; what was stored is dropped."""
        self.pages = pages
        self._layers = {at: (self._allocate(k), self._allocate(v)) for at, (k, v) in self._layers.items()}

    @property
    def page_bytes(self) -> int:
        """Memory that one page takes in all layers."""
        return sum(s.numel() * s.element_size() for both in self._layers.values() for s in both) // self.pages

    def _allocate(self, like: Tensor) -> Tensor:
        store = like.new_empty(self.pages * PAGE, *like.shape[1:])
        store[:PAGE] = 0
        return store

    @staticmethod
    def _gather(store: Tensor, tables: Tensor) -> Tensor:
        pages = store.view(-1, PAGE * store.shape[1] * store.shape[2])
        return pages.index_select(0, tables.flatten()).view(len(tables), -1, *store.shape[1:])
