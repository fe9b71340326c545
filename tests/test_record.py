"""A record for every draft, with a status, reasons, and the text without what ended it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.check import check
from pipeline.config import Task, Template
from pipeline.config.document import Document, Input, Model, Output
from pipeline.record import Maker, trimmed
from pipeline.schema import RECORD, Draft, Prompt, Split, Work, content_hash
from pipeline.tokenizer import Piece, Tokenizer
from pipeline.weights import Weights
from tests.conftest import make_unit

CONFIG = Document(
    input=Input(path="in"),
    template=Template(name="alpaca", form="text", stop=["### End"]),
    tasks={"explain": Task(instruction="Explain.", max_tokens=32)},
    model=Model(path="m"),
    output=Output(path="out"),
)
WEIGHTS = Weights(Path("m"), "m", None, "MIT", 512, (0,), "c" * 64, "w" * 64, "t" * 64)
SPLIT = Split("a.parquet", 0, 1, "000000-0000000000")


def records(tokenizer: Tokenizer, *drafts: Draft, run_id: str = "run") -> list[dict[str, Any]]:
    maker = Maker(run_id, "r" * 64, CONFIG, WEIGHTS)
    return list(maker.records(Work(SPLIT, drafts, {}), tokenizer).items)


def draft(tokenizer: Tokenizer, text: str, **changes: Any) -> Draft:
    prompt = Prompt(make_unit(), "explain", "Explain.", "def f(x): ...", (7, 8, 9))
    ids = tuple(tokenizer.encode([Piece(text, literal=False)]))
    return Draft(prompt, ids, **({"finish_reason": "stop", "seed": 1} | changes))


def test_a_good_draft_becomes_a_good_record(tokenizer: Tokenizer) -> None:
    (row,) = records(tokenizer, draft(tokenizer, "\nReturn what it is given. ### End and more"))
    assert (row["status"], row["reasons"]) == ("ok", [])
    assert row["output"] == "Return what it is given."
    assert row["draft"] == "\nReturn what it is given. ### End and more"
    assert row["provenance"]["prompt_tokens"] == 3
    assert row["provenance"]["sampling"] == {"temperature": 0.0, "top_p": 1.0, "top_k": 0, "max_tokens": 32}


def test_what_the_model_says_is_redacted_too(tokenizer: Tokenizer) -> None:
    unit = make_unit(redacted=("email",))
    said = draft(tokenizer, "Ask jane@corp.com for it. ### End AKIA" + "IOSFODNN7EXAMPLE")
    (row,) = records(tokenizer, replace(said, prompt=replace(said.prompt, unit=unit)))
    assert (row["output"], row["draft"]) == ("Ask <EMAIL> for it.", "Ask <EMAIL> for it. ### End <KEY>")
    assert row["redacted"] == ["email", "email", "key"]


@pytest.mark.parametrize(
    ("text", "finish_reason", "reasons"),
    [
        ("", "stop", ["empty"]),
        ("Return what", "length", ["truncated"]),
        ("the value of it " * 30, "length", ["truncated", "repeated"]),
    ],
)
def test_a_draft_that_fails_a_check_is_rejected(
    tokenizer: Tokenizer, text: str, finish_reason: str, reasons: list[str]
) -> None:
    (row,) = records(tokenizer, draft(tokenizer, text, finish_reason=finish_reason))
    assert (row["status"], row["reasons"]) == ("rejected", reasons)
    assert all(row["checks"][reason] for reason in reasons)


def test_what_was_never_asked_is_rejected_and_what_failed_is_an_error(tokenizer: Tokenizer) -> None:
    unasked = Draft(Prompt(make_unit(problem="not_text"), "explain", "Explain.", "", reasons=("not_text",)))
    failed = draft(tokenizer, "", finish_reason=None, error="generation: no memory")
    one, other = records(tokenizer, unasked, failed)
    assert (one["status"], one["reasons"], one["checks"]) == ("rejected", ["not_text"], None)
    assert (other["status"], other["reasons"]) == ("error", ["generation: no memory"])
    assert one["provenance"]["prompt_sha256"] is None


def test_records_fit_the_schema_without_a_missing_or_extra_column(tokenizer: Tokenizer) -> None:
    rows = records(
        tokenizer, draft(tokenizer, "Return it."), Draft(Prompt(make_unit(), "explain", "", "", reasons=("x",)))
    )
    assert all(list(row) == RECORD.names for row in rows)
    assert pa.Table.from_pylist(rows, schema=RECORD).to_pylist() == rows


def test_equal_runs_have_equal_content_hashes(tokenizer: Tokenizer) -> None:
    (one,) = records(tokenizer, draft(tokenizer, "Same.", generated_at="2026-01-01"), run_id="one")
    (other,) = records(tokenizer, draft(tokenizer, "Same.", generated_at="2026-01-02"), run_id="other")
    (third,) = records(tokenizer, draft(tokenizer, "Different."))
    assert content_hash(one) == content_hash(other) != content_hash(third)


def test_ids_depend_on_position_task_and_recipe(tokenizer: Tokenizer) -> None:
    here, there = (Draft(Prompt(make_unit(start_byte=at), "explain", "", "")) for at in (0, 1))
    maker, other = (Maker("run", recipe * 64, CONFIG, WEIGHTS) for recipe in "ab")
    assert len({maker.id(here), maker.id(there), other.id(here)}) == 3


def test_reuse_names_the_record_it_shares(tokenizer: Tokenizer) -> None:
    first = draft(tokenizer, "Same.")
    twin = Draft(first.prompt, first.token_ids, "stop", reused_from=0)
    one, other = records(tokenizer, first, twin)
    assert (one["provenance"]["reused_from"], other["provenance"]["reused_from"]) == (None, one["id"])


def test_a_check_that_breaks_makes_an_error_of_its_record_only(
    tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(text: str, *rest: Any) -> Any:
        return check(text, *rest) if "fine" in text else 1 / 0

    monkeypatch.setattr("pipeline.record.check", breaking)
    one, other = records(tokenizer, draft(tokenizer, "All is fine."), draft(tokenizer, "Boom."))
    assert (one["status"], other["status"], other["reasons"]) == ("ok", "error", ["check_failed: ZeroDivisionError"])


def test_trimming_stops_at_the_first_of_several_strings() -> None:
    assert trimmed(" a b c ", ("c", "b")) == "a"
    assert trimmed(" a ", ()) == "a"
