"""The dataset card: libraries that know nothing of ours read the output by it, and people learn what it is."""

import io
from pathlib import Path
from typing import Any

import datasets
import duckdb
import huggingface_hub.constants
import pyarrow.dataset
import pytest
import yaml
from huggingface_hub import DatasetCard
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.card import card, code, columns, fenced, front_matter, most, size
from pipeline.report import publish
from pipeline.schema import RECORD
from tests.finished import Finished, finished, row, rows


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Thirty records in two splits, six of them rejected, published."""
    mixed = rows(30, lambda number: "rejected" if number % 5 == 0 else "ok")
    made = finished(tmp_path_factory.mktemp("run") / "out", [mixed[:15], mixed[15:]], "bigcode-openrail-m")
    publish(made.store, made.manifest)
    return made


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    return lambda out, *names: datasets.load_dataset(str(out), *names, split="train", cache_dir=str(tmp_path / "cache"))


def test_datasets_reads_the_good_records_unless_told(run: Finished, load: Any) -> None:
    good, rejected = load(run.out), load(run.out, "rejected")
    assert (good.num_rows, rejected.num_rows) == (24, 6)
    assert set(good["status"]) == {"ok"}
    assert good.column_names == RECORD.names
    assert good[0]["provenance"]["machine_generated"] is True
    assert rejected[0]["reasons"] == ["repeated"]


@pytest.mark.parametrize(("status", "folder"), [("ok", "records"), ("rejected", "rejected")])
def test_datasets_reads_a_run_that_has_one_folder_only(tmp_path: Path, load: Any, status: str, folder: str) -> None:
    made = finished(tmp_path / "out", [rows(3, lambda number: status)])
    publish(made.store, made.manifest)
    assert [path.name for path in made.out.iterdir() if path.name in ("records", "rejected")] == [folder]
    assert load(made.out).num_rows == 3


def test_pyarrow_and_duckdb_read_what_the_card_says(run: Finished) -> None:
    assert pyarrow.dataset.dataset(run.out / "records").count_rows() == 24
    found = duckdb.sql(f"SELECT count(*), min(provenance.output_tokens) FROM '{run.out}/records/*.parquet'")
    assert found.fetchall() == [(24, 21)]


def test_the_hub_reads_the_front_matter(run: Finished) -> None:
    made = DatasetCard((run.out / "README.md").read_text())
    assert made.data.to_dict() == front_matter(run.manifest)
    assert made.data.license == "other"
    assert made.data.language == ["en", "code"]
    assert {"machine-generated", "python"} <= set(made.data.to_dict()["tags"])


def test_licenses_of_the_sources_are_listed_with_their_counts(run: Finished) -> None:
    tally = {**run.manifest["tally"], "license": {"MIT": 20, "Apache-2.0": 10}}
    text = card({**run.manifest, "tally": tally}, [])
    assert "| `MIT` | 20 |\n| `Apache-2.0` | 10 |" in text
    assert yaml.safe_load(text.split("---\n")[1])["source_licenses"] == ["Apache-2.0", "MIT"]


def test_restrictions_of_the_model_are_passed_on(run: Finished) -> None:
    assert "OpenRAIL licence" in (run.out / "README.md").read_text()
    for license, note in (("Apache-2.0", "used under `Apache-2.0`"), (None, "was not recorded")):
        text = card({**run.manifest, "model": {**run.manifest["model"], "license": license}}, [])
        assert note in text
        assert "OpenRAIL" not in text


def test_every_column_is_described_in_the_words_of_the_schema() -> None:
    described = {name: (kind, meaning, unit) for name, kind, meaning, unit in columns(RECORD)}
    assert set(RECORD.names) <= described.keys()
    assert described["provenance.sampling.max_tokens"] == ("int64", "the longest output allowed", "tokens")
    assert described["licenses"][0] == "list<string>"
    assert all(meaning for _, meaning, _ in described.values())


def test_the_card_says_what_the_run_came_to(run: Finished) -> None:
    text = (run.out / "README.md").read_text()
    assert "Machine-generated." in text
    for fact in ("| `records/` | 24 |", "| `rejected/` | 6 |", "| `repeated` | 6 |", run.manifest["recipe_sha256"]):
        assert fact in text
    assert "the area of a rectangle." in text, "the example"


def test_a_run_without_records_says_so_and_names_no_files(tmp_path: Path) -> None:
    made = finished(tmp_path / "out", [[]])
    assert front_matter(made.manifest)["configs"] == []
    assert "There are no rows." in card(made.manifest, [])


def test_sizes_are_the_hubs() -> None:
    known = [size(rows) for rows in (0, 999, 1_000, 9_999, 10_000, 123_456, 5_000_000_000)]
    assert known == ["n<1K", "n<1K", "1K<n<10K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1B<n<10B"]


def test_the_rest_of_many_values_is_counted_together() -> None:
    assert most({f"v{i:02}": 1 for i in range(33)})[-1] == ("3 others", 3)


@given(st.text(alphabet="`|\\\n\r ab<>*_[]\u202e"))
def test_a_code_span_holds_whatever_stands_in_it(text: str) -> None:
    span = code(text)
    assert "\n" not in span
    assert "\u202e" not in span
    assert "|" not in span.replace("\\|", "")
    fence = span[: len(span) - len(span.lstrip("`"))]
    inner = span[len(fence) : len(span) - len(fence)]
    assert span.endswith(fence)
    assert fence not in inner


@given(st.text(alphabet="`~\n a"))
def test_a_block_ends_at_its_own_fence_only(text: str) -> None:
    first, *lines = io.StringIO(fenced(text)).read().split("\n")
    assert lines.index(first) == len(lines) - 1


PIECES = [
    "`",
    "``",
    "|",
    "\n",
    "\n\n# ",
    "---\n",
    "<script>",
    "<!--",
    "[x](javascript:y)",
    "![](http://x)",
    "\\",
    "*",
    "\x1b[2J",
]
HOSTILE = st.one_of(
    st.text(max_size=20), st.lists(st.sampled_from([*PIECES, "\u202e", "x", "~~~"]), max_size=6).map("".join)
)


def shape(text: str) -> list[str]:
    """What a reader of Markdown makes of a card, but for its words."""
    body = text.split("\n---\n", 1)[1]
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    inner = [child.type for token in tokens for child in token.children or () if child.type != "softbreak"]
    return [token.type for token in tokens] + inner


def dressed(manifest: dict[str, Any], one: str, other: str) -> str:
    tally = {**manifest["tally"], "reason": {one: 1}, "language": {other: 1}, "license": {one: 1}, "kind": {other: 1}}
    model = {**manifest["model"], "id": one, "license": other, "revision": one}
    changed = {"tally": tally, "model": model, "input": other, "template": one, "skipped": {other: 1}}
    return card({**manifest, **changed}, [row(1, code=one, output=other, instruction=one)])


@settings(max_examples=60, deadline=None)
@given(HOSTILE, HOSTILE)
def test_no_text_breaks_out_of_its_place(run: Finished, one: str, other: str) -> None:
    wild, tame = dressed(run.manifest, f"x{one}x", f"x{other}x"), dressed(run.manifest, "x", "x")
    assert shape(wild) == shape(tame)
    assert not {"html_block", "html_inline", "image"} & set(shape(wild))
    assert yaml.safe_load(wild.split("\n---\n")[0]).keys() == yaml.safe_load(tame.split("\n---\n")[0]).keys()
    assert not set(wild) & {"\x1b", "\u202e", "\r"}


def test_hostile_names_stay_inside_the_card(run: Finished) -> None:
    wild = "x`|\n---\n# y <script>"
    text = card(
        {**run.manifest, "input": wild, "model": {**run.manifest["model"], "id": wild}}, [row(1, output="```\n# z")]
    )
    assert yaml.safe_load(text.split("\n---\n")[0])["license"] == "other"
    assert [line for line in text.splitlines() if line.startswith("# ")][1:] == ["# z"]
    assert "````text\n```\n# z\n````" in text
