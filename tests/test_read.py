"""Every row becomes a file, or is counted; whatever is wrong with one is its own problem only."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.config.document import Columns, Input
from pipeline.errors import RefusedError
from pipeline.plan import plan
from pipeline.read import read
from pipeline.schema import File, Work


def read_all(path: Path, **config: Any) -> tuple[list[File], dict[str, int]]:
    settings = Input(path=str(path), **config)
    made = plan(settings)
    (shard,) = made.shards
    works: list[Work[File]] = [read(split, shard, settings) for split in made.splits]
    skipped: dict[str, int] = {}
    for work in works:
        skipped |= {reason: skipped.get(reason, 0) + n for reason, n in work.skipped.items()}
    return [file for work in works for file in work.items], skipped


def write(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    pq.write_table(pa.table(columns), path, **options)
    return path


@pytest.mark.parametrize("split_rows", [1, 7, 64, 500])
def test_rows_come_in_order_whatever_the_splits_and_row_groups(tmp_path: Path, split_rows: int) -> None:
    contents = [f"x = {i}" for i in range(333)]
    write(tmp_path / "a.parquet", {"content": contents}, row_group_size=100)
    files, _ = read_all(tmp_path, split_rows=split_rows)
    assert [file.content for file in files] == contents
    assert [file.origin.row for file in files] == list(range(333))


def test_the_stacks_columns_are_known(tmp_path: Path) -> None:
    row = {
        "content": ["x = 1\n"],
        "lang": ["Python"],
        "max_stars_repo_name": ["me/it"],
        "max_stars_repo_path": ["a/b.py"],
        "max_stars_repo_head_hexsha": ["c" * 40],
        "max_stars_repo_licenses": [["MIT", "Apache-2.0"]],
        "hexsha": ["a" * 40],
        "size": [6],
    }
    (file,), _ = read_all(write(tmp_path / "a.parquet", row))
    at = file.origin
    assert (at.repo, at.path, at.commit, at.language) == ("me/it", "a/b.py", "c" * 40, "Python")
    assert (at.licenses, at.blob_id) == (("MIT", "Apache-2.0"), "a" * 40)


def test_only_content_is_needed_and_the_blob_id_is_gits(tmp_path: Path) -> None:
    (file,), _ = read_all(write(tmp_path / "a.parquet", {"text": ["hello\n"]}), columns=Columns(content="text"))
    assert file.origin.blob_id == "ce013625030ba8dba906f756967f9e9ca394464a"  # git hash-object
    assert file.origin.repo is None


def test_language_comes_from_the_path_where_no_column_says_it(tmp_path: Path) -> None:
    columns = {"content": ["x", "x"], "max_stars_repo_path": ["a.py", "a.unknown"]}
    files, _ = read_all(write(tmp_path / "a.parquet", columns))
    assert [file.origin.language for file in files] == ["Python", None]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (None, "null"),
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"\x7fELF\0\0", "not_text"),
        (b"caf\xe9", "bad_encoding"),
        (b"x = 1", None),
        ("é".encode(), None),
    ],
)
def test_what_is_wrong_with_a_row_is_that_rows_problem(
    tmp_path: Path, value: bytes | None, problem: str | None
) -> None:
    write(tmp_path / "a.parquet", {"content": pa.array([b"ok", value, b"ok"], pa.binary())})
    files, _ = read_all(tmp_path)
    assert [file.problem for file in files] == [None, problem, None]


def test_invalid_utf8_in_a_string_column_spoils_only_its_row(tmp_path: Path) -> None:
    raw = pa.array([b"fine", b"caf\xe9"], pa.binary()).view(pa.string())
    files, _ = read_all(write(tmp_path / "a.parquet", {"content": raw}))
    assert [(file.content, file.problem) for file in files] == [("fine", None), ("", "bad_encoding")]


@pytest.mark.parametrize(
    "kind",
    [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.dictionary(pa.int32(), pa.string())],
    ids=str,
)
def test_text_may_come_in_any_of_arrows_types(tmp_path: Path, kind: pa.DataType) -> None:
    values = pa.array(["é = 1", "b"]).cast(kind)
    files, _ = read_all(write(tmp_path / "a.parquet", {"content": values}))
    assert [file.content for file in files] == ["é = 1", "b"]


@pytest.mark.parametrize(
    "value",
    [
        ["MIT", "ISC"],
        [{"element": "MIT"}, {"element": "ISC"}],
        {"list": [{"item": "MIT"}, {"item": "ISC"}]},
        "MIT, ISC",
    ],
    ids=["list", "structs", "nested", "text"],
)
def test_licences_are_read_as_they_are_found_in_the_wild(tmp_path: Path, value: Any) -> None:
    columns = {"content": ["x"], "max_stars_repo_licenses": pa.array([value])}
    (file,), _ = read_all(write(tmp_path / "a.parquet", columns))
    assert file.origin.licenses == ("MIT", "ISC")


def test_filters_leave_rows_out_and_count_them(tmp_path: Path) -> None:
    columns = {
        "content": ["a", "b", "c", "d"],
        "lang": ["Python", "python", "Java", "Python"],
        "max_stars_repo_licenses": [["MIT"], ["MIT", "GPL-3.0-only"], ["MIT"], []],
    }
    files, skipped = read_all(write(tmp_path / "a.parquet", columns), languages=["Python"], licenses=["MIT"])
    assert [file.content for file in files] == ["a"]
    assert skipped == {"other_language": 1, "other_license": 2}


def test_a_shard_that_was_exchanged_since_it_was_planned_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", {"content": ["one"]})
    settings = Input(path=str(tmp_path))
    made = plan(settings)
    path.write_bytes(path.read_bytes().replace(b"one", b"two"))
    with pytest.raises(RefusedError, match="not the one that was planned"):
        read(made.splits[0], made.shards[0], settings)


def test_a_licence_that_is_no_text_spoils_nothing(tmp_path: Path) -> None:
    raw = pa.array([b"MIT", b"caf\xe9"], pa.binary()).view(pa.string())
    lists = pa.ListArray.from_arrays([0, 1, 2], raw)
    files, _ = read_all(write(tmp_path / "a.parquet", {"content": ["a", "b"], "max_stars_repo_licenses": lists}))
    assert [file.origin.licenses for file in files] == [("MIT",), ("caf\ufffd",)]


def test_a_flipped_bit_in_a_page_is_noticed(tmp_path: Path) -> None:
    text = "a marker that stands in the page as it is" * 30
    columns = {"content": [text]}
    path = write(
        tmp_path / "a.parquet",
        columns,
        compression="none",
        use_dictionary=False,
        write_page_checksum=True,
        write_statistics=False,
    )
    data = path.read_bytes()
    path.write_bytes(data.replace(b"a marker", b"b marker", 1))
    with pytest.raises(RefusedError, match=r"a\.parquet"):
        read_all(tmp_path)
