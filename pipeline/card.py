"""The dataset card: `README.md` of an output, for people, the Hugging Face Hub and `datasets`.

In: the manifest and some good records. Out: Markdown under YAML front matter that says which files are which
configuration. Values from files and models stand in code spans or fenced blocks, which they cannot leave.
"""

import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.manifest import Manifest
from pipeline.sample import Row
from pipeline.schema import RECORD
from pipeline.visible import visible

SIZES = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B", "1B<n<10B")
COUNTED = (
    ("status", "status"),
    ("kind", "kind"),
    ("task", "task"),
    ("reason", "reason"),
    ("language", "programming language"),
    ("redacted", "redacted"),
)
MOST_ROWS = 30  # of one table
EXAMPLE = 1200  # characters of the longest code and text that are shown


def card(manifest: Manifest, good: list[Row]) -> str:
    """The card of a complete run; the first of the good records that is short enough is its example."""
    environment = Environment(
        loader=PackageLoader("pipeline"),
        autoescape=False,  # it is Markdown; what is not ours goes through `code` or `fenced`
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"code": code, "fenced": fenced}
    tally = manifest["tally"]
    return environment.get_template("card.md.j2").render(
        front=yaml.safe_dump(front_matter(manifest), sort_keys=False, allow_unicode=True, width=1000),
        run=manifest,
        counts=[(title, most(tally.get(name, {}))) for name, title in COUNTED],
        licenses=most(tally.get("license", {})),
        folders=folders(manifest),
        restricted="openrail" in (manifest["model"]["license"] or "").lower(),
        columns=columns(RECORD),
        example=next((row for row in good if len(row["code"]) + len(row["output"]) <= EXAMPLE), None),
    )


def front_matter(manifest: Manifest) -> dict[str, Any]:
    """What the Hub and `datasets` read of the card."""
    tally = manifest["tally"]
    language = manifest["recipe"]["checks"]["language"]
    return {
        "pretty_name": visible(f"{manifest['input']}, documented by {manifest['model']['id']}"),
        "license": "other",
        "license_name": "licenses-of-the-sources",
        "source_licenses": sorted(map(visible, tally.get("license", {}))),
        "language": [language or "en", "code"],
        "annotations_creators": ["machine-generated"],
        "task_categories": ["text-generation"],
        "size_categories": [size(manifest["rows"].get("records", 0))],
        "tags": ["code", "documentation", "synthetic", "machine-generated", "starscribe", *_languages(tally)],
        "configs": configurations(manifest),
    }


def _languages(tally: Mapping[str, Mapping[str, int]]) -> list[str]:
    names = sorted(name.lower() for name in tally.get("language", {}) if name != "unknown")
    return [visible(name) for name in names]


def configurations(manifest: Manifest) -> list[dict[str, Any]]:
    """The folders that hold anything, as configurations; the first is what `load_dataset` reads unless told."""
    return [
        {"config_name": name, "data_files": f"{name}/*.parquet"} | ({"default": True} if i == 0 else {})
        for i, name in enumerate(folders(manifest))
    ]


def folders(manifest: Manifest) -> list[str]:
    """Which of the two folders there are: one without rows has no parts."""
    return [name for name in ("records", "rejected") if manifest["rows"].get(name)]


def size(rows: int) -> str:
    """The Hub's name for a number of rows."""
    return SIZES[max(len(str(rows)) - 3, 0)]


def columns(schema: pa.Schema) -> list[tuple[str, str, str, str]]:
    """Name, type, meaning and unit of every column, those inside structs as `struct.name`."""
    return [row for field in schema for row in _described(field, "")]


def _described(field: pa.Field, prefix: str) -> list[tuple[str, str, str, str]]:
    about = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
    name, nested = prefix + field.name, pa.types.is_struct(field.type)
    kind = "struct" if nested else str(field.type).replace("element: ", "").replace("item: ", "")
    own = (name, kind, about["meaning"], about.get("unit", ""))
    return [own, *(row for inner in (field.type if nested else ()) for row in _described(inner, f"{name}."))]


def most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The most frequent values, and the rest as one."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rest = ordered[MOST_ROWS:]
    return ordered[:MOST_ROWS] + ([(f"{len(rest)} others", sum(count for _, count in rest))] if rest else [])


def code(value: Any) -> str:
    """A value as a code span that stays in its table cell; a dash for what is not known."""
    text = "-" if value is None else " ".join(visible(str(value)).split())
    fence = "`" * (_longest_run(text) + 1)
    space = " " if text.startswith("`") or text.endswith("`") or not text else ""
    return f"{fence}{space}{text}{space}{fence}".replace("|", "\\|")


def fenced(text: str, language: str = "") -> str:
    """A text as a fenced block."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{language}\n{visible(text)}\n{fence}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
