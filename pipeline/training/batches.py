"""Pairs in, batches of token ids out, each token with its weight in the loss.

A sequence is the template's prompt, a line break, the output and the end token. Sequences of like length share a
batch, so that little is padding. Knows nothing of models.
"""

import random
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer

from pipeline.config import Template
from pipeline.training.pairs import Pair
from pipeline.training.tokenizer import encode

PLACEHOLDER = re.compile(r"\{(instruction|input)\}")
NEIGHBOURS = 50  # batches whose sequences are sorted by length together


@dataclass(frozen=True, slots=True)
class Tokens:
    """A pair as tokens: [0, start) is the template, [start, end) the input, from `output` on what is to be learned."""

    ids: "array[int]"
    start: int
    end: int
    output: int


@dataclass(frozen=True, slots=True)
class Batch:
    """`ids` [rows, length]; `weights` [rows, length - 1] of the loss on the next token; `tokens` without padding."""

    ids: torch.Tensor
    weights: torch.Tensor
    tokens: int


def rendered(template: Template, pair: Pair) -> tuple[str, int, int]:
    """The prompt of a pair, and the range of its input in it [characters]."""
    text = template.header + (template.with_input if pair.input else template.without_input)
    values = {"instruction": pair.instruction, "input": pair.input}
    where = next((m for m in PLACEHOLDER.finditer(text) if m[1] == "input"), None)
    prompt = PLACEHOLDER.sub(lambda match: values[match[1]], text)
    if where is None:
        return prompt, len(prompt), len(prompt)
    start = len(PLACEHOLDER.sub(lambda match: values[match[1]], text[: where.start()]))
    return prompt, start, start + len(pair.input)


def sequence(template: Template, tokenizer: Tokenizer, end_id: int, pair: Pair) -> Tokens:
    """A pair as tokens."""
    prompt, start, end = rendered(template, pair)
    encoding = encode(tokenizer, prompt)
    first = sum(1 for _, stop in encoding.offsets if stop <= start)
    last = sum(1 for begin, _ in encoding.offsets if begin < end)
    answer = encode(tokenizer, f"\n{pair.output}").ids
    return Tokens(array("i", [*encoding.ids, *answer, end_id]), first, last, len(encoding.ids))


def batches(sequences: Sequence[Tokens], step_tokens: int, input_weight: float, draw: random.Random) -> Iterator[Batch]:
    """The sequences once, shuffled; a batch has at most `step_tokens` tokens with its padding (or one sequence)."""
    order = draw.sample(range(len(sequences)), len(sequences))
    for group in _groups([sequences[i] for i in order], step_tokens * NEIGHBOURS):
        rows = list(_rows(sorted(group, key=lambda s: len(s.ids)), step_tokens))
        draw.shuffle(rows)
        yield from (collate(row, input_weight) for row in rows)


def _groups(sequences: Sequence[Tokens], tokens: int) -> Iterator[list[Tokens]]:
    group: list[Tokens] = []
    room = tokens
    for one in sequences:
        group.append(one)
        room -= len(one.ids)
        if room <= 0:
            yield group
            group, room = [], tokens
    if group:
        yield group


def _rows(ascending: Sequence[Tokens], step_tokens: int) -> Iterator[list[Tokens]]:
    rows: list[Tokens] = []
    for one in ascending:
        if rows and len(one.ids) * (len(rows) + 1) > step_tokens:
            yield rows
            rows = []
        rows.append(one)
    yield rows


def collate(sequences: Sequence[Tokens], input_weight: float) -> Batch:
    """Sequences as one padded batch: causal attention never looks at the padding, which stands at the end."""
    longest = max(len(s.ids) for s in sequences)
    ids = torch.zeros(len(sequences), longest, dtype=torch.long)
    weights = torch.zeros(len(sequences), longest)
    for row, one in enumerate(sequences):
        ids[row, : len(one.ids)] = torch.tensor(one.ids)
        weights[row, one.start : one.end] = input_weight
        weights[row, one.output : len(one.ids)] = 1.0
    return Batch(ids, weights[:, 1:], sum(len(s.ids) for s in sequences))
