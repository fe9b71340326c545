"""The rows of a split, as files.

In: a split. Out: its files. Only the mapped columns are read, page checksums are
verified, and whatever is wrong with a row becomes that file's `problem`. Rows that the filters leave out are counted.
Knows nothing of Ray.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.config.document import Input
from pipeline.errors import RefusedError
from pipeline.hashes import blob_id
from pipeline.languages import language_of
from pipeline.plan import Shard, differs, needed
from pipeline.schema import File, Origin, Split, Work

BATCH_ROWS = 64
SHA1 = re.compile(r"[0-9a-f]{40}")


def read(split: Split, shard: Shard, config: Input) -> Work[File]:
    """The files of one split of a shard. RefusedError if the shard cannot be read as planned."""
    files: list[File] = []
    skipped: Counter[str] = Counter()
    for number, row in _rows(split, shard, config):
        file = as_file(row, split.shard, number)
        reason = left_out(file, config)
        if reason is None:
            files.append(file)
        else:
            skipped[reason] += 1
    return Work(split, tuple(files), dict(skipped))


def _rows(split: Split, shard: Shard, config: Input) -> Iterator[tuple[int, dict[str, Any]]]:
    root = Path(config.path)
    path = root if root.is_file() else root / split.shard
    try:
        if differs(path, shard):
            raise RefusedError(
                f"The shard {path} is not the one that was planned; put that back, or begin a new output."
            )
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            groups, first = covering(file.metadata, split)
            keys = needed(config.columns, file.schema_arrow)
            names = {key: getattr(config.columns, key) for key in keys}
            for batch in file.iter_batches(BATCH_ROWS, row_groups=groups, columns=sorted(set(names.values()))):
                start, stop = max(split.start - first, 0), min(split.stop - first, batch.num_rows)
                yield from _slice(batch, names, start, stop, first)
                first += batch.num_rows
                if first >= split.stop:
                    return
    except (OSError, pa.ArrowException) as error:
        reason = str(error).split("\n")[0]
        raise RefusedError(f"The shard {path} cannot be read any more: {reason} Restore it and run again.") from error


def covering(meta: pq.FileMetaData, split: Split) -> tuple[list[int], int]:
    """The row groups that hold a split's rows, and the number of the first row of the first of them."""
    groups, first, start = [], None, 0
    for g in range(meta.num_row_groups):
        stop = start + meta.row_group(g).num_rows
        if start < split.stop and stop > split.start:
            groups.append(g)
            first = start if first is None else first
        start = stop
    return groups, first or 0


def _slice(
    batch: pa.RecordBatch, names: dict[str, str], start: int, stop: int, first: int
) -> Iterator[tuple[int, dict[str, Any]]]:
    columns = {key: _values(batch.column(name).slice(start, max(stop - start, 0))) for key, name in names.items()}
    for i in range(max(stop - start, 0)):
        yield first + start + i, {key: values[i] for key, values in columns.items()}


def _values(column: pa.Array) -> Sequence[Any]:
    """A column's values; text as bytes, since Parquet's strings need not be valid UTF-8."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    values: list[Any] = column.cast(_as_bytes(column.type)).to_pylist()
    return values


def _as_bytes(kind: pa.DataType) -> pa.DataType:
    """A type with bytes in the place of text, wherever it stands in it."""
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.large_binary()
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.large_list(pa.field(kind.value_field.name, _as_bytes(kind.value_type)))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(field.name, _as_bytes(field.type)) for field in kind])
    return kind


def as_file(row: dict[str, Any], shard: str, number: int) -> File:
    """A row as a file; content that is no text becomes a problem, and what is said of it stays."""
    raw = row.get("content")
    data: bytes = raw.encode() if isinstance(raw, str) else raw or b""
    given = _text(row.get("blob_id"))
    origin = Origin(
        shard=shard,
        row=number,
        **{key: _text(row.get(key)) for key in ("repo", "path", "commit")},
        language=language_of(_text(row.get("path")), _text(row.get("language"))),
        licenses=tuple(licenses(row.get("licenses"))),
        blob_id=given if given and SHA1.fullmatch(given) else blob_id(data) if raw is not None else None,
    )
    try:
        content = data.decode()
    except UnicodeDecodeError:
        return File(origin, "", "bad_encoding")
    problem = "null" if raw is None else "empty" if not content.strip() else "not_text" if "\0" in content else None
    return File(origin, "" if problem else content, problem)


def _text(value: Any) -> str | None:
    return value.decode(errors="replace") if isinstance(value, bytes) else None if value is None else str(value)


def licenses(value: Any) -> list[str]:
    """Licence ids out of what is found in the wild: a list, a list of one-field structs, or one string."""
    if value is None:
        return []
    if isinstance(value, str | bytes):
        return [text for part in re.split(r"[,;]", _text(value) or "") if (text := part.strip())]
    items = value.values() if isinstance(value, dict) else value
    return [text for item in items for text in licenses(item)]


def left_out(file: File, config: Input) -> str | None:
    """Why the filters leave a file out, or None."""
    if config.languages is not None and not _named(file.origin.language, config.languages):
        return "other_language"
    if config.licenses is not None and not (file.origin.licenses and set(file.origin.licenses) <= set(config.licenses)):
        return "other_license"
    return None


def _named(language: str | None, wanted: Sequence[str]) -> bool:
    return language is not None and language.casefold() in map(str.casefold, wanted)
