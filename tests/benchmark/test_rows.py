"""Rows: a file's lines become rows or a sentence; rounds differ in nothing that matters but what a cache could keep."""

from pathlib import Path

import pytest

from pipeline.benchmark.rows import Row, of_round, read
from pipeline.engine.prefixes import shared_length
from pipeline.errors import RefusedError

VOCABULARY, WINDOW = 100, 32
GOOD = '{"prompt_token_ids": [1, 2, 3], "max_tokens": 4}'


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(lines))
    return path


def test_lines_become_rows(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD, "", '{"max_tokens": 1, "prompt_token_ids": [99], "id": "ignored"}')
    assert read(path, VOCABULARY, WINDOW) == [Row((1, 2, 3), 4), Row((99,), 1)]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "not JSON .* write it like"),
        ("[1, 2]", "holds no object; write it like"),
        ('{"max_tokens": 4}', "prompt_token_ids must be a list"),
        ('{"prompt_token_ids": [], "max_tokens": 4}', "at least one token id"),
        ('{"prompt_token_ids": ["def"], "max_tokens": 4}', "tokenize the prompt first"),
        ('{"prompt_token_ids": [1, true], "max_tokens": 4}', "prompt_token_ids must be"),
        ('{"prompt_token_ids": [1]}', "max_tokens is None; give a whole number"),
        ('{"prompt_token_ids": [1], "max_tokens": 0}', "max_tokens is 0"),
        ('{"prompt_token_ids": [1], "max_tokens": 2.5}', "max_tokens is 2.5"),
        ('{"prompt_token_ids": [1, 100], "max_tokens": 4}', "token id 100 is not in the model's vocabulary of 100"),
        ('{"prompt_token_ids": [-1], "max_tokens": 4}', "token id -1"),
        ('{"prompt_token_ids": [1], "max_tokens": 32}', "have 33 tokens, and the window holds 32; shorten"),
    ],
)
def test_a_bad_line_is_named_with_the_remedy(tmp_path: Path, line: str, problem: str) -> None:
    with pytest.raises(RefusedError, match=rf"rows\.jsonl, line 2: .*{problem}"):
        read(written(tmp_path, GOOD, line), VOCABULARY, WINDOW)


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="holds no rows"):
        read(written(tmp_path, ""), VOCABULARY, WINDOW)
    with pytest.raises(RefusedError, match="cannot be read"):
        read(tmp_path / "absent.jsonl", VOCABULARY, WINDOW)


def test_no_prompt_of_a_round_begins_like_one_of_another() -> None:
    rows = [Row((98, 5, 6), 3), Row((98, 5, 7), 4), Row((98,), 5)]
    rounds = [of_round(rows, number, VOCABULARY) for number in range(4)]
    assert len({round_[0].prompt_ids[0] for round_ in rounds}) == 4
    assert all(0 <= row.prompt_ids[0] < VOCABULARY for round_ in rounds for row in round_)


def test_a_round_has_the_work_and_the_shared_prefixes_of_the_workload() -> None:
    rows = [Row((98, 5, 6), 3), Row((98, 5, 7), 4), Row((99, 5, 7), 5)]
    for number in range(4):
        made = of_round(rows, number, VOCABULARY)
        assert [(len(row.prompt_ids), row.max_tokens) for row in made] == [(3, 3), (3, 4), (3, 5)]
        assert [shared_length(made[0].prompt_ids, row.prompt_ids) for row in made] == [3, 2, 0]
