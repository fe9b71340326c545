"""The form is the unit's own: no entry missing, none invented, whatever the model writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.agreement import agreement
from pipeline.answer import Answer
from pipeline.answer import form as answered
from pipeline.config import Task
from pipeline.guide import between, entries, filled, sentence, style_of
from pipeline.prompt import Prompter
from pipeline.schema import Documentation, Interface, Outline, Parameter
from pipeline.styles import skeleton, understood
from pipeline.tokenizer import Tokenizer
from tests.conftest import make_unit
from tests.test_prompt import template

INTERFACE = Interface(
    (Parameter("self"), Parameter("a", "int"), Parameter("b", None, "1"), Parameter("rest", None, None, "*")),
    returns="str",
    raises=("ValueError", "os.error"),
)
FORM = skeleton(INTERFACE, "method", "google")


def test_the_texts_between_are_headings_and_names() -> None:
    assert between(FORM) == [
        *("\n\nArgs:\n    a (int):", "\n    b:", "\n    *rest:"),
        *("\n\nReturns:\n    str:", "\n\nRaises:\n    ValueError:", "\n    os.error:"),
    ]
    assert between(Documentation("")) == []


@given(st.lists(st.text(), min_size=7, max_size=7))
def test_a_filled_form_says_what_the_unit_has_whatever_the_texts(texts: list[str]) -> None:
    said = filled(FORM, texts)
    assert [said.summary, *(item.text for _, item in entries(said))] == texts
    assert [item.name for item in said.parameters] == ["a", "b", "*rest"]
    found = agreement(said, make_unit(kind="method", interface=INTERFACE), "google")
    assert not any(found[key] for key in ("invented", "missing", "returns", "yields", "raises"))


WRONG = """Add them.

Args:
    a: One.
    c: Another, see `nowhere.there`.

Returns:
    int: It.

Raises:
    KeyError: Now.
"""


def test_what_a_text_gets_wrong_is_named() -> None:
    unit = make_unit(interface=Interface((Parameter("a"), Parameter("b"))))
    fine = {"invented": False, "missing": 0, "returns": False, "yields": False, "raises": False, "unknown": 0}
    wrong = {"invented": True, "missing": 1, "returns": True, "raises": True, "unknown": 1, "summary": False}
    assert agreement(understood(WRONG, "Python"), unit, "google") == fine | wrong
    assert agreement(Documentation("no sentence"), unit, "google") == {**fine, "summary": True}


def test_an_entry_that_was_cut_keeps_its_whole_sentences() -> None:
    assert sentence("One. Two and", ended=False) == ("One.", True)
    assert sentence("One and", ended=False) == ("One and", False)
    assert sentence("One. Two and", ended=True) == ("One. Two and", True)


def test_a_guided_prompt_leaves_room_for_every_entry_and_ends_where_the_answer_begins(tokenizer: Tokenizer) -> None:
    task = Task(instruction="Document.", max_tokens=8, guided=True)
    unit = make_unit("def f(a):\n    return a\n" * 9, interface=Interface((Parameter("a"),), gives=True))
    window = 400
    (prompt,) = Prompter(template("alpaca"), {"docstring": task}, tokenizer, window, 10**6)(unit)
    assert tokenizer.decode(prompt.token_ids).endswith("### Response:\n")
    assert [tokenizer.decode(ids) for ids in prompt.forced] == ["\n\nArgs:\n    a:", "\n\nReturns:\n    value:"]
    assert len(prompt.token_ids) + sum(map(len, prompt.forced)) + 3 * 8 <= window
    (twin,) = Prompter(
        template("alpaca"), {"docstring": Task(instruction="Document.", max_tokens=8)}, tokenizer, window, 10**6
    )(unit)
    assert twin.forced == ()
    assert twin.sha256 != prompt.sha256
    many = make_unit(interface=Interface(tuple(Parameter(f"p{i}") for i in range(60))))
    (long,) = Prompter(template("alpaca"), {"docstring": task}, tokenizer, window, 10**6)(many)
    assert long.reasons == ("too_long",)


def test_an_explanation_has_a_paragraph_under_each_of_its_headings(tokenizer: Tokenizer) -> None:
    task = Task(instruction="Explain.", max_tokens=8, sections=["Purpose", "Pitfalls"])
    (prompt,) = Prompter(template("alpaca"), {"explain": task}, tokenizer, 400, 10**6)(make_unit())
    assert tokenizer.decode(prompt.token_ids).endswith("### Response:\n**Purpose:**")
    assert [tokenizer.decode(ids) for ids in prompt.forced] == ["\n\n**Pitfalls:**"]
    said = answered(prompt, [("It adds.", True), ("None. It", False)])
    assert said == Answer("**Purpose:** It adds.\n\n**Pitfalls:** None.", "It adds.\nNone.", ended=True)
    assert not answered(prompt, [("It adds.", True), ("", True)]).prose


def test_a_task_is_guided_or_has_sections() -> None:
    with pytest.raises(ValidationError, match="leave one out"):
        Task(instruction="Explain.", guided=True, sections=["Purpose"])


def test_the_style_is_the_one_wanted_else_the_files_else_the_languages() -> None:
    numpy = '"""Add.\n\nParameters\n----------\na : int\n    One.\n"""'
    unit = make_unit(outline=Outline(docs=(numpy,)))
    assert [style_of(unit), style_of(unit, "rest"), style_of(make_unit())] == ["numpy", "rest", "google"]


def test_an_entry_ends_with_any_token_that_breaks_its_line(tokenizer: Tokenizer) -> None:
    assert tokenizer.breaks == {i for i in range(400) if "\n" in tokenizer.decode([i])} != set()
