"""What a run will read: the shards as they are now, cut into splits.

In: the input's configuration. Out: a `Plan`, whose hash is part of the run's fingerprint. Shards that must not be read
are in it with their reason, and without splits. Lists files and has them examined; knows nothing of rows or of Ray.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipeline.config.document import Input
from pipeline.errors import RefusedError
from pipeline.hashes import digest
from pipeline.schema import Split
from pipeline.shard import Group, Shard, differs, examine

FEW = 3  # quarantined shards that a message names


@dataclass(frozen=True, slots=True)
class Plan:
    """Every shard and split of a run, in order."""

    shards: tuple[Shard, ...]
    splits: tuple[Split, ...]

    @property
    def sha256(self) -> str:
        return digest(asdict(replace(self, shards=tuple(replace(shard, mtime_ns=0) for shard in self.shards))))

    @property
    def quarantined(self) -> dict[str, str]:
        """The shards that are left out, by name, with what is wrong with each."""
        return {shard.name: shard.problem for shard in self.shards if shard.problem is not None}

    def dump(self) -> bytes:
        return json.dumps(asdict(self), separators=(",", ":")).encode()

    @staticmethod
    def parse(data: bytes) -> "Plan":
        tree = json.loads(data)
        return Plan(tuple(map(_shard, tree["shards"])), tuple(Split(**split) for split in tree["splits"]))


def _shard(tree: dict[str, Any]) -> Shard:
    return Shard(**{**tree, "groups": tuple(Group(**group) for group in tree["groups"])})


def plan(config: Input) -> Plan:
    """List, examine and cut the input.

    RefusedError names an input that is absent, of which nothing can be read, or that lacks a column.
    """
    root, paths = find(Path(config.path))
    with ThreadPoolExecutor() as pool:
        names = [path.relative_to(root).as_posix() for path in paths]
        shards = list(pool.map(lambda path, name: examine(path, name, config.columns), paths, names))
    made = Plan(tuple(shards), tuple(split for i, shard in enumerate(shards) for split in cut(i, shard, config)))
    if len(made.quarantined) == len(shards):
        raise RefusedError(
            f"None of the shards in {config.path} can be read; give others.\n{complaint(made.quarantined)}"
        )
    return made


def complaint(quarantined: dict[str, str]) -> str:
    """The first few quarantined shards with their reasons, one a line."""
    lines = [f"  {name} {problem}" for name, problem in list(quarantined.items())[:FEW]]
    rest = len(quarantined) - FEW
    return "\n".join([*lines, *([f"  and {rest} others"] if rest > 0 else [])])


def current(plan: Plan, config: Input) -> Plan | None:
    """The plan, with the times that the files have now; None if they are other files than those planned.

    Only files that were touched are read.
    """
    root, paths = find(Path(config.path))
    if [path.relative_to(root).as_posix() for path in paths] != [shard.name for shard in plan.shards]:
        return None
    if any(differs(path, shard) for path, shard in zip(paths, plan.shards, strict=True)):
        return None
    times = [path.stat().st_mtime_ns for path in paths]
    return replace(plan, shards=tuple(map(lambda s, t: replace(s, mtime_ns=t), plan.shards, times)))


def find(path: Path) -> tuple[Path, list[Path]]:
    """The input's root and its Parquet files, sorted; names that begin with `_` or `.` are not input."""
    if path.is_file():
        return path.parent, [path]
    if not path.is_dir():
        raise RefusedError(f"There is no input at {path}; set input.path to a directory of Parquet shards.")
    found = sorted(p for p in path.rglob("*.parquet") if not p.is_dir() and not _hidden(p.relative_to(path)))
    if not found:
        raise RefusedError(
            f"{path} holds no .parquet file; make shards with: "
            f"starscribe ingest --source.paths '[DIR]' --output.path {path}"
        )
    return path, found


def _hidden(relative: Path) -> bool:
    return any(part.startswith(("_", ".")) for part in relative.parts)


def cut(index: int, shard: Shard, config: Input) -> Iterator[Split]:
    """A shard's splits, none across two row groups: at most so many rows, and about so many bytes of content."""
    for group in shard.groups:
        for start, stop in ranges(group.rows, group.size, config):
            first = group.first + start
            yield Split(shard.name, first, group.first + stop, f"{index:06d}-{first:010d}")


def ranges(rows: int, size: int, config: Input) -> Iterator[tuple[int, int]]:
    """Ranges that cover 0 to `rows` in even steps, given that the rows hold `size` bytes of content together."""
    parts = max(-(-rows // config.split_rows), -(-size // config.split_bytes)) if rows else 0
    bounds = [rows * k // min(parts, rows) for k in range(min(parts, rows) + 1)] if parts else [0]
    yield from pairwise(bounds)
