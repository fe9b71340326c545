"""The fuzzer's properties hold for a fixed seed, and it notices where they do not."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.bad_input import fuzz


@pytest.mark.parametrize(("name", "examples"), [("row_becomes_units", 150), ("text_is_checked", 100)])
def test_a_property_holds(name: str, examples: int) -> None:
    fuzz.prove(name, 0, examples)


def test_a_shard_is_read_whatever_happened_to_it() -> None:
    fuzz.prove("shard_is_read", 0, 40)


@pytest.mark.parametrize(
    ("codec", "changes"),
    [
        ("lz4", [(0.0, "repeat", 95), (0.8107531053698851, "flip", 4)]),
        ("zstd", [(0.6484375, "flip", 7)]),
    ],
    ids=["a histogram of another length", "a column name that is no text"],
)
def test_what_once_broke_the_reader_breaks_it_no_more(codec: str, changes: list[tuple[float, str, int]]) -> None:
    fuzz.shard_is_read(codec, changes)


def test_a_crash_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_: Path) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(fuzz, "_read_all", crash)
    with pytest.raises(AssertionError, match="reading ended with -9"):
        fuzz.shard_is_read("none", [])
