"""Replicas that die, hang or cannot start: they are replaced, and what ends them is found."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import ray

from jobs.cluster import REPLICA
from pipeline.schema import content_hash
from pipeline.source import give_way
from tests.jobs.conftest import make_shards
from tests.jobs.running import arguments, faults, rows, start
from tests.jobs.test_document import run


def struck(tmp_path: Path, args: list[str], *those: dict[str, Any]) -> int:
    """The exit status of a run that faults strike."""
    return start(args, tmp_path / "log", STARSCRIBE_FAULTS=faults(tmp_path / "faults", *those)).wait(200)


def test_a_unit_that_always_ends_its_replica_is_set_aside_and_all_else_done(
    cluster: None, model: Path, tmp_path: Path
) -> None:
    shards, out = make_shards(tmp_path / "shards"), tmp_path / "out"
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
    assert starts <= 1 + 3, "three deaths for the split that holds it"


def test_replicas_that_die_as_they_start_stand_still_or_have_no_memory_are_replaced(
    model: Path, tmp_path: Path
) -> None:
    shards, out = make_shards(tmp_path / "shards", copies=2), tmp_path / "out"
    args = arguments(model, shards, out, "--cluster.stuck_seconds", "3")
    those = (
        {"point": "replica.starting", "hit": 1, "action": "kill"},
        {"point": "unit.begun", "hit": 7, "action": "stop"},
        {"point": "split.generated", "hit": 1, "action": "memory"},
    )
    assert struck(tmp_path, args, *those) == 0
    assert len(list((tmp_path / "faults").glob("replica.starting.*"))) == 4
    assert len(rows(out)) == sum(json.loads((out / "manifest.json").read_text())["rows"].values())


@pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="this system has no idle priority")
def test_what_runs_beside_replicas_takes_only_what_they_leave(cluster: None) -> None:
    def policy(gives_way: bool) -> int:
        if gives_way:
            give_way()
        return os.sched_getscheduler(0)

    beside, replica = ray.remote(policy), ray.remote(policy).options(runtime_env=REPLICA)
    assert ray.get([beside.remote(True) for _ in range(8)]) == [os.SCHED_IDLE] * 8
    assert ray.get([replica.remote(False) for _ in range(8)]) == [os.SCHED_OTHER] * 8
