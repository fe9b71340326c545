import ast

import pytest

from pipeline.training.explanation import explain, listed
from pipeline.training.units import examples
from pipeline.training.verbs import inflected, third_person


def explained(source: str, summary: str) -> str:
    return explain(list(examples(source, "shapes", 10_000))[-1], summary)


def test_a_function_is_told_from_its_syntax_tree() -> None:
    source = '''
def pick(items, key=None, *rest, deep, **more):
    """Doc."""
    for item in items.values():
        try:
            found = search(item, key)
        except LookupError:
            raise PickError("none")
    return found
'''
    assert explained(source, "Pick and return the best item") == (
        "`pick` is a function that picks and returns the best item. It takes `items`, `key`, `*rest`, `deep` and "
        "others. It loops over `items.values()`, calls `items.values` and `search`, handles `LookupError` and raises "
        "`PickError`. It returns `found`."
    )


@pytest.mark.parametrize(
    ("head", "noun"),
    [
        ("def f(self):", "a method"),
        ("async def f(a):", "an asynchronous function"),
        ("@property\ndef f(self):", "a property"),
        ("@classmethod\ndef f(cls):", "a class method"),
        ("@functools.cache\ndef f(a):", "a function"),
    ],
)
def test_what_a_function_is(head: str, noun: str) -> None:
    text = explained(f'{head}\n    """Doc."""\n    return 1', "Get it")
    assert text.startswith(f"`f` is {noun} that gets it.")


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ("pass", "It returns nothing."),
        ("return a if b else c", "It returns `a if b else c`."),
        ("yield a", "It yields `a`."),
        ("def g():\n        return 5", "It returns nothing."),
        ("return combine(" + "a, " * 30 + ")", "It returns what `combine` returns."),
    ],
)
def test_what_a_function_gives(body: str, result: str) -> None:
    assert explained(f'def f():\n    """Doc."""\n    {body}\n', "Do it").split(". ", 1)[1].endswith(result)


def test_a_class_is_told_by_its_bases_and_methods() -> None:
    source = 'class C(A, B):\n    """Doc."""\n    def __init__(self, x): pass\n    def go(self): pass\n'
    assert explained(source, "A thing to go with") == (
        "`C` is a class derived from `A` and `B`. A thing to go with. It is created with `x`. It has the method `go`."
    )


def test_a_module_is_told_by_what_it_defines() -> None:
    text = explained('"""Doc."""\nclass C: pass\ndef f(): pass\ndef g(): pass\n', "Draw shapes")
    assert text == "This module draws shapes. It defines the class `C`. It has the functions `f` and `g`."


@pytest.mark.parametrize(
    ("summary", "told"),
    [
        ("Return the name", "returns the name"),
        ("Returns the name", "returns the name"),
        ("Try to match", "tries to match"),
        ("Pass and push it", "passes and pushes it"),
        ("This method closes it", "closes it"),
        ("A name", None),
    ],
)
def test_third_person(summary: str, told: str | None) -> None:
    assert third_person(summary) == told


def test_verbs_end_as_english_has_it() -> None:
    assert [inflected(v) for v in ("copy", "delay", "fix", "do")] == ["copies", "delays", "fixes", "does"]


def test_names_are_listed_as_english_lists_them() -> None:
    assert [listed(names) for names in ("a", "ab", "abc", "abcde")] == [
        "`a`",
        "`a` and `b`",
        "`a`, `b` and `c`",
        "`a`, `b`, `c`, `d` and others",
    ]


def test_every_name_in_an_explanation_of_real_code_stands_in_the_code() -> None:
    source = ast.__loader__.get_source("ast")  # type: ignore[union-attr]
    for example in examples(source, "ast", 3000):
        text = explain(example, "Do it")
        quoted = text.split("`")[1::2]
        words = {word for part in quoted for word in part.replace(".", " ").replace("*", " ").split()}
        assert all(word.strip("()[],'\"") in ast.unparse(ast.parse(example.code)) for word in words), text
