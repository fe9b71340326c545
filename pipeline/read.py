"""The rows of splits, as files.

In: splits of one row group. Out: the files of each, a split at a time, so that a row group is read once and memory
holds a few batches of it. Only the mapped columns are read, page checksums are verified, and whatever is wrong with a
row becomes that file's `problem`. Rows that the filters leave out are counted. Knows nothing of Ray.
"""

import codecs
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.config.document import Input
from pipeline.errors import RefusedError, StoppedError
from pipeline.hashes import blob_id
from pipeline.languages import language_of
from pipeline.schema import File, Origin, Split, Work
from pipeline.shard import Group, Shard, differs, needed, place

BATCH_ROWS, BATCH_BYTES = 64, 16 << 20  # whichever is less, as the row group's rows are on average
LONGEST_NAME = 4096  # characters of a path and the like, which every record of a file repeats
CONTROL, MOST_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1f]"), 0.1  # UTF-16 without a mark can be valid UTF-8
SHA1 = re.compile(r"[0-9a-f]{40}")
# UTF-32's begin with UTF-16's, and come first. That of UTF-8 is a character like others, and stays.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

Row = dict[str, Any]


def read(splits: Sequence[Split], shard: Shard, config: Input) -> Iterator[Work[File]]:
    """The files of splits of one row group, which are in order, a split at a time.

    A row that cannot be decoded is a file all the same. RefusedError if the shard is not the one that was planned,
    StoppedError if the system does not let it be read.
    """
    root = Path(config.path)
    path = root if root.is_file() else root / shard.name
    try:
        if differs(path, shard):
            raise RefusedError(
                f"The shard {path} is not the one that was planned; put that back, or begin a new output."
            )
        rows = _rows(path, splits, shard, config)
        for split in splits:
            yield _work(split, islice(rows, split.stop - split.start), config)
    except OSError as error:
        raise StoppedError(f"The shard {path} cannot be read: {error.strerror}. Mend that.") from error


def _work(split: Split, rows: Iterable[tuple[int, Row | None]], config: Input) -> Work[File]:
    files: list[File] = []
    skipped: Counter[str] = Counter()
    for number, row in rows:
        file = unreadable(split.shard, number) if row is None else as_file(row, split.shard, number, config.max_bytes)
        reason = None if row is None else left_out(file, config)
        if reason is None:
            files.append(file)
        else:
            skipped[reason] += 1
    return Work(split, tuple(files), dict(skipped))


def _rows(path: Path, splits: Sequence[Split], shard: Shard, config: Input) -> Iterator[tuple[int, Row | None]]:
    """The number and the values of each of the splits' rows; from where they cannot be decoded, None.

    Beyond a broken page nothing of a row group can be had. The batch that it stands in is read again row by row.
    """
    group = place(shard, splits[0].start)
    ranges, done = joined(splits), splits[0].start
    for batch_rows in (_batch_rows(group), 1):
        if done < splits[-1].stop:
            try:
                for number, row in _decoded(path, group, batch_rows, config, _from(ranges, done)):
                    yield number, row
                    done = number + 1
            except (OSError, pa.ArrowException) as error:
                if getattr(error, "errno", None) is not None:  # the system's, not the decoder's
                    raise
    for start, stop in _from(ranges, done):
        yield from ((number, None) for number in range(start, stop))


def _batch_rows(group: Group) -> int:
    return max(1, min(BATCH_ROWS, BATCH_BYTES * group.rows // max(group.size, 1)))


def joined(splits: Sequence[Split]) -> list[tuple[int, int]]:
    """The rows of splits as ranges, neighbours made one."""
    ranges: list[tuple[int, int]] = []
    for split in splits:
        start = ranges.pop()[0] if ranges and ranges[-1][1] == split.start else split.start
        ranges.append((start, split.stop))
    return ranges


def _from(ranges: Iterable[tuple[int, int]], row: int) -> list[tuple[int, int]]:
    return [(max(start, row), stop) for start, stop in ranges if row < stop]


def within(ranges: Sequence[tuple[int, int]], start: int, stop: int) -> Sequence[tuple[int, int]]:
    """Those of the ordered ranges that have a row in common with the one given."""
    return ranges[bisect_right(ranges, start, key=itemgetter(1)) : bisect_left(ranges, stop, key=itemgetter(0))]


def _decoded(
    path: Path, group: Group, batch_rows: int, config: Input, ranges: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, Row]]:
    """The rows of a row group that are in the ranges."""
    first = group.first
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        names = {key: getattr(config.columns, key) for key in needed(config.columns, file.schema_arrow)}
        for batch in file.iter_batches(batch_rows, row_groups=[group.number], columns=sorted(set(names.values()))):
            for start, stop in within(ranges, first, first + batch.num_rows):
                yield from _slice(batch, names, max(start - first, 0), min(stop - first, batch.num_rows), first)
            first += batch.num_rows
            if first >= ranges[-1][1]:
                return


def _slice(
    batch: pa.RecordBatch, names: dict[str, str], start: int, stop: int, first: int
) -> Iterator[tuple[int, Row]]:
    if start < stop:
        columns = {key: _values(batch.column(name).slice(start, stop - start)) for key, name in names.items()}
        for i in range(stop - start):
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


def unreadable(shard: str, number: int) -> File:
    """A row of which nothing is known but its place."""
    return File(Origin(shard=shard, row=number), "", "unreadable")


def as_file(row: Row, shard: str, number: int, max_bytes: int) -> File:
    """A row as a file; content that is no text, or too long, becomes a problem, and what is said of it stays."""
    raw = row.get("content")
    data: bytes = raw or b""
    given = _text(row.get("blob_id"))
    origin = Origin(
        shard=shard,
        row=number,
        **{key: _name(row.get(key)) for key in ("repo", "path", "commit")},
        language=language_of(_name(row.get("path")), _name(row.get("language"))),
        licenses=tuple(licenses(row.get("licenses"))),
        blob_id=given if given and SHA1.fullmatch(given) else blob_id(data) if raw is not None else None,
    )
    problem, content = "null" if raw is None else "too_long" if len(data) > max_bytes else None, ""
    if problem is None:
        problem, content = text(data)
    return File(origin, content, problem)


def text(data: bytes) -> tuple[str | None, str]:
    """What is wrong with bytes as a text, or None, and the text if nothing is."""
    content = decoded(data)
    problem = "bad_encoding" if content is None else amiss(content)
    return problem, "" if problem or content is None else content


def decoded(data: bytes) -> str | None:
    """The text of bytes that are UTF-8, or begin with the mark of UTF-16 or UTF-32, which goes; None for others."""
    encoding = next((encoding for mark, encoding in MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def amiss(content: str) -> str | None:
    """What keeps a text from being source code."""
    if not content.removeprefix("\ufeff").strip():
        return "empty"
    if "\0" in content or len(CONTROL.findall(content)) > MOST_CONTROLS * len(content):
        return "not_text"
    return None


def _name(value: Any) -> str | None:
    name = _text(value)
    return name and name[:LONGEST_NAME]


def _text(value: Any) -> str | None:
    return value.decode(errors="replace") if isinstance(value, bytes) else None if value is None else str(value)


def licenses(value: Any) -> list[str]:
    """Licence ids out of what is found in the wild: a list, a list of one-field structs, or one string."""
    if value is None:
        return []
    if isinstance(value, str | bytes):
        return [name for part in re.split(r"[,;]", _text(value) or "") if (name := part.strip())]
    items = value.values() if isinstance(value, dict) else value
    return [name for item in items for name in licenses(item)]


def left_out(file: File, config: Input) -> str | None:
    """Why the filters leave a file out, or None."""
    if config.languages is not None and not _named(file.origin.language, config.languages):
        return "other_language"
    if config.licenses is not None and not (file.origin.licenses and set(file.origin.licenses) <= set(config.licenses)):
        return "other_license"
    return None


def _named(language: str | None, wanted: Sequence[str]) -> bool:
    return language is not None and language.casefold() in map(str.casefold, wanted)
