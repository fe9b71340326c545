"""The plan covers every row of every shard once, and refuses what cannot be read before anything is started."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config.document import Columns, Input
from pipeline.errors import RefusedError
from pipeline.hashes import file_sha256
from pipeline.plan import Plan, current, plan, ranges


def shard(path: Path, rows: int, group: int = 10, **columns: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table({"content": [f"x = {i}\n" for i in range(rows)], **columns})
    pq.write_table(table, path, row_group_size=group)
    return path


@pytest.mark.parametrize("split_rows", [1, 3, 10, 1000])
def test_splits_cover_every_row_once_and_stay_inside_row_groups(tmp_path: Path, split_rows: int) -> None:
    shard(tmp_path / "a.parquet", 25)
    shard(tmp_path / "sub" / "b.parquet", 7)
    made = plan(Input(path=str(tmp_path), split_rows=split_rows))
    for name, rows in (("a.parquet", 25), ("sub/b.parquet", 7)):
        covered = [r for s in made.splits if s.shard == name for r in range(s.start, s.stop)]
        assert covered == list(range(rows))
    assert all(s.start // 10 == (s.stop - 1) // 10 and s.stop - s.start <= split_rows for s in made.splits)
    assert len({s.id for s in made.splits}) == len(made.splits)


@given(st.integers(0, 5000), st.integers(0, 10**8), st.integers(1, 100), st.integers(1, 10**6))
def test_ranges_are_whole_and_bounded(rows: int, size: int, split_rows: int, split_bytes: int) -> None:
    config = Input(path="x", split_rows=split_rows, split_bytes=split_bytes)
    found = list(ranges(rows, size, config))
    assert [r for start, stop in found for r in range(start, stop)] == list(range(rows))
    assert all(0 < stop - start <= split_rows for start, stop in found)


def test_a_plan_reads_back_as_itself(tmp_path: Path) -> None:
    shard(tmp_path / "a.parquet", 3)
    made = plan(Input(path=str(tmp_path)))
    assert Plan.parse(made.dump()) == made
    assert Plan.parse(made.dump()).sha256 == made.sha256


def test_the_plan_is_that_of_the_content_not_of_the_place(tmp_path: Path) -> None:
    for folder in ("one", "other"):
        shard(tmp_path / folder / "a.parquet", 3)
    one, other = (plan(Input(path=str(tmp_path / folder))) for folder in ("one", "other"))
    assert one.sha256 == other.sha256


def test_a_changed_input_is_noticed(tmp_path: Path) -> None:
    config = Input(path=str(tmp_path))
    shard(tmp_path / "a.parquet", 3)
    made = plan(config)
    assert current(made, config) is not None
    shard(tmp_path / "b.parquet", 3)
    assert current(made, config) is None


def test_other_content_of_the_same_length_is_noticed_and_a_touch_is_not(tmp_path: Path) -> None:
    config = Input(path=str(tmp_path))
    path = shard(tmp_path / "a.parquet", 3)
    made = plan(config)
    os.utime(path, ns=(1, 1))
    assert current(made, config) is not None
    assert plan(config).sha256 == made.sha256
    path.write_bytes(path.read_bytes()[:-20] + bytes(20))
    assert current(made, config) is None


def test_what_is_hidden_is_no_input(tmp_path: Path) -> None:
    shard(tmp_path / "a.parquet", 1)
    shard(tmp_path / "_tmp" / "b.parquet", 1)
    (tmp_path / ".c.parquet").write_bytes(b"")
    assert [s.name for s in plan(Input(path=str(tmp_path))).shards] == ["a.parquet"]


def test_an_absent_or_empty_input_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="no input at"):
        plan(Input(path=str(tmp_path / "absent")))
    with pytest.raises(RefusedError, match=r"no \.parquet file; make shards with"):
        plan(Input(path=str(tmp_path)))


def test_a_shard_that_cannot_be_read_is_set_aside_with_its_reason_and_the_others_are_planned(tmp_path: Path) -> None:
    shard(tmp_path / "a.parquet", 1)
    (tmp_path / "bad.parquet").write_bytes(b"<html>503</html>")
    made = plan(Input(path=str(tmp_path)))
    assert made.quarantined.keys() == {"bad.parquet"}
    assert made.quarantined["bad.parquet"].startswith("cannot be read as Parquet: Parquet magic bytes not found")
    assert {split.shard for split in made.splits} == {"a.parquet"}
    assert Plan.parse(made.dump()) == made
    assert current(made, Input(path=str(tmp_path))) == made


def test_what_is_set_aside_is_part_of_the_plan(tmp_path: Path) -> None:
    shard(tmp_path / "a.parquet", 1)
    bad = tmp_path / "bad.parquet"
    bad.write_bytes(b"<html>503</html>")
    before = plan(Input(path=str(tmp_path)))
    bad.write_bytes(b"<html>504</html>")
    assert current(before, Input(path=str(tmp_path))) is None
    assert plan(Input(path=str(tmp_path))).sha256 != before.sha256


def test_an_input_of_which_nothing_can_be_read_is_refused(tmp_path: Path) -> None:
    for name in "abcde":
        (tmp_path / f"{name}.parquet").write_bytes(b"")
    with pytest.raises(RefusedError, match=r"None of the shards.*\n  a\.parquet cannot be read(.|\n)*and 2 others"):
        plan(Input(path=str(tmp_path)))


def test_a_shard_without_the_right_to_read_it_is_refused_and_not_set_aside(tmp_path: Path) -> None:
    shard(tmp_path / "a.parquet", 1)
    (tmp_path / "gone.parquet").symlink_to(tmp_path / "nowhere")
    with pytest.raises(RefusedError, match=r"gone\.parquet cannot be read: No such file"):
        plan(Input(path=str(tmp_path)))


def test_a_resumed_run_reads_no_file_that_nobody_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shard(tmp_path / "a.parquet", 3)
    shard(tmp_path / "b.parquet", 3)
    made = plan(Input(path=str(tmp_path)))
    read: list[str] = []
    monkeypatch.setattr("pipeline.shard.file_sha256", lambda path: read.append(path.name) or file_sha256(path))
    assert current(made, Input(path=str(tmp_path))) is not None
    assert read == []
    os.utime(tmp_path / "b.parquet", ns=(1, 1))
    touched = current(made, Input(path=str(tmp_path)))
    assert touched is not None
    assert read == ["b.parquet"]
    assert current(touched, Input(path=str(tmp_path))) is not None
    assert read == ["b.parquet"], "the new time is kept"


def test_a_missing_column_is_named_with_the_remedy(tmp_path: Path) -> None:
    pq.write_table(pa.table({"code": ["x"]}), tmp_path / "a.parquet")
    with pytest.raises(RefusedError, match=r"no column 'content'.*--input\.columns\.content NAME.*It has: code"):
        plan(Input(path=str(tmp_path)))
    assert plan(Input(path=str(tmp_path), columns=Columns(content="code"))).shards[0].rows == 1


def test_a_column_that_a_person_named_must_be_there_and_a_default_need_not(tmp_path: Path) -> None:
    shard(tmp_path / "a.parquet", 1)
    plan(Input(path=str(tmp_path)))
    with pytest.raises(RefusedError, match="no column 'lang'"):
        plan(Input(path=str(tmp_path), columns=Columns(language="lang")))


def test_a_column_of_another_type_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"content": [1]}), tmp_path / "a.parquet")
    with pytest.raises(RefusedError, match="has int64 in column 'content', where the content must be text"):
        plan(Input(path=str(tmp_path)))


@pytest.mark.parametrize(
    ("names", "values", "message"),
    [
        (["content", "content"], [["x"], ["y"]], "several columns 'content'"),
        (["content", "max_stars_repo_licenses"], [["x"], [1]], "where the licenses must be text"),
    ],
)
def test_columns_that_cannot_be_what_they_should_are_refused(
    tmp_path: Path, names: list[str], values: list[list[object]], message: str
) -> None:
    pq.write_table(pa.Table.from_arrays([pa.array(v) for v in values], names), tmp_path / "a.parquet")
    with pytest.raises(RefusedError, match=message):
        plan(Input(path=str(tmp_path)))
