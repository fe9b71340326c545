"""Trees, and complete runs whose records document them, made by hand; and the job over both."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.apply import CONFIG, run
from pipeline.apply.source import opened
from pipeline.config import load
from pipeline.schema import RECORD, Unit

Row = dict[str, Any]
Say = Callable[[Unit], Row | str | None]


def plain(summary: str, **more: Any) -> Row:
    """A value of the column `documentation` with nothing but what is given."""
    empty = {"description": "", "parameters": [], "returns": None, "yields": None, "raises": []}
    return {"summary": summary, **empty, **more}


def named(unit: Unit) -> Row:
    """A documentation that says of what it is."""
    return plain(f"Doc of {unit.name}.")


def only(*names: str) -> Say:
    """The same, for some definitions."""
    return lambda unit: named(unit) if unit.name in names and unit.kind != "module" else None


def rows(path: str, data: bytes, say: Say = named, **changes: Any) -> Iterator[Row]:
    """A record for each unit of a file: with a documentation, or a text of the model; None makes no record."""
    source = opened(path, data)
    for unit in source.units:
        said = say(unit)
        if said is not None:
            yield {
                **{"repo": "r", "path": path, "language": source.language.name, "blob_id": source.blob_id},
                **{"kind": unit.kind, "name": unit.name, "start_line": unit.start_line, "end_line": unit.end_line},
                **{"start_byte": unit.start_byte, "end_byte": unit.end_byte, "code": unit.code, "task": "docstring"},
                **{"status": "ok", "output": said if isinstance(said, str) else "unused"},
                **{"documentation": None if isinstance(said, str) else said, "checks": {"words": 7}},
                **changes,
            }


def recorded(out: Path, *parts: list[Row]) -> Path:
    """A complete run with these parts."""
    (out / "records").mkdir(parents=True)
    names = [f"records/part-{number}.parquet" for number in range(len(parts))]
    for name, part in zip(names, parts, strict=True):
        pq.write_table(pa.Table.from_pylist(part, schema=RECORD), out / name)
    (out / "manifest.json").write_text(json.dumps({"parts": [{"name": name} for name in names]}))
    return out


def planted(tree: Path, files: Mapping[str, bytes]) -> Path:
    """A folder with these files."""
    for name, data in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(data)
    return tree


def apply(out: Path, tree: Path, *more: str) -> int:
    """The job, as the command line runs it."""
    return run(load(CONFIG, ["--records.path", str(out), "--tree.path", str(tree), *more]))


def documented(folder: Path, path: str, data: bytes, *more: str, say: Say = named, **changes: Any) -> bytes:
    """What becomes of a file that stands alone in its tree, after one run and after two."""
    tree = planted(folder / "tree", {path: data})
    out = recorded(folder / "out", list(rows(path, data, say, **changes)))
    apply(out, tree, *more)
    once = (tree / path).read_bytes()
    apply(out, tree, *more)
    assert (tree / path).read_bytes() == once, "a second run changes nothing"
    return once
