"""Replicas that die, hang or cannot start: they are replaced, and what ends them is found."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from pipeline.schema import content_hash
from tests.jobs.conftest import make_shards
from tests.jobs.running import arguments, rows, start
from tests.jobs.test_document import run


def struck(tmp_path: Path, args: list[str], *faults: dict[str, Any]) -> int:
    """The exit status of a run that faults strike."""
    folder = tmp_path / "faults"
    folder.mkdir()
    (folder / "faults.json").write_text(json.dumps(faults))
    return start(args, tmp_path / "log", STARSCRIBE_FAULTS=str(folder)).wait(200)


def test_a_unit_that_always_ends_its_replica_is_set_aside_and_all_else_done(
    cluster: None, model: Path, tmp_path: Path
) -> None:
    shards, out = make_shards(tmp_path / "shards", copies=2), tmp_path / "out"
    fault = {"point": "unit.begun", "about": "Square.area", "hit": 0, "action": "kill"}
    args = arguments(model, shards, out, "--input.split_rows", "5", "--input.languages", "null")
    assert struck(tmp_path, args, fault) == 0
    assert run(model, shards, tmp_path / "whole", "--input.split_rows", "5", "--input.languages", "null") == 0
    found = {row["id"]: row for row in rows(out)}
    whole = {row["id"]: row for row in rows(tmp_path / "whole")}
    assert found.keys() == whole.keys()
    killers = {id_ for id_, row in whole.items() if row["name"] == "Square.area"}
    assert Counter(tuple(found[id_]["reasons"]) for id_ in killers) == {("kills_replica",): len(killers)}
    assert all(content_hash(found[id_]) == content_hash(whole[id_]) for id_ in whole.keys() - killers)
    assert len(list((tmp_path / "faults").glob("unit.begun.*"))) > len(killers)
    starts = len(list((tmp_path / "faults").glob("replica.starting.*")))
    assert starts <= 1 + 3 * 2, "three deaths for each of the two splits that hold one"


def test_a_replica_that_stands_still_is_replaced(model: Path, tmp_path: Path) -> None:
    shards, out = make_shards(tmp_path / "shards", copies=2), tmp_path / "out"
    fault = {"point": "unit.begun", "hit": 7, "action": "stop"}
    args = arguments(model, shards, out, "--cluster.stuck_seconds", "3")
    assert struck(tmp_path, args, fault) == 0
    assert len(list((tmp_path / "faults").glob("replica.starting.*"))) == 2
    assert len(rows(out)) == sum(json.loads((out / "manifest.json").read_text())["rows"].values())


def test_a_replica_that_dies_as_it_starts_is_started_again(model: Path, tmp_path: Path) -> None:
    args = arguments(model, make_shards(tmp_path / "shards"), tmp_path / "out")
    assert struck(tmp_path, args, {"point": "replica.starting", "hit": 1, "action": "kill"}) == 0


def test_memory_that_runs_out_in_a_replica_costs_that_replica_only(model: Path, tmp_path: Path) -> None:
    args = arguments(model, make_shards(tmp_path / "shards"), tmp_path / "out")
    assert struck(tmp_path, args, {"point": "split.generated", "hit": 1, "action": "memory"}) == 0
