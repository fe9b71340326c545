"""What every engine must do: rows of a prompt and an exact number of output tokens.

In: a file of JSON lines. Out: checked rows, and their variant for each round. Knows nothing of engines.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.errors import RefusedError

EXAMPLE = '{"prompt_token_ids": [1, 2, 3], "max_tokens": 16}'


@dataclass(frozen=True, slots=True)
class Row:
    """A prompt, and how many tokens are generated after it: no fewer, since nothing ends an output early."""

    prompt_ids: tuple[int, ...]
    max_tokens: int


def read(path: Path, vocabulary: int, window: int) -> list[Row]:
    """The rows of a file, one JSON object per line; blank lines are skipped.

    RefusedError names the first line that is no row, or that a model of this vocabulary and window [tokens] cannot do.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedError(f"requests: {path} cannot be read: {error}. Give a UTF-8 file of JSON lines.") from error
    rows = [_row(path, number, line, vocabulary, window) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise RefusedError(f"requests: {path} holds no rows; give lines like {EXAMPLE}.")
    return rows


def _row(path: Path, number: int, line: str, vocabulary: int, window: int) -> Row:
    try:
        row = _parsed(line)
        problem = problem_of(row, vocabulary, window)
    except ValueError as error:
        problem = str(error)
    if problem:
        raise RefusedError(f"requests: {path}, line {number}: {problem}.")
    return row


def _parsed(line: str) -> Row:
    """The row that a line holds; ValueError with a sentence if it holds none."""
    try:
        tree = json.loads(line)
    except ValueError as error:
        raise ValueError(f"not JSON ({error}); write it like {EXAMPLE}") from error
    if not isinstance(tree, dict):
        raise ValueError(f"holds no object; write it like {EXAMPLE}")
    ids, most = tree.get("prompt_token_ids"), tree.get("max_tokens")
    if not isinstance(ids, list) or not ids or not all(map(_whole, ids)):
        raise ValueError("prompt_token_ids must be a list of at least one token id; tokenize the prompt first")
    if not isinstance(most, int) or not _whole(most) or most < 1:
        raise ValueError(f"max_tokens is {most!r}; give a whole number from 1 on")
    return Row(tuple(ids), most)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def problem_of(row: Row, vocabulary: int, window: int) -> str | None:
    """Why a model of this vocabulary and window [tokens] cannot do a row, and the remedy; None if it can."""
    outside = next((i for i in row.prompt_ids if not 0 <= i < vocabulary), None)
    if outside is not None:
        return f"token id {outside} is not in the model's vocabulary of {vocabulary}; tokenize with its own tokenizer"
    length = len(row.prompt_ids) + row.max_tokens
    if length > window:
        return f"prompt and output have {length} tokens, and the window holds {window}; shorten one of them"
    return None


def of_round(rows: Iterable[Row], number: int, vocabulary: int) -> list[Row]:
    """The rows for one round: the same work, but no prompt begins like any of another round.

    Only the first token differs, so nothing that an engine kept from an earlier round helps it; and as equal first
    tokens stay equal, prompts share within a round exactly what they share in the workload. Repeats after `vocabulary`
    rounds.
    """
    return [replace(row, prompt_ids=_begun(row.prompt_ids, number, vocabulary)) for row in rows]


def _begun(ids: Sequence[int], number: int, vocabulary: int) -> tuple[int, ...]:
    return ((ids[0] + number) % vocabulary, *ids[1:])
