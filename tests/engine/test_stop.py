"""Stop rules: ids, strings that straddle tokens, characters that straddle tokens; alone and in the engine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engine import EngineError
from pipeline.engine.engine import Engine
from pipeline.engine.stop import Stop

from .conftest import request_of


def by_bytes(ids):
    """A tokenizer of single bytes, as byte-level BPE without merges."""
    return bytes(i % 256 for i in ids).decode("utf-8", errors="replace")


def by_words(ids):
    """A tokenizer that drops the space at the start of a text, as SentencePiece does."""
    return "".join(f" {'abcdefghij'[i]}" for i in ids)[1:]


def stopped(text: str, strings: tuple[str, ...]) -> tuple[int, str] | None:
    stop = Stop(frozenset(), strings, by_bytes)
    for count, token in enumerate(text.encode(), 1):
        if found := stop.push(token):
            return count, str(found)
    return None


def test_a_string_that_straddles_tokens_stops_at_the_token_that_completes_it():
    assert stopped("Adds two.\n### Instruction: more", ("### Inst", "never")) == (18, "### Inst")


def test_characters_of_several_tokens():
    assert stopped("naïve → 終わり。x", ("終わり",)) == (len("naïve → 終わり".encode()), "終わり")


def test_nothing_to_stop_at():
    assert stopped("### Instructio", ("### Instruction",)) is None


def test_a_space_that_the_tokenizer_writes_only_inside_a_text():
    stop = Stop(frozenset(), ("b c",), by_words)
    assert [stop.push(token) for token in (0, 1, 2)] == [None, None, "b c"]


def test_ids_come_before_strings():
    stop = Stop(frozenset({98}), ("b",), by_bytes)
    assert [stop.push(token) for token in b"ab"] == [None, 98]


@given(st.text("ab\n#é終", max_size=40), st.lists(st.text("ab\n#é終", min_size=1, max_size=4), max_size=3))
def test_equals_a_search_of_the_whole_text(text, strings):
    ends = [len(text[: at + len(s)].encode()) for s in strings if (at := text.find(s)) >= 0]
    found = stopped(text, tuple(strings))
    assert (found[0] if found else None) == min(ends, default=None)


def test_in_the_engine_a_string_ends_the_output_at_its_last_token(model):
    engine = Engine(model(), step_tokens=512, max_requests=4, decode=lambda ids: "".join(chr(0x4E00 + i) for i in ids))
    [free] = engine.run([request_of(50, 30, "x")])
    string = "".join(chr(0x4E00 + i) for i in free.token_ids[8:11])
    [completion] = engine.run([request_of(50, 30, "x", stop=(string,))])
    assert completion.token_ids == free.token_ids[:11]
    assert (completion.finish_reason, completion.stop) == ("stop", string)


@pytest.mark.parametrize("strings", [("x",), ("",)])
def test_strings_without_a_decoder_or_empty_ones_are_refused(model, strings):
    decode = None if strings == ("x",) else by_bytes
    with pytest.raises(EngineError, match="stop strings"):
        Engine(model(), step_tokens=512, max_requests=4, decode=decode).add(request_of(5, 5, stop=strings))
