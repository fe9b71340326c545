"""A run whose docstrings are forms: each agrees with its unit, whatever the model, here one with random weights."""

import json
import re
from pathlib import Path

from pipeline.extract import extract
from pipeline.schema import File, Origin
from tests.jobs.conftest import SOURCES, make_shards
from tests.jobs.test_document import rows, run

TASKS = (
    "{docstring: {instruction: Doc., max_tokens: 6, guided: true, style: numpy, context: 20},"
    " explain: {instruction: Explain., max_tokens: 6, sections: [Purpose, Pitfalls]}}"
)
SHAPE = re.compile(r"\*\*Purpose:\*\* .*\n\n\*\*Pitfalls:\*\* .*")


def test_every_text_has_the_shape_that_was_asked_for(cluster: None, model: Path, tmp_path: Path) -> None:
    loose = ("--checks.max_repetition", "1", "--checks.max_copied", "1")
    assert run(model, make_shards(tmp_path / "shards"), tmp_path / "out", "--tasks", TASKS, *loose) == 0
    generated = [row for row in rows(tmp_path / "out") if row["checks"]]
    found = [row for row in generated if row["task"] == "docstring"]
    explained = [row["output"] for row in generated if row["task"] == "explain"]
    assert len(explained) == len(found)
    assert all(map(SHAPE.fullmatch, explained))
    texts = {f"0/{path}": text for path, text in SOURCES.items()}
    units = {
        (path, unit.name): unit
        for path, text in texts.items()
        for unit in extract(File(Origin("s", 0, path=path, language="Python"), text))
    }
    assert {row["name"] for row in found} >= {"total", "total.<locals>.one", "0.shapes", "Square.area"}
    for row in found:
        said, unit = row["documentation"], units[row["path"], row["name"]]
        wanted = [it.name for it in unit.interface.parameters if it.name != "self"] if unit.kind != "class" else []
        assert [item["name"] for item in said["parameters"]] == wanted
        assert (said["returns"] is not None) == unit.interface.gives
        assert not any(row["checks"][key] for key in ("invented", "missing", "returns", "yields", "raises"))
        assert row["style"] == "numpy"
        assert ("Parameters\n----------" in row["output"]) == bool(wanted), json.dumps(row["output"])
