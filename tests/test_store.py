"""A store creates each name once, whole, whatever else happens."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.errors import RefusedError
from pipeline.local_store import LocalStore


def test_what_is_created_can_be_read(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    assert store.create("a/b.json", b"one")
    assert store.read("a/b.json") == b"one"
    assert store.names("a") == ["b.json"]


def test_what_is_not_there_is_none(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "absent")
    assert (store.read("x"), store.names("x")) == (None, [])


def test_a_name_is_never_overwritten(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    assert store.create("name", b"first")
    assert not store.create("name", b"second")
    assert store.read("name") == b"first"


def test_of_many_writers_exactly_one_wins(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    for round_ in range(20):
        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(lambda i, name=f"n{round_}": store.create(name, bytes([i]) * 10_000), range(8)))
        assert won.count(True) == 1
        assert store.read(f"n{round_}") == bytes([won.index(True)]) * 10_000


def test_publishing_twice_is_publishing_once(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.create("attempt", b"x")
    store.publish("attempt", "records/part")
    store.publish("attempt", "records/part")
    assert store.read("records/part") == b"x"


def test_nothing_temporary_is_left(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.create("name", b"x")
    store.create("name", b"y")
    assert store.names("_starscribe/tmp") == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_rights_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(RefusedError, match="rights"):
        LocalStore(tmp_path / "out").create("name", b"x")


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(RefusedError, match="Cannot write"):
        LocalStore(tmp_path / "out").create("name", b"x")
