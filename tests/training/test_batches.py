import random
from array import array
from pathlib import Path

import pytest
import torch

from pipeline.config import Task, Template
from pipeline.config.load import read, validate
from pipeline.config.training import Finetune
from pipeline.errors import UsageError
from pipeline.training import tokenizer
from pipeline.training.batches import Tokens, batches, collate, rendered, sequence
from pipeline.training.pairs import Pair

ALPACA = Template.model_validate(read(Path("conf/template/alpaca.yaml"))["template"])
DUFF = Pair("Please explain the following program.", "send(to, from) { {input} {instruction} }", "Duff's device.")
WORDS = tokenizer.train([rendered(ALPACA, DUFF)[0], DUFF.output], 400)


def tokens(length: int) -> Tokens:
    return Tokens(array("i", range(1, length + 1)), 1, 2, length - 1)


def test_the_prompt_is_the_template_with_code_as_data() -> None:
    text, start, end = rendered(ALPACA, DUFF)
    assert text == (
        "Below is an instruction that describes a task, paired with an input that provides further context. "
        "Write a response that appropriately completes the request.\n\n### Instruction:\n"
        "Please explain the following program.\n\n### Input:\nsend(to, from) { {input} {instruction} }\n\n### Response:"
    )
    assert text[start:end] == DUFF.input


def test_without_an_input_the_other_variant_is_taken() -> None:
    text, start, end = rendered(ALPACA, Pair("Say hello.", "", "Hello."))
    assert "### Input:" not in text
    assert start == end == len(text)


def test_a_sequence_is_prompt_line_break_output_and_end() -> None:
    found = sequence(ALPACA, WORDS, 0, DUFF)
    text, start, end = rendered(ALPACA, DUFF)
    ids = list(found.ids)
    assert ids[-1] == 0
    assert WORDS.decode(ids[: found.output]) == text
    assert WORDS.decode(ids[found.output : -1]) == "\nDuff's device."
    assert DUFF.input in WORDS.decode(ids[found.start : found.end])
    assert len(WORDS.decode(ids[found.start : found.end])) <= end - start + 2


def test_the_weights_are_those_of_the_token_that_is_predicted() -> None:
    batch = collate([Tokens(array("i", [5, 6, 7, 8, 9, 0]), 1, 3, 4), Tokens(array("i", [5, 6, 0]), 1, 1, 2)], 0.25)
    assert batch.ids.tolist() == [[5, 6, 7, 8, 9, 0], [5, 6, 0, 0, 0, 0]]
    assert batch.weights.tolist() == [[0.25, 0.25, 0, 1, 1], [0, 1, 0, 0, 0]]
    assert batch.tokens == 9


def test_every_sequence_comes_once_within_the_size_of_a_step() -> None:
    draw = random.Random(0)
    lengths = [draw.randint(4, 90) for _ in range(500)]
    found = list(batches([tokens(length) for length in lengths], 200, 0.0, random.Random(1)))
    assert sorted(int((row > 0).sum()) for batch in found for row in batch.ids) == sorted(lengths)
    assert all(batch.ids.numel() <= 200 for batch in found)
    assert sum(batch.ids.numel() for batch in found) < 1.1 * sum(lengths), "little of it is padding"


def test_the_order_follows_the_seed() -> None:
    sequences = [tokens(length) for length in range(4, 60)]
    one, again, other = (list(batches(sequences, 120, 0.0, random.Random(seed))) for seed in (0, 0, 1))
    assert all(torch.equal(a.ids, b.ids) for a, b in zip(one, again, strict=True))
    assert [b.tokens for b in one] != [b.tokens for b in other]


def test_the_bundled_models_configuration_is_valid_and_has_both_tasks() -> None:
    tree = read(Path("conf/train/tiny.yaml")) | {"output": {"path": "model"}}
    config = validate(Finetune, tree)
    assert config.template == ALPACA
    assert config.tasks.keys() == {"explain", "docstring"}
    assert isinstance(config.tasks["explain"], Task)


def test_a_task_that_cannot_be_mined_is_refused() -> None:
    tree = read(Path("conf/train/tiny.yaml")) | {"output": {"path": "model"}}
    tree["tasks"] |= {"review": {"instruction": "Review this."}}
    with pytest.raises(UsageError, match="pairs are mined for explain and docstring only"):
        validate(Finetune, tree)
