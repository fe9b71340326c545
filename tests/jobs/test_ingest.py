"""The job as a person runs it: sources in, shards and a summary out, or a sentence and a status."""

import json
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from jobs.ingest import CONFIG, run
from pipeline.config import load
from pipeline.errors import RefusedError, UsageError

STDLIB = Path(sysconfig.get_path("stdlib"))


def arguments(out: Path, *paths: Path, **more: str) -> list[str]:
    keys = {"source.paths": json.dumps([str(path) for path in paths]), "output.path": str(out), **more}
    return [f"--{key}={value}" for key, value in keys.items()]


def ingest(out: Path, *paths: Path, **more: str) -> int:
    return run(load(CONFIG, arguments(out, *paths, **more)))


def test_several_sources_become_shards_and_a_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("b/tool.py", "def f():\n    pass\n")
    out = tmp_path / "out"
    assert ingest(out, STDLIB / "json", tmp_path / "b.zip") == 0
    rows = pq.read_table(out / "shard-00000.parquet").to_pylist()
    assert [row["max_stars_repo_name"] for row in rows] == sorted(row["max_stars_repo_name"] for row in rows)[::-1]
    summary = json.loads((out / "_ingest.json").read_text())
    assert summary["kept"] == len(rows) == summary["languages"]["Python"]
    assert [source["repo"] for source in summary["sources"]] == ["json", "b"]
    told = capsys.readouterr().out
    assert "Python" in told
    assert f"--input.path {out}" in told


def test_two_runs_give_the_same_folder_byte_for_byte(tmp_path: Path) -> None:
    for name in ("one", "two"):
        ingest(tmp_path / name, STDLIB / "email", **{"output.rows_per_shard": "10"})
    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / name).glob("*.parquet")} for name in ("one", "two")
    )
    assert len(one) > 1
    assert one == two


def test_globs_choose_files(tmp_path: Path) -> None:
    ingest(tmp_path / "out", STDLIB / "json", **{"source.include": "['*coder.py']", "source.exclude": "[en*]"})
    (row,) = pq.read_table(tmp_path / "out").to_pylist()
    assert row["max_stars_repo_path"] == "decoder.py"


def test_an_empty_result_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    with pytest.raises(RefusedError, match="there is none"):
        ingest(tmp_path / "out", tmp_path / "src")
    (tmp_path / "src" / "a.bin").write_bytes(b"\0")
    with pytest.raises(RefusedError, match="left out: 1 binary"):
        ingest(tmp_path / "out", tmp_path / "src")
    assert list((tmp_path / "out").iterdir()) == []


def test_one_name_for_two_sources_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="would name 2 sources"):
        ingest(tmp_path / "out", STDLIB / "json", STDLIB / "email", **{"source.repo": "x"})


def test_the_command_line_gives_a_sentence_and_the_status(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "jobs.ingest", *arguments(tmp_path / "out", tmp_path / "missing")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert f"there is no {tmp_path / 'missing'}" in done.stderr
    assert "Traceback" not in done.stderr
