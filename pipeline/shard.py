"""One input file: what its footer says of it, and whether that can be relied on.

In: a file, and which of its columns are needed. Out: a `Shard`, cut into row groups; one that must not be read carries
its `problem`. Reads the footer, and all bytes for their hash, but no rows. Knows nothing of Ray (and must run before
`ray.data` is imported, whose extension types make hostile Parquet schemas dangerous).
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.config.document import Columns
from pipeline.errors import RefusedError
from pipeline.hashes import file_sha256

TEXT = ("string", "large_string", "string_view", "binary", "large_binary", "binary_view")

# Source code comes down to a fifth of its size or so. What unpacks to more than `MOST_RATIO` times its size is made to,
# and at `SUSPICIOUS` bytes a batch of values that are all in one dictionary still fits a reader's memory.
MOST_RATIO, SUSPICIOUS = 1000, 16 << 20
LARGEST_CHUNK = 16 << 30  # bytes of one column in one row group
MOST_ROWS = 10_000_000  # in one row group: a few bytes of footer could claim any number


@dataclass(frozen=True, slots=True)
class Group:
    """One row group: its place in the file, the number of its first row, how many there are, and the length of their
    content as stored before compression [bytes].
    """

    number: int
    first: int
    rows: int
    size: int


@dataclass(frozen=True, slots=True)
class Shard:
    """One input file as it was planned. `name` is its path below the input's, `size` its length in bytes.

    `groups` are its row groups, which hold its `rows`. A shard with a `problem` is quarantined: it counts no rows, and
    is not read. `mtime_ns` only saves hashing a file again that nobody has touched; it is no part of what the plan is.
    """

    name: str
    size: int
    sha256: str
    rows: int = 0
    groups: tuple[Group, ...] = ()
    problem: str | None = None
    mtime_ns: int = 0


def examine(path: Path, name: str, columns: Columns) -> Shard:
    """The file as a shard. RefusedError if it lacks a needed column, or the system does not let it be read."""
    try:
        stat, sha256 = path.stat(), file_sha256(path)
    except OSError as error:
        raise RefusedError(
            f"The shard {path} cannot be read: {error.strerror}. Mend that, or move it out of the input."
        ) from error
    shard = Shard(name, stat.st_size, sha256, mtime_ns=stat.st_mtime_ns)
    try:
        with path.open("rb") as file, pq.ParquetFile(file) as parquet:
            return judged(shard, parquet.schema_arrow, parquet.metadata, columns)
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        return replace(shard, problem=f"cannot be read as Parquet: {sentence(error)}")


def sentence(error: Exception) -> str:
    """The first line of what a library says, as a sentence."""
    return f"{str(error).split(chr(10))[0].rstrip('. ')}."


def judged(shard: Shard, schema: pa.Schema, meta: pq.FileMetaData, columns: Columns) -> Shard:
    """The shard with its row groups, or with what speaks against reading it. RefusedError for a column amiss."""
    for problem in extensions(schema):
        return replace(shard, problem=problem)
    for problem in amiss(schema, columns):
        raise RefusedError(f"The shard {shard.name} {problem}")
    names = {getattr(columns, key) for key in needed(columns, schema)}
    for problem in chain(unsound(meta, names), dangers(meta, names, shard.size)):
        return replace(shard, problem=problem)
    return replace(shard, rows=meta.num_rows, groups=tuple(_groups(meta, columns.content)))


def _groups(meta: pq.FileMetaData, content: str) -> Iterator[Group]:
    column = next(i for i in leaves(meta, {content}) if meta.schema.column(i).path == content)
    first = 0
    for number in range(meta.num_row_groups):
        group = meta.row_group(number)
        yield Group(number, first, group.num_rows, group.column(column).total_uncompressed_size)
        first += group.num_rows


def place(shard: Shard, row: int) -> Group:
    """The row group that a row stands in."""
    return shard.groups[bisect_right(shard.groups, row, key=lambda group: group.first) - 1]


def extensions(schema: pa.Schema) -> Iterator[str]:
    """Columns whose type is not plain, as problems."""
    for field in _fields(schema):
        if isinstance(field.type, pa.BaseExtensionType) or b"ARROW:extension:name" in (field.metadata or {}):
            yield f"has an extension type in column {field.name!r}, which can run code when read; use plain types."


def _fields(schema: Iterable[pa.Field]) -> Iterator[pa.Field]:
    waiting = list(schema)
    while waiting:
        field = waiting.pop()
        yield field
        waiting.extend(
            field.type.field(i) for i in range(field.type.num_fields) if not pa.types.is_dictionary(field.type)
        )


def amiss(schema: pa.Schema, columns: Columns) -> Iterator[str]:
    """Needed columns that are absent, ambiguous or no text, as ends of a sentence that begins with the shard."""
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


def _holds_text(kind: pa.DataType, nested: bool) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if nested and kind.num_fields:
        return all(_holds_text(kind.field(i).type, nested) for i in range(kind.num_fields))
    return str(kind) in TEXT


def leaves(meta: pq.FileMetaData, names: Iterable[str]) -> list[int]:
    """The places of the Parquet columns that top-level columns of these names are stored in."""
    inside = tuple(f"{name}." for name in names)
    paths = [meta.schema.column(i).path for i in range(meta.num_columns)]
    return [i for i, path in enumerate(paths) if f"{path}.".startswith(inside)]


def unsound(meta: pq.FileMetaData, names: Iterable[str]) -> Iterator[str]:
    """Needed columns that are encrypted, or whose metadata cannot be, as problems.

    pyarrow ends the process where it is asked for the metadata of such a column chunk, but a reader fails in order.
    """
    for name in sorted(names):
        for group in range(meta.num_row_groups):
            if (said := _tried(meta, group, name)) not in ("", _usual()):
                locked = "decrypt" in said.lower()
                yield (
                    f"is encrypted in column {name!r}; decrypt it first." if locked else f"has a broken footer: {said}"
                )


def _tried(meta: pq.FileMetaData, group: int, name: str) -> str:
    """What a reader says that has a footer, and no file."""
    reader = pq.ParquetFile(pa.BufferReader(b""), metadata=meta)
    try:
        next(reader.iter_batches(1, row_groups=[group], columns=[name]), None)
    except (OSError, pa.ArrowException) as error:
        return sentence(error)
    return ""


@cache
def _usual() -> str:
    """What it says of a sound footer."""
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"content": ["x"]}), sink)
    return _tried(pq.read_metadata(pa.BufferReader(sink.getvalue())), 0, "content")


def dangers(meta: pq.FileMetaData, names: Iterable[str], size: int) -> Iterator[str]:
    """What in a footer cannot be true of a file of this size [bytes], or would not fit into memory, as problems."""
    columns = leaves(meta, names)
    groups = [meta.row_group(g) for g in range(meta.num_row_groups)]
    if sum(group.num_rows for group in groups) != meta.num_rows:
        yield "has a broken footer: the rows of its row groups are not as many as the file's."
    for group in groups:
        if not 0 <= group.num_rows <= MOST_ROWS:
            yield f"has {group.num_rows:,} rows in one row group; write it with at most {MOST_ROWS:,}."
        yield from _dangerous([group.column(i) for i in columns], group.num_rows, size)


def _dangerous(chunks: Sequence[pq.ColumnChunkMetaData], rows: int, size: int) -> Iterator[str]:
    for chunk in chunks:
        packed, unpacked = chunk.total_compressed_size, chunk.total_uncompressed_size
        if not (0 <= packed <= size and unpacked >= 0 and chunk.num_values >= rows):
            yield f"has a broken footer: what it says of column {chunk.path_in_schema!r} cannot be."
        elif unpacked > LARGEST_CHUNK or unpacked > max(SUSPICIOUS, MOST_RATIO * packed):
            yield (
                f"may be a bomb: column {chunk.path_in_schema!r} of a row group holds {unpacked:,} bytes, "
                f"packed into {packed:,}."
            )


def differs(path: Path, shard: Shard) -> bool:
    """Whether a file is another one than was planned; it is read only if it was touched since."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return True
    if stat.st_size != shard.size:
        return True
    return stat.st_mtime_ns != shard.mtime_ns and file_sha256(path) != shard.sha256
