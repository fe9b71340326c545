"""Source trees in, Parquet shards in The Stack's schema out.

    python -m jobs.ingest --source.paths '[DIR, checkout/, a.zip, b.tar.gz]' --output.path SHARDS

Directories are read as they are, git checkouts as they stand at HEAD, archives without being unpacked.
Generated, vendored, minified and binary files are left out and counted by reason; a file whose encoding is
not certain is left out, too, never mangled.
"""

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from jobs.cli import main
from pipeline.config.ingest import Ingest
from pipeline.errors import RefusedError
from pipeline.ingest import STACK, ShardWriter, Source, Tally, check_languages, open_source, rows_of
from pipeline.ingest.tally import by_count

CONFIG = Ingest
PROGRESS_SECONDS = 5.0

Row = dict[str, Any]


def run(config: Ingest) -> int:
    """Write the shards; RefusedError if a source or the output cannot be used, or no file is kept."""
    check_languages(config.filters.languages)
    tally = Tally()
    sources = [open_source(Path(path), config.source.repo, config.archive) for path in config.source.paths]
    with ShardWriter(config.output, STACK) as shards:
        for row in watched(read(sources, config, tally), tally):
            shards.write(row)
        if not tally.kept:
            raise RefusedError(_nothing(config, tally))
        shards.summarise({"config": config.model_dump(mode="json"), "sources": origins(sources), **tally.summary()})
    report(config, tally, sources, shards.shards)
    return 0


def read(sources: Iterable[Source], config: Ingest, tally: Tally) -> Iterator[Row]:
    """The rows of every source, one source after the other."""
    for source in sources:
        yield from rows_of(source, config, tally)


def origins(sources: Iterable[Source]) -> list[dict[str, Any]]:
    """What each source was taken for."""
    return [{"repo": source.repo, "commit": source.commit, "notes": source.notes} for source in sources]


def watched(found: Iterator[Row], tally: Tally) -> Iterator[Row]:
    """The same rows, with a line on progress every few seconds."""
    console = Console(stderr=True)
    start = last = time.monotonic()
    for row in found:
        yield row
        now = time.monotonic()
        if now - last >= PROGRESS_SECONDS:
            last = now
            console.print(
                f"{tally.kept:,} files kept of {tally.seen:,}, {tally.bytes / 1e6:,.1f} MB, "
                f"{tally.seen / (now - start):,.0f} files/s",
                highlight=False,
            )


def report(config: Ingest, tally: Tally, sources: Iterable[Source], shards: list[Path]) -> None:
    """What was kept, what was left out, where it lies, and what to type next."""
    console = Console()
    for note in (note for source in sources for note in source.notes):
        console.print(escape(note), soft_wrap=True)
    tables = [("language", tally.languages), ("licence", tally.licenses), ("left out", tally.left_out)]
    for title, counts in tables:
        if counts:
            table = Table(title, "files", box=None)
            for name, count in by_count(counts):
                table.add_row(escape(name), f"{count:,}")
            console.print(table, "")
    odd = [f"{count:,} in {name}" for name, count in by_count(tally.encodings) if name != "utf-8"]
    if odd:
        console.print(f"Decoded: {', '.join(odd)}; the rest is UTF-8.", highlight=False, soft_wrap=True)
    folder = escape(config.output.path)
    console.print(
        f"{tally.kept:,} of {tally.seen:,} files ({tally.bytes / 1e6:,.1f} MB) are in {len(shards)} "
        f"shard{'s' * (len(shards) > 1)} in {folder}. Next:\n\n"
        f"    python -m jobs.document conf/demo.yaml --input.path {folder} --output.path OUT",
        highlight=False,
        soft_wrap=True,
    )


def _nothing(config: Ingest, tally: Tally) -> str:
    reasons = ", ".join(f"{count} {name}" for name, count in by_count(tally.left_out))
    why = f"left out: {reasons}" if reasons else "there is none"
    return (
        f"source.paths: no file of {', '.join(config.source.paths)} was kept ({why}); "
        "give other paths, or loosen filters and globs."
    )


if __name__ == "__main__":
    sys.exit(main("ingest"))
