"""A complete run, for people: `report.html`, one file that needs no network, and the dataset card beside it.

In: the store and the manifest. Out: the two files, created once and never overwritten. The page runs one small script
of its own, named by its hash in the content security policy; text of files and models is escaped wherever it stands,
and what could not be seen in it is written out.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.card import card
from pipeline.figures import BASE, HEIGHT, STATUSES, WIDTH, bars, histogram
from pipeline.manifest import Manifest
from pipeline.sample import Row, sample
from pipeline.schema import CHECKS
from pipeline.store import Store
from pipeline.visible import visible

REPORT, CARD = "report.html", "README.md"
GOOD, REJECTED = 40, 20
LONGEST = 6000  # characters of one text on the page, so that sixty of the longest still open on a phone

TABLES = (
    ("status", "Status"),
    ("kind", "Kind"),
    ("task", "Task"),
    ("reason", "Reasons"),
    ("language", "Language"),
)
QUANTITIES = (
    ("prompt_tokens", "Prompt length", "tokens"),
    ("output_tokens", "Output length", "tokens"),
    ("milliseconds", "Latency, from request to answer", "milliseconds"),
)


def publish(store: Store, manifest: Manifest) -> None:
    """Write the report and the dataset card of a complete run. RefusedError if a part is gone."""
    good = sample(store, manifest, "records", GOOD)
    rejected = sample(store, manifest, "rejected", REJECTED)
    store.create(REPORT, page(manifest, [*good, *rejected]).encode())
    store.create(CARD, card(manifest, good).encode())


def page(manifest: Manifest, rows: list[Row]) -> str:
    """The report as HTML: counts and distributions of the whole run, and the given rows of it."""
    environment = _environment()
    script = environment.get_template("report.js.j2").render()
    return environment.get_template("report.html.j2").render(
        script=Markup(script),  # our own file, with nothing filled in
        script_sha256=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        run=manifest,
        recipe=json.dumps(manifest["recipe"], indent=2, ensure_ascii=False),
        **_counts(manifest),
        rows=rows,
        statuses=[status for status in STATUSES if any(row["status"] == status for row in rows)],
        kinds=sorted({row["kind"] for row in rows}),
        tasks=sorted({row["task"] for row in rows}),
        drawing={"width": WIDTH, "height": HEIGHT, "base": BASE},
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pipeline"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": percent, "cut": _cut}
    return environment


def _seen(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _counts(manifest: Manifest) -> dict[str, Any]:
    tally = manifest["tally"]
    status = tally.get("status", {})
    total = sum(status.values())
    drawn = (histogram(title, unit, tally.get(name, {})) for name, title, unit in QUANTITIES)
    return {
        "total": total,
        "status": {name: status.get(name, 0) for name in STATUSES},
        "tokens": tally.get("total", {}),
        "tables": [(title, found) for name, title in TABLES if (found := bars(tally, name, total))],
        "redacted": bars(tally, "redacted", sum(tally.get("redacted", {}).values())),
        "skipped": bars(manifest, "skipped", sum(manifest["skipped"].values())),
        "histograms": [figure for figure in drawn if figure],
        "meanings": meanings(),
    }


def meanings() -> Mapping[str, str]:
    """What the names of the checks mean, as the record's schema has it."""
    return {field.name: field.metadata[b"meaning"].decode() for field in CHECKS}


def percent(share: float) -> str:
    """A share as a percentage of one decimal, in which nothing that is there rounds to zero."""
    return "<0.1%" if 0 < share < 0.001 else f"{share:.1%}"


def _cut(text: str) -> str:
    rest = len(text) - LONGEST
    return text if rest <= 0 else f"{text[:LONGEST]}\n… {rest:,} more characters"
