"""Complete runs in a folder, made by hand: records through the real writer, the manifest that belongs to them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.config.document import Document
from pipeline.local_store import LocalStore
from pipeline.manifest import Manifest, facts
from pipeline.recipe import Recipe
from pipeline.run import MANIFEST, Run, summary
from pipeline.schema import Draft, Prompt, Split, Work
from pipeline.weights import Weights
from pipeline.write import write
from tests.conftest import make_unit

Row = dict[str, Any]

CODE = "def area(width, height):\n    # of a rectangle\n    product = width * height\n    return product\n"


def row(number: int, status: str = "ok", **changes: Any) -> Row:
    """One record. Its id comes from its number; changes to `provenance` are laid over the default."""
    provenance = {
        **{"run_id": "run", "recipe": "recipe", "model": "tiny", "template": "alpaca", "machine_generated": True},
        **{"prompt_tokens": 50 + number, "output_tokens": 20 + number, "finish_reason": "stop", "cut": False},
    }
    made = {
        **{"id": f"{number * 7919 % 10007:05}", "unit_id": f"u{number}", "split": "s", "ordinal": number},
        **{"repo": "shapes", "path": "shapes/area.py", "commit": None, "language": "Python", "licenses": ["MIT"]},
        **{"blob_id": None, "kind": "function", "name": f"area_{number}", "signature": "def area(width, height)"},
        **{"start_line": 1, "end_line": 4, "start_byte": 0, "end_byte": len(CODE), "code": CODE},
        **{"task": "explain", "instruction": "Explain it.", "input": CODE, "redacted": [], "status": status},
        **{"output": f"Number {number}: the area of a rectangle.", "draft": "", "reasons": [], "checks": None},
    }
    if status == "rejected":
        made |= {"reasons": ["repeated"]}
    if status == "error":
        made |= {"reasons": ["not_generated"], "output": None, "draft": None}
    return made | changes | {"provenance": provenance | changes.get("provenance", {})}


@dataclass(frozen=True)
class Finished:
    """A run that is complete but for the files that people read."""

    out: Path
    store: LocalStore
    manifest: Manifest
    config: Document


def finished(out: Path, splits: list[list[Row]], model_license: str | None = "Apache-2.0") -> Finished:
    """A run with a split for each list of records."""
    config = Document.model_validate(
        {
            "input": {"path": str(out.parent / "shards")},
            "model": {"path": "tiny", "license": model_license},
            "tasks": {"explain": {"instruction": "Explain it."}},
            "output": {"path": str(out)},
        }
    )
    weights = Weights(Path("tiny"), "tiny", None, model_license, 512, (0,), "c" * 64, "a" * 64, "b" * 64)
    made = Recipe({"model": {"revision": None}, "checks": config.checks.model_dump(mode="json")})
    store = LocalStore(out)
    this = Run(store)
    commits = [_write(f"{i:04}", rows, store, this) for i, rows in enumerate(splits)]
    manifest = json.loads(json.dumps({**facts(config, weights, made, this.id, {}), **summary(commits)}))
    store.create(MANIFEST, json.dumps(manifest).encode())
    return Finished(out, store, manifest, config)


def _write(split: str, rows: list[Row], store: LocalStore, run: Run) -> Any:
    prompt = Prompt(make_unit(), "explain", "Explain it.", "")
    drafts = [Draft(prompt, seconds=0.1 * (i + 1)) for i, _ in enumerate(rows)]
    return write(Work(Split("shard", 0, len(rows), split), tuple(rows), {"license": 2}), drafts, store, run)


def rows(count: int, status: Callable[[int], str] = lambda number: "ok") -> list[Row]:
    """Records by number."""
    return [row(number, status(number)) for number in range(count)]
