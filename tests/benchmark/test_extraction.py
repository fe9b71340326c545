"""The speed of extraction: what is at hand is read, by language, and rates are those of the files that were."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.benchmark import extraction
from pipeline.config.benchmark import Extraction
from pipeline.errors import RefusedError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for i in range(20):
        (tmp_path / f"{i}.go").write_text(f"package p\n\nfunc f{i}() {{}}\n")
    (tmp_path / "notes.txt").write_text("no code")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "t.rs").write_text("fn f() {}\n")
    return tmp_path


def test_rates_are_of_the_library_and_of_the_directories_that_are_named(folder: Path) -> None:
    tree = extraction.measured(Extraction(paths=[str(folder)], most_bytes=100_000), 3)
    assert list(tree["languages"]) == ["Go", "Python"]
    go, python = tree["languages"].values()
    assert (go["files"], go["units"]) == (20, 40)
    assert go["bytes"] == sum(len(path.read_bytes()) for path in folder.glob("*.go"))
    for language in (go, python):
        rate = language["bytes_per_second"]
        assert 0 < rate["low"] <= rate["median"] <= rate["high"]
        assert language["units_per_second"]["low"] > 0


def test_there_is_enough_of_a_language_and_the_seed_decides_which(folder: Path) -> None:
    one, same, other = (
        extraction.sources(Extraction(paths=[str(folder)], most_bytes=100, seed=seed))["Go"] for seed in (1, 1, 2)
    )
    assert 100 <= sum(len(file.content) for file in one) < 130
    assert one == same != other


def test_a_path_that_is_no_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"extraction\.paths: .*absent is no directory"):
        extraction.sources(Extraction(paths=[str(tmp_path / "absent")]))


def test_the_table_shows_every_language_on_one_line() -> None:
    rates = {
        "files": 3,
        "bytes": 1_500_000,
        "units": 1000,
        "bytes_per_second": {"median": 6.5e6, "low": 6e6, "high": 7e6},
        "units_per_second": {"median": 9000.0, "low": 8000.0, "high": 9500.0},
    }
    text = io.StringIO()
    Console(file=text, width=140).print(extraction.table({"processor": "a CPU", "languages": {"Go": rates}}))
    title, _, line = text.getvalue().splitlines()
    assert "one core of a CPU" in title
    assert line.split() == ["Go", "6.50", "(6.00–7.00)", "9,000", "(8,000–9,500)", "3", "1.5"]
