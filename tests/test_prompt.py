"""Prompts are exactly their template's text, code stays text, and what does not fit is cut on syntax."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import Sampling, Section, Task, Template, load
from pipeline.config.load import read, validate
from pipeline.errors import RefusedError
from pipeline.prompt import Prompter, shortened, without
from pipeline.schema import Unit
from pipeline.tokenizer import Tokenizer
from tests.conftest import SPECIAL, block, make_tokenizer, make_unit

CONF = Path(__file__).parent.parent / "conf"
DUFF = """\
send(to, from, count)
register short *to, *from;
register count;
{
    register n = (count + 7) / 8;
    switch (count % 8) {
    case 0: do { *to = *from++;
    case 7:      *to = *from++;
    } while (--n > 0);
    }
}"""
EXPLAIN = {"explain": Task(instruction="Please explain the following program.", max_tokens=16)}


class Profile(Section):
    template: Template
    model: dict[str, object] | None = None


def template(name: str) -> Template:
    return validate(Profile, read(CONF / "template" / f"{name}.yaml")).template


def text_of(prompter: Prompter, instruction: str, source: str, unit: Unit | None = None) -> str:
    return "".join(piece.text for piece in prompter.pieces(instruction, source, unit))


def test_the_starcoder_profile_prompts_as_alpaca_does(tokenizer: Tokenizer) -> None:
    tree = read(CONF / "model" / "starcoder-gpteacher.yaml")
    profile = validate(Profile, tree)
    prompter = Prompter(profile.template, EXPLAIN, tokenizer, 8192, 10**6)
    assert text_of(prompter, "Please explain the following program.", DUFF) == (
        "Below is an instruction that describes a task, paired with an input that provides further context. "
        "Write a response that appropriately completes the request.\n\n"
        "### Instruction:\nPlease explain the following program.\n\n"
        f"### Input:\n{DUFF}\n\n"
        "### Response:"
    )
    (prompt,) = prompter(make_unit(DUFF))
    assert tokenizer.decode(prompt.token_ids) == text_of(prompter, "Please explain the following program.", DUFF)
    assert (prompt.input, prompt.cut, prompt.reasons) == (DUFF, False, ())


def test_alpaca_without_input(tokenizer: Tokenizer) -> None:
    prompter = Prompter(template("alpaca"), EXPLAIN, tokenizer, 8192, 10**6)
    assert text_of(prompter, "Write a haiku.", "") == (
        "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n"
        "### Instruction:\nWrite a haiku.\n\n### Response:"
    )


def test_the_assistant_form_ends_where_the_assistant_speaks(tokenizer: Tokenizer) -> None:
    prompter = Prompter(template("assistant"), EXPLAIN, tokenizer, 8192, 10**6)
    text = text_of(prompter, "Explain.", "x = {instruction}")
    assert text.startswith("Below are a series of dialogues")
    assert text.endswith("-----\n\nHuman: Explain.\n\nx = {instruction}\n\nAssistant:")
    assert text.count("\n\nAssistant: ") == len(template("assistant").turns)


def test_fill_in_the_middle_stands_where_the_docstring_would(tokenizer: Tokenizer) -> None:
    code = "def f(x):\n        return x\n"
    unit = make_unit(code, body=code.index("return"), indent="    ")
    prompter = Prompter(template("fim"), EXPLAIN, tokenizer, 8192, 10**6)
    (prompt,) = prompter(unit)
    assert text_of(prompter, "", unit.code, unit) == (
        '<fim_prefix>def f(x):\n    """<fim_suffix>"""\n    return x\n<fim_middle>'
    )
    ids = [prompt.token_ids.count(SPECIAL.index(token)) for token in SPECIAL[1:4]]
    assert ids == [1, 1, 1]


def test_the_chat_form_is_the_tokenizers_own(tokenizer: Tokenizer) -> None:
    chat = Template(form="chat", with_input="{instruction}\n{input}", header="Be brief.")
    (prompt,) = Prompter(chat, EXPLAIN, tokenizer, 8192, 10**6)(make_unit("x = 1"))
    assert prompt.token_ids[-1] == SPECIAL.index("<|assistant|>")
    assert SPECIAL.index("<|user|>") in prompt.token_ids


def test_a_chat_template_without_a_system_turn_gets_its_text_in_the_first_turn(tmp_path: Path) -> None:
    refusing = "{% if messages[0].role == 'system' %}{{ raise_exception('no') }}{% endif %}{{ messages[0].content }}"
    tokenizer = Tokenizer(make_tokenizer(tmp_path, refusing))
    chat = Template(form="chat", with_input="{input}", header="Be brief.")
    assert text_of(Prompter(chat, EXPLAIN, tokenizer, 999, 999), "", "x") == "Be brief.\n\nx"


def test_a_tokenizer_without_chat_template_is_refused(tmp_path: Path) -> None:
    tokenizer = Tokenizer(make_tokenizer(tmp_path, None))
    with pytest.raises(RefusedError, match="no chat template"):
        Prompter(Template(form="chat"), EXPLAIN, tokenizer, 999, 999)


@given(st.text(st.sampled_from("<|>_endoftext fim prefix\n{}"), max_size=40), st.sampled_from(SPECIAL))
def test_special_tokens_in_code_are_plain_text(tokenizer: Tokenizer, around: str, special: str) -> None:
    code = f"{around}{special}{around}x"
    prompter = Prompter(template("alpaca"), EXPLAIN, tokenizer, 8192, 10**6)
    (prompt,) = prompter(make_unit(code))
    assert not set(prompt.token_ids) & set(range(len(SPECIAL)))
    assert code in tokenizer.decode(prompt.token_ids)


def test_existing_documentation_is_hidden_unless_asked_for(tokenizer: Tokenizer) -> None:
    code = 'def f(x):\n    """Say x."""\n    return x\n'
    start = code.index('"""')
    unit = make_unit(code, doc=(start, start + 12), body=start)
    hidden, shown = (
        Prompter(template("alpaca"), {"t": EXPLAIN["explain"].model_copy(update={"docs": docs})}, tokenizer, 999, 999)(
            unit
        )[0]
        for docs in (False, True)
    )
    assert hidden.input == "def f(x):\n    return x\n"
    assert shown.input == code


@pytest.mark.parametrize(
    ("code", "doc", "kind", "shown"),
    [
        ('class E(Exception):\n    "x"\n', '"x"', "class", "class E(Exception):\n    ...\n"),
        ('def f(): "x"; return 1\n', '"x"', "function", "def f(): return 1\n"),
        ('"x"\na = 1\n', '"x"', "module", "a = 1\n"),
        ('"x"\n', '"x"', "module", None),
    ],
)
def test_what_is_only_documentation_is_not_shown_as_nothing(
    tokenizer: Tokenizer, code: str, doc: str, kind: str, shown: str | None
) -> None:
    at = code.index(doc)
    unit = make_unit(code, kind=kind, doc=(at, at + len(doc)), body=at)
    (prompt,) = Prompter(template("alpaca"), EXPLAIN, tokenizer, 999, 999)(unit)
    assert (prompt.input or None, prompt.reasons) == (shown, () if shown else ("nothing_to_document",))


NESTED = """\
class A:
    def first(self):
        for i in range(10):
            print(i)
            print(i + 1)
        return 1

    def second(self):
        return [x for x in "a long body that takes its room in the window"]
"""
BLOCKS = (
    block(NESTED, "for i in range(10):\n            print(i)\n            print(i + 1)\n        return 1", 1),
    block(NESTED, "print(i)\n            print(i + 1)", 2),
    block(NESTED, 'return [x for x in "a long body that takes its room in the window"]', 1),
)


def fitting(room: int) -> Callable[[str], bool]:
    return lambda text: len(text) <= room


def test_what_does_not_fit_is_cut_innermost_first() -> None:
    found = [shortened(NESTED, BLOCKS, fitting(room)) for room in range(1, 400)]
    forms = {len(form[0]): form[0] for form in found if form}
    innermost = forms[max(n for n in forms if n < len(NESTED))]
    assert "for i in range(10):\n            ...\n" in innermost
    assert "return [x for x" in innermost
    for text in forms.values():
        if not text.endswith("\n..."):  # else cut by lines, where blocks did not suffice
            ast.parse(text)


@given(st.integers(1, 300))
def test_the_first_form_has_at_most_the_room_and_says_if_it_was_cut(room: int) -> None:
    if form := shortened(NESTED, BLOCKS, fitting(room)):
        text, cut = form
        assert len(text) <= room
        assert cut == (text != NESTED)


def test_a_block_inside_another_goes_with_it() -> None:
    assert without(b"abcdef", [block("abcdef", "bcde", 1), block("abcdef", "cd", 2)]) == "a...f"


def test_a_cut_prompt_fits_and_says_so(tokenizer: Tokenizer) -> None:
    unit = make_unit(NESTED, blocks=BLOCKS)
    prompter = Prompter(template("plain"), EXPLAIN, tokenizer, 110, 10**6)
    (prompt,) = prompter(unit)
    assert prompt.cut
    assert prompt.input.startswith("class A:\n")
    assert len(prompt.token_ids) <= 110 - 16


def test_what_cannot_be_asked_has_a_reason(tokenizer: Tokenizer) -> None:
    prompter = Prompter(template("plain"), EXPLAIN, tokenizer, 64, 1000)
    assert prompter(make_unit("x" * 1001))[0].reasons == ("too_long",)
    assert prompter(make_unit("é" * 300))[0].reasons == ("too_long",)
    assert prompter(make_unit("", problem="not_text"))[0].reasons == ("not_text",)


def test_every_template_and_profile_is_valid() -> None:
    for path in sorted(CONF.glob("template/*.yaml")) + sorted(CONF.glob("model/*.yaml")):
        assert validate(Profile, read(path)).template.name, path


def test_greedy_sampling_refuses_settings_that_do_nothing() -> None:
    with pytest.raises(Exception, match="temperature 0"):
        load(Sampling, ["--top_k", "3"])
