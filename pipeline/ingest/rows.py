"""A source in, rows in The Stack's schema out, one per file that passes the screen; the rest is tallied by
reason.

Columns and types are those of The Stack v1 (bigcode/the-stack). What an ingested tree cannot know (stars,
issues, forks, dates) is null.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from pipeline.config.ingest import Ingest
from pipeline.ingest import language, screen
from pipeline.ingest.licenses import Licenses
from pipeline.ingest.source import Entry, Source, UnreadableError
from pipeline.ingest.tally import Tally
from pipeline.ingest.text import Text, decode

Row = dict[str, Any]

HEAD = 8192
NOT_WORDS = bytes(b for b in range(128) if not (chr(b).isalnum() or b == ord("_")))


def _popularity(kind: str) -> list[tuple[str, pa.DataType]]:
    event = f"max_{kind}_repo_{kind}_event"
    return [
        (f"max_{kind}_repo_path", pa.string()),
        (f"max_{kind}_repo_name", pa.string()),
        (f"max_{kind}_repo_head_hexsha", pa.string()),
        (f"max_{kind}_repo_licenses", pa.list_(pa.string())),
        (f"max_{kind}_count", pa.int64()),
        (f"{event}_min_datetime", pa.string()),
        (f"{event}_max_datetime", pa.string()),
    ]


STACK = pa.schema(
    [
        ("hexsha", pa.string()),
        ("size", pa.int64()),
        ("ext", pa.string()),
        ("lang", pa.string()),
        *_popularity("stars"),
        *_popularity("issues"),
        *_popularity("forks"),
        ("content", pa.string()),
        ("avg_line_length", pa.float64()),
        ("max_line_length", pa.int64()),
        ("alphanum_fraction", pa.float64()),
    ]
)


class LeftOutError(Exception):
    """One file is left out; the argument is the reason's name."""


def rows_of(source: Source, config: Ingest, tally: Tally) -> Iterator[Row]:
    """The rows of a source, in its order; every file is counted in the tally, kept or not."""
    licenses = Licenses()
    licenses.add_all(source.surroundings())
    licenses.add_all(governed(source, config), source.prefix)
    licenses.settle()
    for entry in source.entries():
        try:
            row, text = _row(entry, config)
        except LeftOutError as reason:
            tally.left_out[str(reason)] += 1
            continue
        ids = licenses.of(f"{source.prefix}/{entry.path}" if source.prefix else entry.path)
        tally.keep(row["lang"], ids, text.encoding, row["size"])
        yield row | {
            "max_stars_repo_path": entry.path,
            "max_stars_repo_name": source.repo,
            "max_stars_repo_head_hexsha": source.commit,
            "max_stars_repo_licenses": ids,
        }


def governed(source: Source, config: Ingest) -> Iterator[Entry]:
    """The entries whose licence matters: those in folders that are not left out."""
    everywhere = config.source.model_copy(update={"include": ["*"], "exclude": []})
    for entry in source.entries():
        if screen.by_path(entry.path, everywhere, config.filters) in (None, "generated"):
            yield entry


def _row(entry: Entry, config: Ingest) -> tuple[Row, Text]:
    if reason := entry.problem or screen.by_path(entry.path, config.source, config.filters):
        raise LeftOutError(reason)
    data, name = _read(entry, config.filters.max_file_bytes)
    text = decode(data, name)
    if text is None:
        raise LeftOutError("binary" if b"\0" in data else "encoding")
    average, longest = lines(text.content)
    if reason := screen.by_text(entry.path, text.content, average, longest, config.filters):
        raise LeftOutError(reason)
    row = {
        "hexsha": blob_id(data),
        "size": len(data),
        "ext": language.extension(entry.path),
        "lang": _selected(language.by_text(entry.path, name, text.content), config),
        "content": text.content,
        "avg_line_length": average,
        "max_line_length": longest,
        "alphanum_fraction": alphanum_fraction(text.content),
    }
    return row, text


def _read(entry: Entry, limit: int) -> tuple[bytes, str]:
    """The file's bytes and language. Of a file with an unknown ending, only the first bytes are looked at."""
    if entry.size > limit:
        raise LeftOutError("too_large")
    name = language.by_path(entry.path)
    whole = name is not None or language.extension(entry.path) is None
    try:
        data = entry.read(limit + 1 if whole else HEAD)
    except UnreadableError as error:
        raise LeftOutError("unreadable") from error
    if len(data) > limit:
        raise LeftOutError("too_large")
    return data, name or _by_head(data)


def _by_head(data: bytes) -> str:
    name = language.by_shebang(data)
    if name is None:
        raise LeftOutError("binary" if b"\0" in data[:HEAD] else "unknown_language" if data else "empty")
    return name


def _selected(name: str, config: Ingest) -> str:
    if config.filters.languages and name not in config.filters.languages:
        raise LeftOutError("other_language")
    return name


def blob_id(data: bytes) -> str:
    """The sha1 (hex) that git gives a file of these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def lines(text: str) -> tuple[float, int]:
    """Average and longest line [characters] as in The Stack: the average counts line ends, the longest not.

    Found by recomputing published rows: 747 characters with 30 line ends have the average 747 / 31.
    """
    return len(text) / (text.count("\n") + 1), max(map(len, text.split("\n")))


def alphanum_fraction(text: str) -> float:
    r"""The share of the characters that `\w` matches: published rows count underscores, too."""
    plain = text.encode("ascii", "ignore")
    words = len(plain.translate(None, NOT_WORDS))
    if len(plain) < len(text):
        words += sum(c.isalnum() for c in text if c > "\x7f")
    return words / len(text) if text else 0.0
