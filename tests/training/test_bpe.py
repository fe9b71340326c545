from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer

from pipeline.errors import RefusedError
from pipeline.training import tokenizer
from pipeline.training.tokenizer import SPECIAL, encode

CORPUS = [
    "def area(width, height):\n    return width * height\n",
    "Please explain the following program. It returns the width.",
]
WORDS = tokenizer.train(CORPUS * 3, 330)


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    assert WORDS.decode(encode(WORDS, text).ids, skip_special_tokens=False) == text


def test_the_special_tokens_of_starcoder_come_first_and_in_order() -> None:
    assert [WORDS.token_to_id(token) for token in SPECIAL] == list(range(19))
    assert (SPECIAL[0], SPECIAL[4], SPECIAL[18]) == ("<|endoftext|>", "<fim_pad>", "<reponame>")


def test_a_special_token_in_a_text_stays_text() -> None:
    for token in SPECIAL:
        ids = encode(WORDS, f"print('{token}')").ids
        assert min(ids) >= len(SPECIAL)
        assert WORDS.decode(ids) == f"print('{token}')"


def test_digits_stand_alone() -> None:
    assert encode(WORDS, "2026").tokens == list("2026")


def test_words_of_the_corpus_are_short() -> None:
    assert len(encode(WORDS, "return width").ids) < len("return width") / 2


def test_transformers_reads_it_as_it_was_written(tmp_path: Path) -> None:
    tokenizer.save(WORDS, tmp_path, 128)
    theirs = AutoTokenizer.from_pretrained(tmp_path)
    text = "def area(π):\n    return 12 * π\n"
    assert theirs(text).input_ids == encode(tokenizer.load(tmp_path), text).ids
    assert (theirs.eos_token, theirs.eos_token_id, theirs.model_max_length) == (SPECIAL[0], 0, 128)
    assert theirs("<fim_middle>").input_ids == [2], "where special tokens are meant, they are found"


def test_a_folder_without_a_tokenizer_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=tmp_path.name):
        tokenizer.load(tmp_path)
