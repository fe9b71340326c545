"""The closing words of a run on the terminal: what came out, some of it to look at, where it lies, what to try next.

In: the store, the manifest, the configuration. Out: lines that read as well in a log file as on a terminal. Whatever
comes from files and models is shown as plain text, without markup or control characters.
"""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline.config.document import Document
from pipeline.manifest import Manifest
from pipeline.sample import Row, sample, spread
from pipeline.store import Store
from pipeline.visible import visible

LOG_WIDTH = 110
SEEN, SHOWN = 40, 3
LINES = 14  # of code or text in one example
FITTING = range(3, LINES + 1)  # lines of code that make a good example
MOST_REASONS = 6

READ = 'import pyarrow.dataset as d; [print(r["name"], r["output"]) for r in d.dataset(%s).head(5).to_pylist()]'
WHY = 'SELECT reasons, count(*) FROM "%s" GROUP BY ALL ORDER BY 2 DESC'


def summarize(store: Store, manifest: Manifest, config: Document) -> None:
    """Print the summary of a complete run. RefusedError if a part is gone."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=LOG_WIDTH)
    console.print()
    console.print(_counts(manifest))
    for row in examples(sample(store, manifest, "records", SEEN)):
        _show(console, row)
    _list(console, "Where it lies", _places(manifest, config.output.path.rstrip("/")))
    if "://" not in config.output.path:
        _list(console, "What to try next", _commands(manifest, Path(config.output.path)))


def _counts(manifest: Manifest) -> Table:
    tally = manifest["tally"]
    status, tokens = tally.get("status", {}), tally.get("total", {})
    reasons = sorted(tally.get("reason", {}).items(), key=lambda item: (-item[1], item[0]))
    lines = [
        ("records", sum(status.values()), ""),
        ("good", status.get("ok", 0), ""),
        ("rejected", status.get("rejected", 0), ""),
        ("errors", status.get("error", 0), ""),
        *(("", count, name) for name, count in reasons[:MOST_REASONS]),
        ("prompt tokens", tokens.get("prompt_tokens", 0), ""),
        ("output tokens", tokens.get("output_tokens", 0), ""),
    ]
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    for name, count, note in lines:
        table.add_row(name, f"{count:,}", Text(visible(note)), style="" if name else "dim")
    return table


def examples(rows: list[Row]) -> list[Row]:
    """The rows that show best beside their code: short code with a text of some length, from all over the run."""
    return spread(sorted(rows, key=_fit)[: 2 * SHOWN], SHOWN)


def _fit(row: Row) -> tuple[bool, int]:
    lines = row["code"].count("\n") + 1
    return lines not in FITTING, len(row["code"]) + len(row["output"])


def _show(console: Console, row: Row) -> None:
    where = f"{row['path'] or row['repo'] or row['language']}:{row['start_line']} {row['name']} ({row['task']})"
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(ratio=11, no_wrap=True)
    table.add_column(ratio=9)
    table.add_row(Text(_some_lines(row["code"])), Text(_some_lines(row["output"])))
    console.print()
    console.print(Text(visible(where), style="bold"))
    console.print(Padding(table, (0, 0, 0, 2)))


def _some_lines(text: str) -> str:
    lines = visible(text).expandtabs(4).split("\n")
    return "\n".join(lines if len(lines) <= LINES else [*lines[: LINES - 1], "…"])


def _places(manifest: Manifest, out: str) -> Iterator[tuple[str, str]]:
    rows = manifest["rows"]
    if rows.get("records"):
        yield f"{out}/records/", f"{rows['records']:,} good records, Parquet"
    if rows.get("rejected"):
        yield f"{out}/rejected/", f"{rows['rejected']:,} rejected and error records, with their reasons"
    yield f"{out}/report.html", "counts, distributions and a sample, for the browser"
    yield f"{out}/README.md", "the dataset card"
    yield f"{out}/manifest.json", "every part with its sha256, and the recipe"


def _commands(manifest: Manifest, out: Path) -> Iterator[tuple[str, str]]:
    yield f"python -m webbrowser -t {shlex.quote((out / 'report.html').resolve().as_uri())}", "look at the report"
    if manifest["rows"].get("records"):
        yield f"python -c {shlex.quote(READ % json.dumps(str(out / 'records')))}", "the first texts"
    if manifest["rows"].get("rejected"):
        glob = str(out / "rejected" / "*.parquet").replace('"', '""')
        yield f"duckdb -c {shlex.quote(WHY % glob)}", "why records were rejected"


def _list(console: Console, title: str, items: Iterator[tuple[str, str]]) -> None:
    console.print()
    console.print(title, style="bold")
    for item, meaning in items:
        console.print(Text(f"  {visible(item)}"), soft_wrap=True)
        console.print(Text(f"      {meaning}", style="dim"), soft_wrap=True)
