"""What must not be read is set aside with its reason; what only looks odd is read, whoever wrote it."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.config.document import Input
from pipeline.plan import plan
from pipeline.read import read
from pipeline.schema import File
from pipeline.source import tasks
from tests.bad_input.shards import BAD, ROWS

CONTENTS = ROWS["content"].to_pylist()


def files(path: Path, **settings: object) -> list[File]:
    config = Input.model_validate({"path": str(path), **settings})
    made = plan(config)
    assert made.quarantined == {}
    return [f for splits, shard in tasks(made, made.splits) for w in read(splits, shard, config) for f in w.items]


@pytest.mark.parametrize("name", BAD)
def test_a_bad_shard_is_set_aside_and_its_neighbour_is_not(tmp_path: Path, name: str) -> None:
    make, reason = BAD[name]
    make(tmp_path / "bad.parquet")
    pq.write_table(ROWS, tmp_path / "good.parquet")
    made = plan(Input(path=str(tmp_path)))
    assert made.quarantined.keys() == {"bad.parquet"}
    assert pa.compute.match_substring_regex(pa.array(made.quarantined.values()), reason).to_pylist() == [True]
    assert str(tmp_path) not in made.quarantined["bad.parquet"], "manifests are published"
    assert sum(split.stop - split.start for split in made.splits) == 100


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "zstd", "lz4", "brotli"])
def test_every_codec_is_read(tmp_path: Path, codec: str) -> None:
    pq.write_table(ROWS, tmp_path / "a.parquet", compression=codec)
    assert [file.content for file in files(tmp_path)] == CONTENTS


def test_other_writers_shards_are_read(tmp_path: Path) -> None:
    for codec in ("snappy", "zstd", "gzip", "lz4", "brotli", "uncompressed"):
        polars.DataFrame(ROWS.to_pydict()).write_parquet(tmp_path / f"p-{codec}.parquet", compression=codec)
    for codec in ("snappy", "zstd", "gzip", "lz4_raw", "brotli", "uncompressed"):
        rows = ROWS  # noqa: F841 - DuckDB finds it by name
        duckdb.sql(f"COPY rows TO '{tmp_path}/d-{codec}.parquet' (FORMAT parquet, CODEC '{codec}')")
    assert sorted(file.content for file in files(tmp_path)) == sorted(CONTENTS * 12)


def test_other_files_among_the_shards_are_no_input(tmp_path: Path) -> None:
    pq.write_table(ROWS, tmp_path / "a.parquet")
    for name in ("README.md", "a.parquet.crc", "part.csv", "_SUCCESS", "._a.parquet"):
        (tmp_path / name).write_text("nothing")
    (tmp_path / "folder.parquet").mkdir()
    assert len(files(tmp_path)) == 100


def test_shards_and_row_groups_without_rows_are_read_as_nothing(tmp_path: Path) -> None:
    pq.write_table(ROWS.slice(0, 0), tmp_path / "a.parquet")
    with pq.ParquetWriter(tmp_path / "b.parquet", ROWS.schema) as writer:
        for rows in (0, 3, 0, 0, 2, 0):
            writer.write_table(ROWS.slice(0, rows), row_group_size=10)
    found = files(tmp_path)
    assert [(file.origin.shard, file.origin.row, file.content) for file in found] == [
        ("b.parquet", row, CONTENTS[at]) for row, at in enumerate((0, 1, 2, 0, 1))
    ]


def columns() -> Iterator[tuple[str, pa.Array, list[str | None]]]:
    texts = pa.array(["a", None, "b", "a"])
    for kind in (pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(), pa.binary_view()):
        yield str(kind), texts.cast(kind), ["a", "null", "b", "a"]
    yield "dictionary", texts.dictionary_encode(), ["a", "null", "b", "a"]
    yield "all null", pa.array([None, None], pa.string()), ["null", "null"]


@pytest.mark.parametrize(("values", "expected"), [c[1:] for c in columns()], ids=[c[0] for c in columns()])
def test_content_of_any_text_type_is_read_and_null_is_named(
    tmp_path: Path, values: pa.Array, expected: list[str | None]
) -> None:
    pq.write_table(pa.table({"content": values}), tmp_path / "a.parquet")
    assert [file.problem or file.content for file in files(tmp_path)] == expected


def test_a_column_name_with_a_dot_is_a_name(tmp_path: Path) -> None:
    table = pa.table({"file.text": ["x", "y"], "file": ["a.py", "b.py"], "file.text.more": [1, 2]})
    pq.write_table(table, tmp_path / "a.parquet")
    found = files(tmp_path, columns={"content": "file.text", "path": "file"})
    assert [(file.content, file.origin.path) for file in found] == [("x", "a.py"), ("y", "b.py")]


def test_duplicated_rows_are_each_a_file_with_a_place_of_its_own(tmp_path: Path) -> None:
    pq.write_table(pa.concat_tables([ROWS, ROWS]), tmp_path / "a.parquet")
    pq.write_table(ROWS, tmp_path / "b.parquet")
    found = files(tmp_path)
    assert len({(file.origin.shard, file.origin.row) for file in found}) == len(found) == 300
