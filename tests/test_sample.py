"""A sample is bounded, repeatable, spread over the run, and taken from the manifest's parts alone."""

from pathlib import Path

import pytest

from pipeline.errors import RefusedError
from pipeline.sample import sample, spread
from tests.finished import finished, row, rows


def test_a_sample_is_bounded_repeatable_and_spread_over_the_splits(tmp_path: Path) -> None:
    run = finished(tmp_path / "out", [rows(5) for _ in range(30)])
    first = sample(run.store, run.manifest, "records", 12)
    assert len(first) == 12
    assert first == sample(run.store, run.manifest, "records", 12)
    assert len(sample(run.store, run.manifest, "records", 200)) == 150


def test_few_parts_give_all_the_rows_that_are_asked_for_in_order(tmp_path: Path) -> None:
    run = finished(tmp_path / "out", [rows(50), rows(50)])
    numbers = [made["ordinal"] for made in sample(run.store, run.manifest, "records", 20)]
    assert len(numbers) == 20
    assert numbers[:10] == sorted(numbers[:10]) != list(range(10)), "not simply the head of the part"


def test_each_folder_is_sampled_for_itself(tmp_path: Path) -> None:
    run = finished(tmp_path / "out", [[row(0), row(1, "rejected"), row(2, "error")]])
    assert [made["status"] for made in sample(run.store, run.manifest, "rejected", 9)] == ["rejected", "error"]
    only_good = finished(tmp_path / "good", [rows(2)])
    assert sample(only_good.store, only_good.manifest, "rejected", 9) == []


def test_a_file_that_the_manifest_does_not_list_is_not_looked_at(tmp_path: Path) -> None:
    run = finished(tmp_path / "out", [rows(2)])
    (run.out / "records" / "part-stray.parquet").write_bytes(b"no Parquet")
    assert len(sample(run.store, run.manifest, "records", 9)) == 2


def test_a_part_that_is_gone_is_named(tmp_path: Path) -> None:
    run = finished(tmp_path / "out", [rows(2)])
    (run.out / "records" / "part-0000.parquet").unlink()
    with pytest.raises(RefusedError, match=r"records/part-0000\.parquet.*restore it"):
        sample(run.store, run.manifest, "records", 9)


def test_spreading_keeps_what_there_is_and_takes_even_distances() -> None:
    assert spread(range(10), 5) == [0, 2, 4, 6, 8]
    assert spread(range(3), 5) == [0, 1, 2]
    assert spread([], 5) == []
