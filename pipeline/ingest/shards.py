"""Rows in, Parquet shards of bounded size out, each whole or absent.

A shard is written under a hidden name, synced, and linked to its final name; equal rows give equal bytes. A
run that ends early takes its shards away again, so that a folder never holds half a tree. Knows nothing of
sources.
"""

import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.config.ingest import Shards
from pipeline.disk import sync
from pipeline.errors import RefusedError

Row = dict[str, Any]

SUMMARY = "_ingest.json"


class ShardWriter:
    """The shards of one folder, as a context manager: leaving it without an error completes the last."""

    def __init__(self, config: Shards, schema: pa.Schema) -> None:
        self.config, self.schema = config, schema
        self.folder = Path(config.path)
        self.shards: list[Path] = []
        self._group: list[Row] = []
        self._writer: pq.ParquetWriter | None = None
        self._rows = self._bytes = self._group_bytes = 0
        prepare(self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        except BaseException:
            self._withdraw()
            raise
        if kind is not None:
            self._withdraw()

    def write(self, row: Row) -> None:
        """Add a row; it is on disk when its shard is complete."""
        size = len(row["content"].encode())
        if self._rows and (self._rows >= self.config.rows_per_shard or self._bytes + size > self.config.shard_bytes):
            self._finish()
        if self._group and self._group_bytes + size > self.config.group_bytes:
            self._flush()
        self._group.append(row)
        self._rows += 1
        self._bytes += size
        self._group_bytes += size
        if len(self._group) >= self.config.rows_per_group:
            self._flush()

    def summarise(self, summary: dict[str, Any]) -> None:
        """Complete the last shard, then write the summary, under a name that readers of Parquet pass over."""
        self._finish()
        self._place(SUMMARY, json.dumps(summary, indent=2, ensure_ascii=False).encode() + b"\n")

    @property
    def _hidden(self) -> Path:
        return self.folder / f".shard-{len(self.shards):05d}.parquet.tmp"

    def _flush(self) -> None:
        if not self._group:
            return
        if self._writer is None:
            self._writer = open_writer(self._hidden, self.schema)
        self._writer.write_table(pa.Table.from_pylist(self._group, self.schema))
        self._group, self._group_bytes = [], 0

    def _finish(self) -> None:
        self._flush()
        if self._writer is None:
            return
        self._writer.close()
        self._writer = None
        final = self.folder / f"shard-{len(self.shards):05d}.parquet"
        publish(self._hidden, final)
        self.shards.append(final)
        self._rows = self._bytes = 0

    def _place(self, name: str, data: bytes) -> None:
        hidden = self.folder / f".{name}.tmp"
        hidden.write_bytes(data)
        publish(hidden, self.folder / name)

    def _withdraw(self) -> None:
        if self._writer is not None:
            self._writer.close()
        for path in (self._hidden, *self.shards, self.folder / SUMMARY, self.folder / f".{SUMMARY}.tmp"):
            path.unlink(missing_ok=True)


def prepare(folder: Path) -> None:
    """Make the folder, or see that it is empty; RefusedError otherwise."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise RefusedError(
            f"output.path: {folder} cannot be made or read ({error.strerror}); choose one that you may write."
        ) from error
    if held:
        raise RefusedError(f"output.path: {folder} already holds files ({held[0]}); give a new or empty folder.")
    if not os.access(folder, os.W_OK):
        raise RefusedError(f"output.path: {folder} cannot be written to; change its permissions, or choose another.")


def open_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A Parquet file with settings that depend on nothing but these lines."""
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=3,
        # Sources do not repeat, and the least and greatest of them tell nothing.
        use_dictionary=[name for name in schema.names if name != "content"],
        write_statistics=[name for name in schema.names if name != "content"],
        write_page_checksum=True,
        data_page_version="1.0",
    )


def publish(hidden: Path, final: Path) -> None:
    """Give a complete file its final name, synced to disk; never over another file."""
    sync(hidden)
    os.link(hidden, final)
    hidden.unlink()
    sync(final.parent)
