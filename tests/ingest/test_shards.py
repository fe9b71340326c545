"""Shards are The Stack's, of the size asked for, equal for equal trees, and whole or absent."""

import os
import sysconfig
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.config.ingest import Shards
from pipeline.errors import RefusedError
from pipeline.ingest import STACK, ShardWriter
from pipeline.ingest.rows import alphanum_fraction, lines
from tests.ingest.trees import ingest

COLUMNS = (
    "hexsha size ext lang max_stars_repo_path max_stars_repo_name max_stars_repo_head_hexsha max_stars_repo_licenses "
    "max_stars_count max_stars_repo_stars_event_min_datetime max_stars_repo_stars_event_max_datetime "
    "max_issues_repo_path max_issues_repo_name max_issues_repo_head_hexsha max_issues_repo_licenses max_issues_count "
    "max_issues_repo_issues_event_min_datetime max_issues_repo_issues_event_max_datetime max_forks_repo_path "
    "max_forks_repo_name max_forks_repo_head_hexsha max_forks_repo_licenses max_forks_count "
    "max_forks_repo_forks_event_min_datetime max_forks_repo_forks_event_max_datetime content avg_line_length "
    "max_line_length alphanum_fraction"
)


@pytest.fixture(scope="module")
def package() -> list[dict[str, object]]:
    """The rows of a real package."""
    return list(ingest(Path(sysconfig.get_path("stdlib")) / "json")[0].values())


def write(folder: Path, rows: list[dict[str, object]], **sizes: int) -> list[Path]:
    with ShardWriter(Shards(path=str(folder), **sizes), STACK) as writer:
        for row in rows:
            writer.write(row)
    return writer.shards


def test_the_columns_are_those_of_the_stack() -> None:
    assert COLUMNS.split() == STACK.names
    special = {"size": pa.int64(), "max_line_length": pa.int64()}
    special |= {"avg_line_length": pa.float64(), "alphanum_fraction": pa.float64()}
    for field in STACK:
        kind = pa.int64() if field.name.endswith("_count") else pa.string()
        kind = pa.list_(pa.string()) if field.name.endswith("_licenses") else special.get(field.name, kind)
        assert field.type == kind


def test_what_is_written_is_what_is_read(tmp_path: Path, package: list[dict[str, object]]) -> None:
    (shard,) = write(tmp_path / "out", package)
    table = pq.read_table(shard, page_checksum_verification=True)
    assert table.schema.equals(STACK)
    assert table.select(list(package[0])).to_pylist() == package
    assert table["max_forks_count"].null_count == table["max_stars_count"].null_count == len(package)


def test_equal_rows_give_equal_bytes(tmp_path: Path, package: list[dict[str, object]]) -> None:
    one, two = (write(tmp_path / name, package, rows_per_shard=2) for name in ("one", "two"))
    assert [path.name for path in one] == [f"shard-{i:05d}.parquet" for i in range(len(one))]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_shards_and_groups_have_the_sizes_asked_for(tmp_path: Path, package: list[dict[str, object]]) -> None:
    rows = package * 5
    by_rows = write(tmp_path / "rows", rows, rows_per_shard=7, rows_per_group=3)
    assert [pq.read_metadata(path).num_rows for path in by_rows] == [7, 7, 7, 4][: len(by_rows)]
    first = pq.read_metadata(by_rows[0])
    assert [first.row_group(i).num_rows for i in range(first.num_row_groups)] == [3, 3, 1]
    by_bytes = write(tmp_path / "bytes", rows, shard_bytes=40_000, group_bytes=15_000)
    for path in by_bytes:
        sizes = [len(text.encode()) for text in pq.read_table(path)["content"].to_pylist()]
        assert sum(sizes) <= 40_000
    assert sum(pq.read_metadata(path).num_rows for path in by_bytes) == len(rows)


def test_a_run_that_fails_leaves_nothing(tmp_path: Path, package: list[dict[str, object]]) -> None:
    config = Shards(path=str(tmp_path / "out"), rows_per_shard=1, rows_per_group=1)
    writer = ShardWriter(config, STACK)
    writer.write(package[0])
    writer.write(package[1])
    assert (tmp_path / "out" / "shard-00000.parquet").exists()
    writer.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_shard_has_its_name_only_when_it_is_whole(tmp_path: Path, package: list[dict[str, object]]) -> None:
    with ShardWriter(Shards(path=str(tmp_path / "out"), rows_per_group=1), STACK) as writer:
        writer.write(package[0])
        assert [path.name for path in (tmp_path / "out").iterdir()] == [".shard-00000.parquet.tmp"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["shard-00000.parquet"]


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RefusedError, match=r"already holds files \(notes\.txt\)"):
        write(tmp_path, [])
    with pytest.raises(RefusedError, match="cannot be made or read"):
        write(tmp_path / "notes.txt", [])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(RefusedError, match="cannot be written to"):
        write(tmp_path, [])


def test_line_statistics_are_those_of_published_rows() -> None:
    text = "ab_1\n\n  é!\n"
    assert lines(text) == (len(text) / 4, 4)
    assert alphanum_fraction(text) == 5 / len(text)
    assert (lines("")[0], alphanum_fraction("")) == (0.0, 0.0)
