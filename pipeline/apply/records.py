"""A run's records, file by file: the docstrings that came out well.

In: the store of a complete run. Out: the rows of one file after the other, as its parts have them; a file's rows stand
together, since a split holds files whole. Memory holds one part and the rows of one file. Never Ray.
"""

import io
import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import RefusedError
from pipeline.schema import RECORD
from pipeline.shard import extensions
from pipeline.store import Store, opened

Row = dict[str, Any]

TASK = "docstring"
BATCH_ROWS = 256
COLUMNS = (
    *("repo", "path", "language", "blob_id", "kind", "name", "start_line", "start_byte", "code"),
    *("task", "status", "output", "documentation", "checks"),
)
NEEDED = {*COLUMNS} - {"documentation"}  # which runs before it do not have


def by_file(path: str, repo: str | None) -> Iterator[tuple[str, list[Row]]]:
    """Each file's path and its rows. RefusedError if the run is not complete, or a part of it is gone or broken."""
    store = opened(path)
    for name in _parts(store, path):
        rows = (row for row in _rows(store, name) if _wanted(row, repo))
        for (_, file), group in groupby(rows, lambda row: (row["repo"], row["path"])):
            yield file, list(group)


def _parts(store: Store, path: str) -> list[str]:
    data = store.read("manifest.json")
    if data is None:
        raise RefusedError(
            f"records.path: {path} holds no complete run; give the output of a `document` run that has ended."
        )
    return [part["name"] for part in json.loads(data)["parts"] if part["name"].startswith("records/")]


def _wanted(row: Row, repo: str | None) -> bool:
    return (
        row["task"] == TASK
        and row["status"] == "ok"
        and row["path"] is not None
        and row["code"] is not None
        and (repo is None or row["repo"] == repo)
    )


def _rows(store: Store, name: str) -> Iterator[Row]:
    data = store.read(name)
    if data is None:
        raise RefusedError(f"The part {name}, which the manifest lists, is gone from the output; restore it.")
    try:
        with pq.ParquetFile(io.BytesIO(data), page_checksum_verification=True) as file:
            columns = _columns(file.schema_arrow, name)
            for batch in file.iter_batches(BATCH_ROWS, columns=columns):
                yield from batch.to_pylist()
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise RefusedError(f"The part {name} cannot be read: {error}; restore it.") from error


def _columns(schema: pa.Schema, name: str) -> list[str]:
    for problem in extensions(schema):
        raise RefusedError(f"The part {name} {problem}")
    for column in COLUMNS:
        there = schema.field(column).type if column in schema.names else None
        if (there is None and column in NEEDED) or (there is not None and not _fits(there, column)):
            raise RefusedError(
                f"The part {name} has no column {column!r} as records have it; give a run of this version."
            )
    return [column for column in COLUMNS if column in schema.names]


def _fits(there: pa.DataType, column: str) -> bool:
    """Whether a column has its type; the struct of checks may have grown since, or be older."""
    return bool(pa.types.is_struct(there) if column == "checks" else there == RECORD.field(column).type)
