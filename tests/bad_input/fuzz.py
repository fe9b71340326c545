"""A property-based fuzzer over reader, extractor and checks.

    python -m tests.bad_input.fuzz --minutes 10 --seed 1

runs the properties with new seeds until the time is over, and ends with 1 at the first that fails, with the smallest
example that Hypothesis finds. The test suite runs each once, with a fixed seed.
"""

import argparse
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from pipeline.agreement import agreement
from pipeline.check import check
from pipeline.config.document import Checks, Input
from pipeline.definition import LONGEST_NAME
from pipeline.errors import RefusedError
from pipeline.extract import bare, extract
from pipeline.plan import plan
from pipeline.read import as_file, read
from pipeline.schema import CHECKS, File, Origin
from pipeline.source import tasks
from pipeline.styles import understood

SECONDS, ALARM = 10, 120  # the processor time that one example may take; the time until a child is given up
MEMORY = 6 << 30  # bytes of address space for reading one shard

PIECES = (
    *("def f(x):", "class C:", "    return x", "async def g(", "@d", "lambda:", "if x:", "else:", "x = ", "pass"),
    *("(", ")", "[", "]", "{", "}", ":", ",", ";", "\\", "'", '"', "'''", '"""', "#", "f'{", "`", "->", ":=", "..."),
    *("\n", "\r", "\r\n", "\t", "    ", "\f", " ", "\0", "\x1b[0m", "\u2028", "\u202e", "\ufeff", "\U000e0041", "é"),
    *("<|endoftext|>", "<fim_prefix>", "### Response:", "{instruction}", "\ue000input\ue001", "</script>", "1" * 40),
)
pieces = st.sampled_from(PIECES)
runs = st.builds(lambda piece, count: piece * count, pieces, st.sampled_from((1, 2, 30, 1000)))
texts = st.lists(pieces | runs | st.text(max_size=8), max_size=40).map("".join)
contents = st.one_of(
    st.none(),
    st.binary(max_size=200),
    texts.map(lambda text: text.encode(errors="surrogatepass")),
    st.builds(lambda t, e: t.encode(e, "ignore"), texts, st.sampled_from(("utf-16", "utf-16-le", "utf-32", "latin-1"))),
)
rows = st.fixed_dictionaries(
    {"content": contents},
    optional={
        "path": st.none() | st.binary(max_size=40) | st.sampled_from((b"a/b.py", b"../__init__.py", b"/" * 50)),
        "language": st.sampled_from((None, b"Python", b"py", b"COBOL", b"\xff")),
        "licenses": st.none() | st.binary(max_size=20) | st.lists(st.none() | st.binary(max_size=9), max_size=3),
        "blob_id": st.none() | st.binary(max_size=40),
    },
)
# Where in the file, as a share of it; what is done there; with which byte, or how many.
mutations = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from(("flip", "set", "cut", "drop", "repeat")), st.integers(0, 255)),
    min_size=1,
    max_size=4,
)


def row_becomes_units(row: dict[str, Any]) -> None:
    """Any row is a file, and any file units that are parts of it, or one that bears its problem."""
    file = as_file(row, "shard.parquet", 7, 10_000_000)
    units = extract(file)
    data = file.content.encode()
    assert units
    assert file.problem is None or [unit.problem for unit in units] == [file.problem]
    for unit in units:
        assert unit.code.encode() == data[unit.start_byte : unit.end_byte]
        assert 1 <= unit.start_line <= unit.end_line
        assert unit.kind == "module" or len(unit.name) <= LONGEST_NAME
        assert all(0 <= block.start < block.end <= len(unit.code.encode()) for block in unit.blocks)
    assert bare(file).code == file.content


def text_is_checked(text: str, code: str) -> None:
    """Any text has a result of every check."""
    results, failed = check(text, code, True, Checks())
    unit = bare(File(Origin("s", 0, path="f.py", language="Python"), code))
    results |= agreement(understood(text, "Python"), unit, "google")
    assert results.keys() == {field.name for field in CHECKS}
    assert all(results[name] for name in failed)
    assert 0 <= results["copied"] <= 1
    assert 0 <= results["repetition"] <= 1


@cache
def whole(codec: str) -> bytes:
    """A shard of several row groups and pages."""
    table = pa.table(
        {
            "content": [f"def f{i}(x):\n    return x + {i}\n" * (i % 5) for i in range(300)],
            "max_stars_repo_path": pa.array([f"{i % 9}.py" for i in range(300)]).dictionary_encode(),
            "max_stars_repo_licenses": [["MIT"] * (i % 3) for i in range(300)],
        }
    )
    sink = pa.BufferOutputStream()
    options = {"data_page_size": 500, "write_batch_size": 20, "write_page_checksum": codec in ("none", "zstd")}
    pq.write_table(table, sink, row_group_size=100, compression=codec, **options)
    return sink.getvalue().to_pybytes()


def mutated(data: bytes, changes: list[tuple[float, str, int]]) -> bytes:
    """The bytes after changes; the places are shares of the length at the time."""
    made = bytearray(data)
    for share, kind, value in changes:
        at = min(int(share * len(made)), max(len(made) - 1, 0))
        if kind == "cut":
            del made[at:]
        elif kind == "drop":
            del made[at : at + value]
        elif kind == "repeat":
            made[at:at] = made[at : at + value]
        elif made:
            made[at] = made[at] ^ (1 << value % 8) if kind == "flip" else value
    return bytes(made)


def shard_is_read(codec: str, changes: list[tuple[float, str, int]]) -> None:
    """Any file is set aside or refused, or each row that it was planned with is a file: without a crash or a hang."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "good.parquet").write_bytes(whole("snappy"))
        Path(folder, "shard.parquet").write_bytes(mutated(whole(codec), changes))
        child = os.fork()  # what breaks a library in native code breaks the child only
        if child == 0:
            os._exit(_ended(lambda: _read_all(Path(folder))))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert status == 0, f"reading ended with {status}"


def _ended(do: Callable[[], None]) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.alarm(ALARM)
    try:
        do()
    except BaseException:  # noqa: BLE001 - the parent is told by the exit status
        traceback.print_exc()
        return 1
    return 0


def _read_all(folder: Path) -> None:
    config = Input(path=str(folder), split_rows=50)
    try:
        made = plan(config)
    except RefusedError:
        return
    files: list[File] = []
    for splits, shard in tasks(made, made.splits):
        for split, work in zip(splits, read(splits, shard, config), strict=True):
            assert [file.origin.row for file in work.items] == list(range(split.start, split.stop))
            files += work.items
    assert len(files) == sum(shard.rows for shard in made.shards) >= 300
    for file in files[::50]:
        extract(file)


def timed(holds: Callable[..., None]) -> Callable[..., None]:
    def within(*args: Any) -> None:
        began = time.process_time()
        holds(*args)
        assert time.process_time() - began < SECONDS, "too slow"

    return within


PROPERTIES: dict[str, tuple[Callable[..., None], tuple[st.SearchStrategy[Any], ...]]] = {
    "row_becomes_units": (row_becomes_units, (rows,)),
    "text_is_checked": (text_is_checked, (texts, texts)),
    "shard_is_read": (shard_is_read, (st.sampled_from(("none", "snappy", "gzip", "zstd", "lz4", "brotli")), mutations)),
}


def prove(name: str, number: int, examples: int) -> None:
    """Try a property with so many examples drawn from a seed. Whatever it raises, it does not hold."""
    holds, strategies = PROPERTIES[name]
    how = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    seed(number)(how(given(st.tuples(*strategies))(lambda drawn: timed(holds)(*drawn))))()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    until, number, examples = time.monotonic() + 60 * asked.minutes, asked.seed, 200
    while time.monotonic() < until:
        for name in PROPERTIES:
            prove(name, number, examples)
        number += 1
    tried = (number - asked.seed) * examples
    sys.stdout.write(f"Seeds {asked.seed} to {number - 1}: {tried:,} examples of each property, and all hold.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
