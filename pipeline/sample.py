"""A few records of a complete run, for people to look at.

In: a store and the manifest, whose list of parts is what counts. Out: rows, the same ones each time: drawn from parts
spread evenly over the run, and in a part those whose ids, which are hashes, come first. Bounded by the number of rows
asked for, whatever the size of the run. Uses pyarrow only, never Ray.
"""

from collections.abc import Sequence
from typing import Any, Literal, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import RefusedError
from pipeline.manifest import Manifest
from pipeline.store import Store

Row = dict[str, Any]
T = TypeVar("T")

COLUMNS = [
    *("id", "ordinal", "repo", "path", "language", "kind", "name", "start_line", "end_line", "code"),
    *("task", "instruction", "output", "status", "reasons", "provenance"),
]


def sample(store: Store, manifest: Manifest, folder: Literal["records", "rejected"], most: int) -> list[Row]:
    """At most that many rows of a folder, in the order of the run. RefusedError if a part is gone."""
    parts = [part["name"] for part in manifest["parts"] if part["name"].startswith(f"{folder}/")]
    chosen = spread(parts, most)
    each = -(-most // max(len(chosen), 1))
    return spread([row for name in chosen for row in _rows(store, name, each)], most)


def spread(items: Sequence[T], most: int) -> list[T]:
    """At most that many items, at even distances."""
    count = min(len(items), most)
    return [items[i * len(items) // count] for i in range(count)]


def _rows(store: Store, name: str, most: int) -> list[Row]:
    data = store.read(name)
    if data is None:
        raise RefusedError(f"The part {name}, which the manifest lists, is gone from the output; restore it.")
    # Threads of Arrow's that let go of Python's memory as the process ends abort it (14 of 150 tries).
    table = pq.read_table(pa.BufferReader(data), columns=COLUMNS, use_threads=False, pre_buffer=False)
    ids = table.column("id").to_pylist()
    first = sorted(sorted(range(len(ids)), key=ids.__getitem__)[:most])
    rows: list[Row] = table.take(first).to_pylist()
    return rows
