"""A model as files: where it lies, what its settings say, and the hashes that name it.

In: the model's configuration. Out: `Weights`, with everything that provenance and prompting need to know of the
model. Loads neither torch nor the weights.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from pipeline.config import Model
from pipeline.errors import RefusedError
from pipeline.hashes import digest, file_sha256

TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "chat_template.jinja",
)
WINDOW_KEYS = ("n_positions", "max_position_embeddings", "n_ctx")


@dataclass(frozen=True, slots=True)
class Weights:
    """A model on disk. `window` is the longest prompt and output together, `stop_ids` the tokens that end an output."""

    path: Path
    id: str
    revision: str | None
    license: str | None
    window: int
    stop_ids: tuple[int, ...]
    config_sha256: str
    weights_sha256: str
    tokenizer_sha256: str


def locate(config: Model) -> Weights:
    """Find the model and hash it. RefusedError says how to get a model that is not there."""
    path = folder(config)
    settings = _json(path / "config.json")
    generation = _json(path / "generation_config.json")
    return Weights(
        path=path,
        id=config.id or (path.name if Path(config.path).is_dir() else config.path),
        revision=config.revision or (path.name if path.parent.name == "snapshots" else None),
        license=config.license,
        window=_window(config, settings),
        stop_ids=tuple(sorted({*_ids(settings), *_ids(generation)})),
        config_sha256=digest(settings, *(_code(path) if config.trust_remote_code else ())),
        weights_sha256=digest(sorted(hashes(_weight_files(path)))),
        tokenizer_sha256=digest([file_sha256(path / f) for f in TOKENIZER_FILES if (path / f).exists()]),
    )


def folder(config: Model) -> Path:
    """The model's directory: the path itself, or the model's snapshot in the local Hugging Face cache."""
    path = Path(config.path)
    if path.is_dir():
        _require(path, "config.json", "tokenizer.json")
        return path
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(config.path, revision=config.revision, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, FileNotFoundError) as error:
        at = f" --revision {config.revision}" if config.revision else ""
        raise RefusedError(
            f"The model {config.path} is neither a directory nor in the local Hugging Face cache. Set model.path to "
            f"its directory, or get it first, on a machine with network: hf download {config.path}{at}"
        ) from error


def _require(path: Path, *names: str) -> None:
    for name in names:
        if not (path / name).exists():
            raise RefusedError(
                f"The model directory {path} has no {name}; give a complete directory in Hugging Face's format."
            )


def _weight_files(path: Path) -> list[Path]:
    files = sorted(path.glob("*.safetensors"))
    if not files:
        raise RefusedError(
            f"The model {path} has no .safetensors file; other formats can run code when they are loaded. "
            "Convert it with save_pretrained."
        )
    for file in files:
        _check_header(file)
    _check_index(path, {file.name for file in files})
    return files


def _check_index(path: Path, there: set[str]) -> None:
    """The index names the files that the weights lie in: all of them must be among those that are hashed."""
    index = path / "model.safetensors.index.json"
    named = _json(index).get("weight_map", {})
    strange = sorted(set(map(str, named.values())) - there) if isinstance(named, dict) else ["no mapping"]
    if strange:
        raise RefusedError(
            f"{index} names {strange[0]!r}, which is no .safetensors file beside it. Get the model again."
        )


def _check_header(file: Path) -> None:
    try:
        with safe_open(file, framework="numpy"):
            return
    except (OSError, SafetensorError) as error:
        raise RefusedError(f"The weights in {file} are not whole: {error}. Get the model again.") from error


def _code(path: Path) -> list[str]:
    return [file_sha256(file) for file in sorted(path.glob("*.py"))]


def _json(path: Path) -> dict[str, Any]:
    try:
        tree: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise RefusedError(f"{path} cannot be read as JSON: {error}. Get the model again.") from error
    return tree


def _window(config: Model, settings: dict[str, Any]) -> int:
    own = next((settings[key] for key in WINDOW_KEYS if settings.get(key)), None)
    window = config.window or own
    if window is None:
        raise RefusedError(f"{config.path}/config.json does not say how long the model's window is; set model.window.")
    if own is not None and window > own:
        raise RefusedError(f"model.window is {window}, but the model {config.path} holds only {own} tokens; lower it.")
    return int(window)


def _ids(settings: dict[str, Any]) -> list[int]:
    value = settings.get("eos_token_id")
    return [value] if isinstance(value, int) else list(value or [])


def hashes(paths: Iterable[Path]) -> list[str]:
    """The sha256 of each file, remembered across runs by path, size and modification time."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "starscribe" / "sha256"
    return [_remembered(cache, path.resolve()) for path in paths]


def _remembered(cache: Path, path: Path) -> str:
    stat = path.stat()
    entry = cache / digest(str(path), stat.st_size, stat.st_mtime_ns)
    try:
        return entry.read_text()
    except OSError:
        value = file_sha256(path)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        temporary = entry.with_suffix(f".{os.getpid()}")
        temporary.write_text(value)
        temporary.replace(entry)
    except OSError:  # a read-only home only costs the next run another hash
        return value
    return value
