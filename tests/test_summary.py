"""The closing summary reads as plain text: the manifest's numbers, some records, and commands that work."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipeline.summary import LINES, LOG_WIDTH, examples, summarize
from tests.finished import Finished, finished, row, rows


def said(run: Finished, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    summarize(run.store, run.manifest, run.config)
    return capsys.readouterr().out


def test_it_says_the_numbers_of_the_manifest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = finished(
        tmp_path / "out", [rows(30, lambda number: "rejected" if number % 5 == 0 else "ok"), [row(9, "error")]]
    )
    lines = [line.split() for line in said(run, capsys).splitlines()]
    for line in (["records", "31"], ["good", "24"], ["rejected", "6"], ["errors", "1"], ["6", "repeated"]):
        assert line in lines
    tokens = run.manifest["tally"]["total"]["output_tokens"]
    assert ["output", "tokens", f"{tokens:,}"] in lines


def test_it_shows_up_to_three_records_beside_their_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = finished(tmp_path / "out", [rows(20)])
    text = said(run, capsys)
    assert text.count("shapes/area.py:1 area_") == 3
    (first, *_) = [line for line in text.splitlines() if line.startswith("  def area")]
    assert "the area of a rectangle" in first


def test_in_a_log_file_its_lines_keep_to_the_width(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    long = row(1, code="x = 1\n" * 40 + "y" * 500, output="word " * 200)
    run = finished(tmp_path / "out", [[long]])
    text = said(run, capsys)
    assert "\x1b" not in text
    shown = text.split("Where it lies")[0].splitlines()
    assert max(map(len, shown)) <= LOG_WIDTH
    assert sum(line.startswith("  x = 1") for line in shown) == LINES - 1


def test_texts_can_not_steer_the_terminal_nor_use_markup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wild = row(1, code="[bold]a\n\x1b[2Jb\nc", output="[red]text[/red] \u202eback [/nothing]", name="[link=x]n")
    text = said(finished(tmp_path / "out", [[wild]]), capsys)
    for part in ("[bold]a", "⟦U+001B⟧[2Jb", "[red]text[/red]", "⟦U+202E⟧back", "[link=x]n"):
        assert part in text
    assert "\x1b" not in text


def test_short_code_of_several_lines_is_preferred() -> None:
    one, long, good = row(1, code="x = 1"), row(2, code="a\n" * 400), row(3)
    assert examples([one, long, good])[0] == good
    assert examples([]) == []


def test_the_commands_that_it_names_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / """it's a "run" out"""
    run = finished(out, [[row(1), row(2, "rejected")]])
    lines = [line.strip() for line in said(run, capsys).splitlines()]
    (read,) = [shlex.split(line) for line in lines if line.startswith("python -c")]
    done = subprocess.run([sys.executable, *read[1:]], capture_output=True, text=True, check=True)
    assert done.stdout == "area_1 Number 1: the area of a rectangle.\n"
    (query,) = [shlex.split(line)[-1] for line in lines if line.startswith("duckdb -c")]
    assert duckdb.sql(query).fetchall() == [(["repeated"], 1)]


def test_only_what_is_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(finished(tmp_path / "out", [rows(2)]), capsys)
    assert f"{tmp_path / 'out' / 'records'}/" in text
    assert "rejected/" not in text
    none = said(finished(tmp_path / "none", [[]]), capsys)
    assert "records/" not in none
    assert "report.html" in none


def test_it_can_be_shown_again_from_the_stored_manifest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = finished(tmp_path / "out", [rows(8)])
    stored = json.loads((run.out / "manifest.json").read_text())
    first = said(run, capsys)
    summarize(run.store, stored, run.config)
    assert capsys.readouterr().out == first
