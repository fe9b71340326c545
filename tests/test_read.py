"""Every row becomes a file, or is counted; whatever is wrong with one is its own problem only."""

import codecs
import errno
import random
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.config.document import Columns, Input
from pipeline.errors import RefusedError, StoppedError
from pipeline.plan import current, plan
from pipeline.read import read
from pipeline.schema import File
from pipeline.source import tasks


def read_all(path: Path, **config: Any) -> tuple[list[File], dict[str, int]]:
    settings = Input(path=str(path), **config)
    made = plan(settings)
    works = [work for splits, shard in tasks(made, made.splits) for work in read(splits, shard, settings)]
    assert [work.split for work in works] == list(made.splits)
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
        list(read(made.splits, made.shards[0], settings))


def test_a_licence_that_is_no_text_spoils_nothing(tmp_path: Path) -> None:
    raw = pa.array([b"MIT", b"caf\xe9"], pa.binary()).view(pa.string())
    lists = pa.ListArray.from_arrays([0, 1, 2], raw)
    files, _ = read_all(write(tmp_path / "a.parquet", {"content": ["a", "b"], "max_stars_repo_licenses": lists}))
    assert [file.origin.licenses for file in files] == [("MIT",), ("caf\ufffd",)]


def pages(path: Path, rows: int = 1000, group: int = 500) -> Path:
    """A shard of many small pages, whose content stands in the file as it is."""
    contents = [f"x = {i:06}  # of this many: {i * 7919:09}\n" for i in range(rows)]
    options = {"compression": "none", "use_dictionary": False, "write_page_checksum": True, "write_statistics": False}
    return write(path, {"content": contents}, row_group_size=group, data_page_size=1000, write_batch_size=20, **options)


def test_a_flipped_bit_costs_the_rest_of_its_row_group_and_no_more(tmp_path: Path) -> None:
    path = pages(tmp_path / "a.parquet")
    path.write_bytes(path.read_bytes().replace(b"x = 000200", b"y = 000200", 1))
    files, _ = read_all(tmp_path, split_rows=64)
    assert [file.origin.row for file in files] == list(range(1000))
    bad = [file.origin.row for file in files if file.problem == "unreadable"]
    assert bad == list(range(bad[0], 500))
    assert 100 < bad[0] <= 200, "the pages before the broken one are good"
    assert all(file.content.startswith(f"x = {i:06}") for i, file in enumerate(files) if i not in bad)


def test_a_row_that_cannot_be_read_is_not_left_out_by_a_filter(tmp_path: Path) -> None:
    path = pages(tmp_path / "a.parquet", 10)
    path.write_bytes(path.read_bytes().replace(b"x = 000002", b"y = 000002", 1))
    files, skipped = read_all(tmp_path, languages=["Python"])
    assert ([file.problem for file in files], skipped) == (["unreadable"] * 10, {})


def test_splits_between_which_others_are_done_come_as_planned(tmp_path: Path) -> None:
    pages(tmp_path / "a.parquet")
    settings = Input(path=str(tmp_path), split_rows=7)
    made = plan(settings)
    wanted = made.splits[3::5]
    works = [work for splits, shard in tasks(made, wanted) for work in read(splits, shard, settings)]
    assert [work.split for work in works] == list(wanted)
    assert [f.origin.row for w in works for f in w.items] == [r for s in wanted for r in range(s.start, s.stop)]


def bytes_read() -> int:
    """What this process has had the system read so far."""
    return int(Path("/proc/self/io").read_text().split("rchar: ")[1].split()[0])


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="the system does not count what a process reads")
def test_a_run_that_is_nearly_done_reads_nearly_nothing(tmp_path: Path) -> None:
    contents = ["".join(random.Random(i).choices("abcdefgh \n", k=6000)) for i in range(10_000)]
    path = write(tmp_path / "a.parquet", {"content": contents}, row_group_size=100)
    settings = Input(path=str(tmp_path))
    made = plan(settings)
    left = made.splits[-len(made.splits) // 100 :]
    before = bytes_read()
    resumed = current(made, settings)
    assert resumed is not None
    assert sum(1 for splits, shard in tasks(resumed, left) for _ in read(splits, shard, settings)) == len(left)
    assert bytes_read() - before < path.stat().st_size * 0.02


def test_a_row_group_of_very_many_rows_is_read_once(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", {"content": ["x = 1\n"] * 300_000}, row_group_size=300_000)
    settings = Input(path=str(tmp_path))
    made = plan(settings)
    ((splits, shard),) = tasks(made, made.splits)
    began = time.monotonic()
    assert sum(len(work.items) for work in read(splits, shard, settings)) == 300_000
    assert time.monotonic() - began < 60


def test_a_task_carries_its_own_splits_only(tmp_path: Path) -> None:
    for name in ("a.parquet", "b.parquet"):
        write(tmp_path / name, {"content": ["x"] * 1000}, row_group_size=100)
    made = plan(Input(path=str(tmp_path), split_rows=10))
    assert [(shard.name, splits[0].start, len(splits)) for splits, shard in tasks(made, made.splits)] == [
        (name, start, 10) for name in ("a.parquet", "b.parquet") for start in range(0, 1000, 100)
    ]


def test_a_disk_that_fails_is_no_fault_of_the_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.parquet", {"content": ["x"]})
    settings = Input(path=str(tmp_path))
    made = plan(settings)

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("pipeline.read.pq.ParquetFile", fail)
    with pytest.raises(StoppedError, match=r"a\.parquet cannot be read: Input/output error"):
        list(read(made.splits, made.shards[0], settings))


@pytest.mark.parametrize(
    ("data", "content", "problem"),
    [
        ("é = 1\n".encode("utf-16"), "é = 1\n", None),
        (codecs.BOM_UTF16_BE + "é = 1\n".encode("utf-16-be"), "é = 1\n", None),
        ("é = 1\n".encode("utf-32"), "é = 1\n", None),
        ("é = 1\n".encode("utf-8-sig"), "\ufeffé = 1\n", None),
        ("x = 1\n".encode("utf-16-le"), "", "not_text"),
        ("ж = 'ж'\n".encode("utf-16-be"), "", "not_text"),
        ("жизнь".encode("utf-16-le"), "", "not_text"),
        ("日本語".encode("utf-16-be"), "", "bad_encoding"),
        ("café".encode("latin-1"), "", "bad_encoding"),
        (b"x = '\xed\xa0\x80'", "", "bad_encoding"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8", "", "bad_encoding"),
        (codecs.BOM_UTF16_LE, "", "empty"),
        (codecs.BOM_UTF8 + b"\n", "", "empty"),
        (b"a\r\nb\rc\n", "a\r\nb\rc\n", None),
        ("x = 1  # \u202e\U000e0041\u200b".encode(), "x = 1  # \u202e\U000e0041\u200b", None),
    ],
)
def test_text_is_decoded_where_its_encoding_is_certain(
    tmp_path: Path, data: bytes, content: str, problem: str | None
) -> None:
    (file,), _ = read_all(write(tmp_path / "a.parquet", {"content": pa.array([data], pa.binary())}))
    assert (file.content, file.problem) == (content, problem)


def test_names_are_kept_as_they_are_up_to_a_length(tmp_path: Path) -> None:
    paths = ["<b>&.py", "a\0b.py", "../../etc/passwd", "/etc/passwd", "C:\\CON.py", "x" * 100_000]
    files, _ = read_all(write(tmp_path / "a.parquet", {"content": ["x"] * 6, "max_stars_repo_path": paths}))
    assert [file.origin.path for file in files] == [*paths[:5], "x" * 4096]


def test_a_file_that_is_too_long_is_not_even_decoded(tmp_path: Path) -> None:
    files, _ = read_all(write(tmp_path / "a.parquet", {"content": ["x" * 100, "x" * 101]}), max_bytes=100)
    assert [(len(file.content), file.problem) for file in files] == [(100, None), (0, "too_long")]
