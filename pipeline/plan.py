"""What a run will read: the shards as they are now, cut into splits.

In: the input's configuration. Out: a `Plan`, whose hash is part of the run's fingerprint. Reads footers and file
bytes, never rows; knows nothing of Ray (and must run before `ray.data` is imported, whose extension types make
hostile Parquet schemas dangerous).
"""

import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.config.document import Columns, Input
from pipeline.errors import RefusedError
from pipeline.hashes import digest, file_sha256
from pipeline.schema import Split

TEXT = ("string", "large_string", "string_view", "binary", "large_binary", "binary_view")


@dataclass(frozen=True, slots=True)
class Shard:
    """One input file as it was planned. `name` is its path below the input's, `size` its length in bytes.

    `mtime_ns` only saves hashing a file again that nobody has touched; it is no part of what the plan is.
    """

    name: str
    size: int
    sha256: str
    rows: int
    mtime_ns: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Every shard and split of a run, in order."""

    shards: tuple[Shard, ...]
    splits: tuple[Split, ...]

    @property
    def sha256(self) -> str:
        return digest(asdict(replace(self, shards=tuple(replace(shard, mtime_ns=0) for shard in self.shards))))

    def dump(self) -> bytes:
        return json.dumps(asdict(self), separators=(",", ":")).encode()

    @staticmethod
    def parse(data: bytes) -> "Plan":
        tree = json.loads(data)
        return Plan(tuple(Shard(**s) for s in tree["shards"]), tuple(Split(**s) for s in tree["splits"]))


def plan(config: Input) -> Plan:
    """List, check and cut the input. RefusedError names an input that is absent, unreadable or lacks a column."""
    root, paths = find(Path(config.path))
    with ThreadPoolExecutor() as pool:
        footers = list(pool.map(lambda path: footer(path, config.columns), paths))
        hashes = list(pool.map(file_sha256, paths))
    shards = [
        _shard(path.relative_to(root).as_posix(), path.stat(), sha, meta.num_rows)
        for path, sha, meta in zip(paths, hashes, footers, strict=True)
    ]
    splits = [split for i, shard in enumerate(shards) for split in cut(i, shard, footers[i], config)]
    return Plan(tuple(shards), tuple(splits))


def _shard(name: str, stat: os.stat_result, sha: str, rows: int) -> Shard:
    return Shard(name, stat.st_size, sha, rows, stat.st_mtime_ns)


def changed(plan: Plan, config: Input) -> bool:
    """Whether the input's files are other ones than those planned; only files that were touched are read."""
    root, paths = find(Path(config.path))
    if [path.relative_to(root).as_posix() for path in paths] != [shard.name for shard in plan.shards]:
        return True
    return any(differs(path, shard) for path, shard in zip(paths, plan.shards, strict=True))


def differs(path: Path, shard: Shard) -> bool:
    """Whether a file is another one than was planned; it is read only if it was touched since."""
    stat = path.stat()
    if stat.st_size != shard.size:
        return True
    return stat.st_mtime_ns != shard.mtime_ns and file_sha256(path) != shard.sha256


def find(path: Path) -> tuple[Path, list[Path]]:
    """The input's root and its Parquet files, sorted; names that begin with `_` or `.` are not input."""
    if path.is_file():
        return path.parent, [path]
    if not path.is_dir():
        raise RefusedError(f"There is no input at {path}; set input.path to a directory of Parquet shards.")
    found = sorted(p for p in path.rglob("*.parquet") if p.is_file() and not _hidden(p.relative_to(path)))
    if not found:
        raise RefusedError(
            f"{path} holds no .parquet file; make shards with: "
            f"starscribe ingest --source.paths '[DIR]' --output.path {path}"
        )
    return path, found


def _hidden(relative: Path) -> bool:
    return any(part.startswith(("_", ".")) for part in relative.parts)


def footer(path: Path, columns: Columns) -> pq.FileMetaData:
    """The shard's footer, after checking that its columns are there and plain. RefusedError otherwise."""
    try:
        with pq.ParquetFile(path) as file:
            schema, meta = file.schema_arrow, file.metadata
    except (OSError, pa.ArrowException) as error:
        reason = str(error).split("\n")[0]
        raise RefusedError(
            f"The shard {path} cannot be read as Parquet: {reason} Replace it, or move it out of the input."
        ) from error
    for problem in problems(schema, columns):
        raise RefusedError(f"The shard {path} {problem}")
    return meta


def problems(schema: pa.Schema, columns: Columns) -> Iterator[str]:
    """What is wrong with a shard's schema, as ends of a sentence that begins with the shard."""
    for field in _fields(schema):
        if isinstance(field.type, pa.BaseExtensionType) or b"ARROW:extension:name" in (field.metadata or {}):
            yield f"has an extension type in column {field.name!r}, which can run code when read; use plain types."
    there = ", ".join(schema.names)
    for key in needed(columns, schema):
        name = getattr(columns, key)
        remedy = f"map another with --input.columns.{key} NAME. It has: {there}."
        if name not in schema.names:
            yield f"has no column {name!r}, which is to hold the {key}; {remedy}"
        elif schema.names.count(name) > 1:
            yield f"has several columns {name!r}, and one must hold the {key}; {remedy}"
        elif not _holds_text(schema.field(name).type, nested=key == "licenses"):
            yield f"has {schema.field(name).type} in column {name!r}, where the {key} must be text; {remedy}"


def needed(columns: Columns, schema: pa.Schema) -> list[str]:
    """The mapped columns that must be read: those that are there, `content`, and those that a person has named."""
    return [
        key
        for key in type(columns).model_fields
        if (name := getattr(columns, key)) is not None
        and (name in schema.names or key == "content" or key in columns.model_fields_set)
    ]


def _fields(schema: Iterable[pa.Field]) -> Iterator[pa.Field]:
    waiting = list(schema)
    while waiting:
        field = waiting.pop()
        yield field
        waiting.extend(
            field.type.field(i) for i in range(field.type.num_fields) if not pa.types.is_dictionary(field.type)
        )


def _holds_text(kind: pa.DataType, nested: bool) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if nested and kind.num_fields:
        return all(_holds_text(kind.field(i).type, nested) for i in range(kind.num_fields))
    return str(kind) in TEXT


def cut(index: int, shard: Shard, meta: pq.FileMetaData, config: Input) -> Iterator[Split]:
    """A shard's splits, none across two row groups: at most so many rows, and about so many bytes of content."""
    first = 0
    for g in range(meta.num_row_groups):
        group = meta.row_group(g)
        for start, stop in ranges(group.num_rows, _content_bytes(group, config.columns.content), config):
            yield Split(shard.name, first + start, first + stop, f"{index:06d}-{first + start:010d}")
        first += group.num_rows


def _content_bytes(group: pq.RowGroupMetaData, content: str) -> int:
    columns = (group.column(i) for i in range(group.num_columns))
    return sum(column.total_uncompressed_size for column in columns if column.path_in_schema == content)


def ranges(rows: int, size: int, config: Input) -> Iterator[tuple[int, int]]:
    """Ranges that cover 0 to `rows` in even steps, given that the rows hold `size` bytes of content together."""
    parts = max(-(-rows // config.split_rows), -(-size // config.split_bytes)) if rows else 0
    bounds = [rows * k // min(parts, rows) for k in range(min(parts, rows) + 1)] if parts else [0]
    yield from pairwise(bounds)
