"""Everything that shapes a record, beside its input, in one place: captured once, in the driver.

In: the configuration and the located model. Out: a `Recipe`, whose hash goes into every record's id and, with the
plan's, into the run's fingerprint. Two runs with the same recipe and the same input write the same records.
"""

import importlib.metadata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pipeline
from pipeline.config.document import Document
from pipeline.hashes import digest, file_sha256
from pipeline.peer import vllm_version
from pipeline.weights import Weights

# The modules whose code decides what is in a record; a change in one of them is another recipe.
SHAPING = (
    "schema.py",
    "read.py",
    "sensitive.py",
    "redact.py",
    "languages.py",
    "paths.tsv",
    "matches.py",
    "syntax.py",
    "interface.py",
    "notes.py",
    "definition.py",
    "extract.py",
    "context.py",
    "styles",
    "guide.py",
    "queries",
    "tokenizer.py",
    "prompt.py",
    "engine",
    "answer.py",
    "agreement.py",
    "check.py",
    "visible.py",
    "record.py",
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """The recipe as a tree of plain values, such that two can be compared key by key."""

    tree: dict[str, Any]

    @property
    def sha256(self) -> str:
        return digest(self.tree)


def recipe(config: Document, weights: Weights) -> Recipe:
    """The recipe of a run."""
    plain = config.model_dump(mode="json")
    return Recipe(
        {
            "model": {
                "config_sha256": weights.config_sha256,
                "weights_sha256": weights.weights_sha256,
                "tokenizer_sha256": weights.tokenizer_sha256,
                "revision": weights.revision,
                "dtype": config.model.dtype,
                "window": weights.window,
                "stop": config.model.stop,
                "stop_ids": list(weights.stop_ids),
            },
            **{key: plain[key] for key in ("template", "tasks", "sampling", "redact", "units", "checks")},
            "input": {key: plain["input"][key] for key in ("columns", "languages", "licenses", "max_bytes")},
            "engine": {"name": config.engine.name, "version": engine_version(config.engine.name)},
            "code": code_sha256(),
        }
    )


@cache
def engine_version(engine: str) -> str:
    """An engine's version with those of the libraries that compute for it. RefusedError where vLLM is not installed."""
    parts = [f"starscribe {pipeline.__version__}", *([vllm_version()] if engine == "vllm" else [])]
    parts += [f"{name} {importlib.metadata.version(name)}" for name in ("torch", "transformers")]
    return ", ".join(parts)


def code_sha256() -> str:
    """The sha256 over the code that shapes records."""
    root = Path(__file__).parent
    files = sorted(file for name in SHAPING for file in _files(root / name))
    return digest([[file.relative_to(root).as_posix(), file_sha256(file)] for file in files])


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from (p for p in path.rglob("*") if p.suffix in (".py", ".scm", ".c", ".h"))
    elif path.exists():
        yield path


def differences(old: dict[str, Any], new: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Each key in which two recipes differ, as `key: old → new`."""
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from differences(before, after, f"{prefix}{key}.")
        elif before != after:
            yield f"{prefix}{key}: {before!r} → {after!r}"
