"""What is compiled for processors (kernel.c), above all a cache: keys and values of every token in flight, in pages.

Built when the package is installed, where there is a C compiler; elsewhere `paged` does the same in torch, slower.
It computes in float32 whatever the numbers are stored in, and for each row by itself.
"""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from itertools import chain
from pathlib import Path

import torch
from torch import Tensor

from pipeline.engine.batch import Shapes, Span, integers, slots
from pipeline.engine.request import EngineError

FORMATS = (torch.float32, torch.bfloat16)  # of numbers, as in kernel.c
PAGE, MULTIPLE = 64, 16  # as in kernel.c: tokens of a page, and what sizes of rows are multiples of
TILE = 8  # rows of one request that go to a thread together


class Job(ctypes.Structure):
    """`job` of kernel.c."""

    _fields_ = (
        *((name, ctypes.c_int32) for name in ("heads", "kv_heads", "size", "pair", "window")),
        ("scale", ctypes.c_float),
        *((name, ctypes.c_void_p) for name in ("tiles", "tables", "query", "keys", "values", "output")),
        *((name, ctypes.c_int64) for name in ("query_row", "output_row")),
    )


class Pool(ctypes.Structure):
    """`pool` of kernel.c."""

    _fields_ = (("pages", ctypes.c_void_p), ("bytes", ctypes.c_int64))


@cache
def library() -> ctypes.CDLL | None:
    """What is compiled, if it was built."""
    files = [Path(__file__).with_name(f"_kernel{suffix}") for suffix in EXTENSION_SUFFIXES]
    built = next((file for file in files if file.exists()), None)
    if built is None:
        return None
    found = ctypes.CDLL(str(built))
    found.starscribe_write.argtypes = [
        *[ctypes.c_int] * 4,
        *[ctypes.c_void_p] * 3,
        *[ctypes.c_int64] * 2,
        *[ctypes.c_void_p] * 2,
        ctypes.c_int,
    ]
    found.starscribe_copy.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
    found.starscribe_multiply.argtypes = [ctypes.c_void_p, ctypes.c_int]
    found.starscribe_layers.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
    found.starscribe_normalise.argtypes = [ctypes.c_void_p, ctypes.c_int]
    found.starscribe_greatest.argtypes = [
        *(ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_int64),
        *(ctypes.c_int, ctypes.c_void_p, ctypes.c_int),
    ]
    found.starscribe_activate.argtypes = [
        *(ctypes.c_void_p, ctypes.c_int64, ctypes.c_int),
        *(ctypes.c_float, ctypes.c_float, ctypes.c_int),
    ]
    return found


@dataclass(frozen=True, slots=True)
class Layout:
    """A pass: `slots` [tokens], `tiles` [tiles, 4] and `tables` as kernel.c takes them, the longest request.

    `ends`: tiles of the last row of each span.
    """

    slots: Tensor
    tiles: Tensor
    ends: Tensor
    tables: Tensor
    longest: int


class KernelCache:
    """Per layer keys and values [pages, KV heads, PAGE × size], each page laid out as kernel.c says."""

    page = PAGE

    def __init__(self, shapes: Shapes, device: torch.device) -> None:
        built = library()
        if built is None:
            raise EngineError("The compiled attention was not built; install the package again with a C compiler.")
        self.shapes, self._device, self._library = shapes, device, built
        self.resize(1)

    @staticmethod
    def usable(shapes: Shapes, device: torch.device) -> bool:
        """Whether keys and values like these can be attended to here."""
        return (
            device.type == "cpu"
            and library() is not None
            and all(
                key == value and key % MULTIPLE == 0 and dtype in FORMATS for _, key, value, dtype in shapes.values()
            )
        )

    @property
    def page_bytes(self) -> int:
        """Memory that one page takes in all layers."""
        return sum(PAGE * heads * 2 * size * dtype.itemsize for heads, size, _, dtype in self.shapes.values())

    def resize(self, pages: int) -> None:
        """Another number of pages; what was stored is dropped. The system hands memory out as it is written to."""
        self.pages = pages
        self._layers = {
            layer: (
                torch.empty(pages, heads, PAGE * size, dtype=dtype, device=self._device),
                torch.empty(pages, heads, PAGE * size, dtype=dtype, device=self._device),
            )
            for layer, (heads, size, _, dtype) in self.shapes.items()
        }
        stored = list(chain.from_iterable(self._layers.values()))
        self._pools = (Pool * len(stored))(*(Pool(tensor.data_ptr(), tensor[0].nbytes) for tensor in stored))

    def copy(self, pages: Sequence[tuple[int, int]]) -> None:
        """Copies pages (from, to), one after the other."""
        if pages:
            flat = integers(chain.from_iterable(pages))
            self._library.starscribe_copy(
                self._pools, len(self._pools), flat.data_ptr(), len(pages), torch.get_num_threads()
            )

    def stored(self, layer: int) -> tuple[Tensor, Tensor]:
        """Keys and values of a layer."""
        return self._layers[layer]

    def layout(self, spans: Sequence[Span]) -> Layout:
        """What all layers need of a pass."""
        tiles, ends, tables, row = list[int](), list[int](), list[int](), 0
        for span in spans:
            for at in range(0, len(span.tokens), TILE):
                tiles += (row + at, min(TILE, len(span.tokens) - at), span.start + at, len(tables))
            row += len(span.tokens)
            ends += (row - 1, 1, span.end - 1, len(tables))
            tables += span.pages
        return Layout(
            integers(slots(spans, PAGE)),
            integers(tiles, torch.int32).view(-1, 4),
            integers(ends, torch.int32).view(-1, 4),
            integers(tables, torch.int32),
            max(ends[2::4]) + 1,
        )

    def ends(self, layout: Layout) -> Layout:
        """The same where only the last row of each span is wanted: others may be anything."""
        return replace(layout, tiles=layout.ends)

    def attend(
        self, layer: int, rows: Tensor, keys: Tensor, values: Tensor, layout: Layout, scale: float, window: int | None
    ) -> Tensor:
        """Stores keys and values [rows, KV heads, size], and attends: rows [rows, heads, size], the same shape out.

        MemoryError where there is none for the scores.
        """
        rows, keys, values = map(_dense, (rows, keys, values))
        self._write(layer, keys, values, layout)
        output = torch.empty_like(rows, memory_format=torch.contiguous_format)
        if len(layout.slots) < len(rows):
            output[len(layout.slots) :] = 0
        stored_keys, stored_values = self._layers[layer]
        job = Job(
            *(rows.shape[1], keys.shape[1], rows.shape[2], rows.dtype == torch.bfloat16, window or 0, scale),
            *(t.data_ptr() for t in (layout.tiles, layout.tables, rows, stored_keys, stored_values, output)),
            *(rows.stride(0), output.stride(0)),
        )
        if self._library.starscribe_attend(
            ctypes.byref(job), len(layout.tiles), layout.longest, torch.get_num_threads()
        ):
            raise MemoryError("no memory for attention scores")
        return output

    def _write(self, layer: int, keys: Tensor, values: Tensor, layout: Layout) -> None:
        self._library.starscribe_write(
            *(len(layout.slots), keys.shape[1], keys.shape[2], keys.dtype == torch.bfloat16, layout.slots.data_ptr()),
            *(keys.data_ptr(), values.data_ptr(), keys.stride(0), values.stride(0)),
            *(stored.data_ptr() for stored in self._layers[layer]),
            torch.get_num_threads(),
        )


def greatest(numbers: Tensor) -> Tensor:
    """The place of the greatest of each row [rows, numbers], the first of equals; not a number counts for nothing."""
    built, pair = library(), numbers.dtype == torch.bfloat16
    fitting = numbers.device.type == "cpu" and numbers.dtype in FORMATS and numbers.stride(-1) == 1
    if built is None or not fitting:
        return numbers.max(-1).indices  # the first of equals, and faster than argmax
    places = torch.empty(len(numbers), dtype=torch.long)
    built.starscribe_greatest(
        *(numbers.data_ptr(), *numbers.shape, numbers.stride(0)),
        *(pair, places.data_ptr(), torch.get_num_threads()),
    )
    return places


def _dense(rows: Tensor) -> Tensor:
    """Rows [rows, heads, size] such that each row is in one piece."""
    whole = rows.stride(2) == 1 and (rows.stride(1) == rows.shape[2] or rows.shape[1] == 1)
    return rows if whole else rows.contiguous()
