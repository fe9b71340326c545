"""The main job from shards to records, with a real model, real Ray and real Parquet."""

import json
import signal
from bisect import bisect
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from jobs import document
from pipeline.config import load
from pipeline.config.document import Document
from pipeline.errors import LimitError, RefusedError, StoppedError, UsageError
from pipeline.schema import RECORD, content_hash
from tests.jobs.conftest import make_shards
from tests.jobs.running import arguments, faults, kill_tree, rows, start, wait_for


def run(*args: Any) -> int:
    return document.run(load(document.CONFIG, arguments(*args)))


@pytest.fixture(scope="module")
def finished(cluster: None, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished")
    assert run(model, make_shards(folder / "shards"), folder / "out") == 0
    return folder / "out"


def test_every_unit_has_its_row_for_every_task(finished: Path) -> None:
    found = rows(finished)
    units = {row["unit_id"] for row in found}
    names = Counter(row["name"] for row in found)
    assert len(found) == len({row["id"] for row in found}) == 2 * len(units)
    assert {"Square", "Square.__init__", "Square.area", "total", "total.<locals>.one", "fine"} <= names.keys()
    assert names["total"] == 6
    assert {row["path"] for row in found} == {
        f"0/{p}" for p in ("shapes.py", "broken.py", "empty.py", "twin.py", "other.py")
    } | {
        "binary.py",
        "null.py",
    }


def test_the_manifest_says_what_is_there(finished: Path) -> None:
    manifest = json.loads((finished / "manifest.json").read_text())
    found = rows(finished)
    assert sum(manifest["rows"].values()) == len(found)
    assert manifest["tally"]["status"] == Counter(row["status"] for row in found)
    assert manifest["skipped"] == {"other_language": 1}
    for part in manifest["parts"]:
        assert pq.read_metadata(finished / part["name"]).num_rows == part["rows"]


def test_what_cannot_be_read_is_rejected_by_name(finished: Path) -> None:
    reasons = {row["path"]: row["reasons"] for row in rows(finished) if not row["provenance"]["prompt_tokens"]}
    assert reasons == {"0/empty.py": ["empty"], "binary.py": ["not_text"], "null.py": ["null"]}


def test_records_are_what_their_source_says(finished: Path) -> None:
    for row in rows(finished):
        lines = row["code"].splitlines()
        assert row["end_line"] - row["start_line"] + 1 == max(len(lines), 1)
        if row["name"] == "Square.area":
            assert (row["kind"], row["signature"], row["language"]) == ("method", "def area(self)", "Python")


def test_provenance_is_complete_and_true(finished: Path) -> None:
    generated = [row for row in rows(finished) if row["provenance"]["prompt_tokens"]]
    assert generated
    for row in generated:
        provenance = row["provenance"]
        assert provenance["machine_generated"] is True
        assert (provenance["dtype"], provenance["template"]) == ("float32", "alpaca")
        assert provenance["device"].startswith("cpu")
        assert provenance["finish_reason"] in ("stop", "length")
        assert provenance["sampling"]["max_tokens"] == {"explain": 12, "docstring": 8}[row["task"]]
        assert 0 < provenance["output_tokens"] <= provenance["sampling"]["max_tokens"]
        for name in ("weights_sha256", "tokenizer_sha256", "template_sha256", "prompt_sha256", "recipe"):
            assert len(provenance[name]) == 64
        assert provenance["revision"] is None
        assert "torch" in provenance["engine_version"]


def test_equal_prompts_of_a_split_are_generated_once(finished: Path) -> None:
    by_prompt: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows(finished):
        if row["provenance"]["prompt_sha256"]:
            by_prompt.setdefault((row["split"], row["provenance"]["prompt_sha256"]), []).append(row)
    twins = [group for group in by_prompt.values() if len(group) > 1]
    for group in twins:
        assert {row["draft"] for row in group} == {group[0]["draft"]}
        assert [row["provenance"]["reused_from"] is None for row in sorted(group, key=lambda r: r["ordinal"])].count(
            True
        ) == 1


def test_other_readers_read_it(finished: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import datasets

    for folder in ("records", "rejected"):
        if (finished / folder).exists():
            expected = ds.dataset(finished / folder, format="parquet").count_rows()
            [(counted,)] = duckdb.sql(f"SELECT count(*) FROM '{finished}/{folder}/*.parquet'").fetchall()
            files = f"{finished}/{folder}/*.parquet"
            loaded = datasets.load_dataset("parquet", data_files=files, split="train", cache_dir=str(tmp_path))
            assert counted == loaded.num_rows == expected
            assert ds.dataset(finished / folder, format="parquet").schema.equals(RECORD)


def test_a_finished_run_started_again_does_nothing(
    finished: Path, model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.stat().st_mtime_ns for path in finished.rglob("*")}
    monkeypatch.setattr(document, "generate", lambda *_: pytest.fail("something was generated"))
    assert run(model, finished.parent / "shards", finished) == 0
    assert "nothing to do" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in finished.rglob("*")} == before


def test_two_runs_write_the_same_records(finished: Path, model: Path, tmp_path: Path, cluster: None) -> None:
    assert run(model, finished.parent / "shards", tmp_path / "again", "--engine.max_requests", "3") == 0
    assert [content_hash(row) for row in rows(tmp_path / "again")] == [content_hash(row) for row in rows(finished)]


def test_another_recipe_is_refused_with_the_difference(finished: Path, model: Path) -> None:
    with pytest.raises(RefusedError, match=r"tasks\.explain\.max_tokens: 12 → 13"):
        run(model, finished.parent / "shards", finished, "--tasks.explain.max_tokens", "13")


def test_more_rejected_than_allowed_is_complete_with_its_own_status(finished: Path, model: Path) -> None:
    with pytest.raises(LimitError, match=r"rejected, more than limits\.rejected allows"):
        run(model, finished.parent / "shards", finished, "--limits.rejected", "0")


def test_a_limit_that_is_passed_ends_the_run_early_and_a_higher_one_lets_it_go_on(
    finished: Path, model: Path, tmp_path: Path, cluster: None
) -> None:
    shards, out = finished.parent / "shards", tmp_path / "out"
    with pytest.raises(StoppedError, match=r"tokens are spent, more than limits\.total_tokens \(1\)"):
        run(model, shards, out, "--limits.total_tokens", "1")
    assert not (out / "manifest.json").exists()
    assert run(model, shards, out) == 0
    assert [content_hash(row) for row in rows(out)] == [content_hash(row) for row in rows(finished)]


def test_a_text_that_takes_too_long_is_an_error_record(
    finished: Path, model: Path, tmp_path: Path, cluster: None
) -> None:
    assert run(model, finished.parent / "shards", tmp_path / "out", "--limits.unit_seconds", "0.000001") == 0
    reasons = Counter(tuple(row["reasons"]) for row in rows(tmp_path / "out") if row["status"] == "error")
    assert reasons["timeout",] > 10


def test_bad_settings_are_refused_before_anything_is_written(model: Path, shards: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for change, message in (
        (("--model.path", "no/such/model"), "hf download"),
        (("--input.path", str(tmp_path / "absent")), "no input at"),
        (("--input.columns.content", "text"), "no column 'text'"),
        (("--tasks.explain.max_tokens", "512"), "leaves no room for a prompt in the model's window"),
        (
            ("--tasks.explain.max_tokens", "256", "--tasks.explain.sections", "[A, B]"),
            "512 leaves no room for a prompt",
        ),
        (("--output.path", str(shards / "out")), "lie in one another"),
    ):
        with pytest.raises((RefusedError, UsageError), match=message):
            run(model, shards, out, *change)
        assert not out.exists()


def test_an_input_without_rows_is_refused(model: Path, tmp_path: Path) -> None:
    folder = make_shards(tmp_path / "shards")
    table = pq.read_table(folder / "shard.parquet")
    pq.write_table(table.slice(0, 0), folder / "shard.parquet")
    with pytest.raises(RefusedError, match="holds no rows"):
        run(model, folder, tmp_path / "out")


def test_a_page_that_is_rotten_costs_its_own_rows_only(
    finished: Path, model: Path, shards: Path, tmp_path: Path, cluster: None
) -> None:
    path = shards / "shard.parquet"
    pq.write_table(pq.read_table(path), path, row_group_size=4, write_page_checksum=True)
    column = pq.read_metadata(path).row_group(0).column(0)
    data = bytearray(path.read_bytes())
    data[column.data_page_offset + column.total_compressed_size // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(LimitError, match=r"records are error, more than limits\.errors"):
        run(model, shards, tmp_path / "out", "--limits.errors", "0")
    found = rows(tmp_path / "out")
    bad = [row for row in found if row["reasons"] == ["unreadable"]]
    assert [(row["status"], row["path"]) for row in bad] == [("error", None)] * 2 * 4
    rest = {content_hash(row) for row in found if row not in bad}
    assert rest == {content_hash(row) for row in rows(finished) if int(row["split"].split("-")[1]) >= 4}


def test_everything_beyond_the_limits_is_named() -> None:
    config = Document.model_validate(
        {"model": {"path": "m"}, "input": {"path": "i"}, "output": {"path": "o"}, "tasks": {"t": {"instruction": "x"}}}
        | {"limits": {"rejected": 0.25, "errors": 0.1}}
    )
    tally = {"status": {"ok": 10, "rejected": 6, "error": 4}}
    manifest = {"tally": tally, "quarantined": {"a.parquet": "is empty."}}
    assert [said.split(";")[0].split(":")[0] for said in document.excesses(config, manifest)] == [
        "30.0% of its records are rejected, more than limits.rejected allows (25.0%)",
        "20.0% of its records are error, more than limits.errors allows (10.0%)",
        "1 of the input's shards were left out",
    ]
    assert list(document.excesses(config, {"tally": {}, "quarantined": {}})) == []


def test_a_cluster_that_is_not_there_is_refused_soon(model: Path, shards: Path, tmp_path: Path) -> None:
    process = start(arguments(model, shards, tmp_path / "out", "--cluster.address", "127.0.0.1:1"), tmp_path / "log")
    assert process.wait(60) == 3
    assert "There is no Ray cluster at cluster.address 127.0.0.1:1" in (tmp_path / "log").read_text()


SAMPLED = ("--sampling.temperature", "1", "--sampling.top_p", "0.9", "--sampling.seed", "7")


def test_stopped_and_killed_and_stopped_at_its_end_it_writes_what_an_undisturbed_run_does(
    cluster: None, model: Path, tmp_path: Path
) -> None:
    shards, out, log = make_shards(tmp_path / "shards", copies=8), tmp_path / "out", tmp_path / "log"
    args, commits = arguments(model, shards, out, *SAMPLED), out / "_starscribe" / "commits"
    process = start(args, log)
    wait_for(commits.exists, process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 75
    assert "run the same command again" in log.read_text()
    stopped = len(list(commits.iterdir()))
    process = start(args, log)
    wait_for(lambda: len(list(commits.iterdir())) > stopped, process)
    kill_tree(process)
    killed = len(list(commits.iterdir()))
    after_rays_end = faults(tmp_path / "faults", {"point": "report.published", "hit": 1, "action": "term"})
    assert start(args, log, STARSCRIBE_FAULTS=after_rays_end).wait(120) == 75
    assert f"{killed} of " in log.read_text()
    assert start(args, log).wait(120) == 0
    attempts = list((out / "_starscribe" / "attempts").iterdir())
    assert len({path.name.split(".")[1] for path in attempts}) <= 3
    manifest = json.loads((out / "manifest.json").read_text())
    assert run(model, shards, tmp_path / "whole", *SAMPLED) == 0
    found, whole = rows(out), rows(tmp_path / "whole")
    assert len(found) == sum(manifest["rows"].values())
    assert [content_hash(row) for row in found] == [content_hash(row) for row in whole]


def test_what_is_read_is_soon_committed(model: Path, tmp_path: Path) -> None:
    points, shards = faults(tmp_path / "points"), make_shards(tmp_path / "shards", copies=24)
    assert start(arguments(model, shards, tmp_path / "out"), tmp_path / "log", STARSCRIBE_FAULTS=points).wait() == 0
    read = sorted(path.stat().st_mtime_ns for path in Path(points).glob("split.read.*"))
    done = sorted(path.stat().st_mtime_ns for path in (tmp_path / "out/_starscribe/commits").iterdir())
    assert len(read) == len(done) > 60
    ahead = [i + 1 - bisect(done, at) for i, at in enumerate(read)]
    assert max(ahead) < 40, "splits wait for one another by the dozen, not all of them"
