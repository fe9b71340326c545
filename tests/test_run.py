"""The commit protocol: claimed once, committed once per split, complete if and only if the manifest is there."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.dataset as ds
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import RefusedError
from pipeline.local_store import LocalStore
from pipeline.plan import Plan, Shard
from pipeline.recipe import Recipe, differences
from pipeline.run import Commit, Run
from pipeline.schema import RECORD, Draft, Prompt, Split, Work
from pipeline.store import Store
from pipeline.write import write
from tests.conftest import make_unit

RECIPE = Recipe({"model": {"weights_sha256": "w"}, "sampling": {"seed": 0}})
SPLITS = tuple(Split("a.parquet", i, i + 1, f"000000-{i:010d}") for i in range(3))
PLAN = Plan((Shard("a.parquet", 10, "s", 3),), SPLITS)


def row(id_: str, status: str = "ok") -> dict[str, object]:
    """A record of which only what commits look at is filled in."""
    provenance = {"prompt_tokens": 5, "output_tokens": 3}
    values = {"id": id_, "status": status, "kind": "function", "task": "explain", "reasons": [], "language": "Python"}
    return dict.fromkeys(RECORD.names) | values | {"provenance": provenance}


def commit(split: Split, store: Store, run: Run, *rows: dict[str, object]) -> Commit:
    drafts = [Draft(Prompt(make_unit(), "explain", "", ""), seconds=0.5)]
    return write(
        Work(split, rows or (row(split.id), row(split.id + "r", "rejected")), {"language": 2}), drafts, store, run
    )


def complete(store: Store) -> None:
    run = Run(store)
    run.claim(RECIPE, PLAN)
    for split in SPLITS:
        commit(split, store, run)
    run.seal(run.finish(PLAN, {"model": "m"}))


def test_a_run_from_claim_to_manifest(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    complete(store)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["rows"] == {"records": 3, "rejected": 3}
    assert manifest["skipped"] == {"language": 6}
    assert manifest["tally"]["status"] == {"ok": 3, "rejected": 3}
    assert manifest["tally"]["total"] == {"prompt_tokens": 30, "output_tokens": 18}
    assert sorted(part["name"] for part in manifest["parts"]) == sorted(
        f"{folder}/part-{s.id}.parquet" for s in SPLITS for folder in ("records", "rejected")
    )


def test_a_plain_reader_sees_the_manifests_rows(tmp_path: Path) -> None:
    complete(LocalStore(tmp_path))
    for folder, suffix in (("records", ""), ("rejected", "r")):
        table = ds.dataset(tmp_path / folder, format="parquet").to_table()
        assert sorted(table["id"].to_pylist()) == [s.id + suffix for s in SPLITS]
        assert table.schema.equals(RECORD)


def test_the_first_commit_of_a_split_is_the_one_that_counts(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    first, second = Run(store), Run(store)
    won = commit(SPLITS[0], store, first, row("first"))
    late = commit(SPLITS[0], store, second, row("second"))
    assert late == won
    assert ds.dataset(tmp_path / "records", format="parquet").to_table()["id"].to_pylist() == ["first"]


def test_a_split_without_rows_is_committed_too(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    run = Run(store)
    run.commit(Commit(SPLITS[0].id, run.id, (), {"language": 1}, "x", {}))
    assert run.committed() == [SPLITS[0].id]


def test_finishing_publishes_what_a_kill_left_unpublished(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    run = Run(store)
    run.claim(RECIPE, PLAN)
    for split in SPLITS:
        commit(split, store, run)
    (tmp_path / "records" / f"part-{SPLITS[1].id}.parquet").unlink()
    run.finish(PLAN, {})
    assert ds.dataset(tmp_path / "records", format="parquet").count_rows() == 3


def test_there_is_no_manifest_while_a_split_is_open(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    run = Run(store)
    run.claim(RECIPE, PLAN)
    commit(SPLITS[0], store, run)
    with pytest.raises(RefusedError, match="2 splits are not committed"):
        run.finish(PLAN, {})
    assert run.manifest() is None


def test_a_part_that_was_changed_stops_the_finish(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    run = Run(store)
    run.claim(RECIPE, PLAN)
    for split in SPLITS:
        commit(split, store, run)
    part = tmp_path / "records" / f"part-{SPLITS[0].id}.parquet"
    part.unlink()
    part.write_bytes(b"other")
    with pytest.raises(RefusedError, match=r"part-.* is not what its commit says"):
        run.finish(PLAN, {})


def test_the_same_recipe_may_go_on(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    Run(store).claim(RECIPE, PLAN)
    again = Run(store)
    again.claim(RECIPE, PLAN)
    assert again.planned() == PLAN


def test_another_recipe_is_refused_with_the_difference(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    Run(store).claim(RECIPE, PLAN)
    other = Recipe({**RECIPE.tree, "sampling": {"seed": 7}})
    with pytest.raises(RefusedError, match=r"sampling\.seed: 0 → 7") as caught:
        Run(store).claim(other, PLAN)
    assert caught.value.exit_status == 3
    with pytest.raises(RefusedError, match="the input: other shards"):
        Run(store).claim(RECIPE, replace(PLAN, splits=SPLITS[:1]))


def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("precious")
    with pytest.raises(RefusedError, match=r"thesis\.docx"):
        Run(LocalStore(tmp_path)).claim(RECIPE, PLAN)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_differences_name_each_key() -> None:
    old = {"a": {"b": 1, "c": [1]}, "gone": 0}
    new = {"a": {"b": 2, "c": [1]}, "new": 0}
    assert list(differences(old, new)) == ["a.b: 1 → 2", "gone: 0 → None", "new: None → 0"]


class Dying(LocalStore):
    """A store whose process dies, as it were, after so many operations."""

    def __init__(self, root: Path, operations: int) -> None:
        super().__init__(root)
        self.left = operations

    def create(self, name: str, data: bytes) -> bool:
        self._step()
        return super().create(name, data)

    def publish(self, source: str, target: str) -> None:
        self._step()
        super().publish(source, target)

    def _step(self) -> None:
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1


@given(deaths=st.lists(st.integers(0, 12), max_size=6))
@settings(max_examples=60, deadline=None)
def test_whatever_dies_between_any_two_steps_nothing_is_lost_or_doubled(
    tmp_path_factory: pytest.TempPathFactory, deaths: list[int]
) -> None:
    root = tmp_path_factory.mktemp("run")
    for operations in [*deaths, 1000]:
        store = Dying(root, operations)
        try:
            run = Run(store)
            run.claim(RECIPE, PLAN)
            for split in SPLITS:
                if split.id not in run.committed():
                    commit(split, store, run)
            run.seal(run.finish(PLAN, {}))
        except KeyboardInterrupt:
            continue
    for folder, suffix in (("records", ""), ("rejected", "r")):
        ids = ds.dataset(root / folder, format="parquet").to_table()["id"].to_pylist()
        assert sorted(ids) == [s.id + suffix for s in SPLITS]
