"""What is there for others to use, by each language's convention."""

import pytest

from pipeline.apply.visibility import public
from tests.conftest import make_unit


@pytest.mark.parametrize(
    ("language", "name", "signature", "yes"),
    [
        ("Python", "A.f", "def f(self)", True),
        ("Python", "A.__init__", "def __init__(self)", True),
        ("Python", "_A.f", "def f(self)", False),
        ("Python", "A.__f", "def __f(self)", False),
        ("Python", "f.<locals>.g", "def g()", False),
        ("JavaScript", "A.#f", "#f()", False),
        ("TypeScript", "A.f", "private async f()", False),
        ("TypeScript", "A.f", "f(private_: string)", True),
        ("Java", "A.f", "private void f()", False),
        ("Java", "A.f", "public void f()", True),
        ("C#", "A.f", "internal void f()", False),
        ("Go", "Write", "func Write()", True),
        ("Go", "write", "func write()", False),
        ("Rust", "f", "pub(crate) fn f()", True),
        ("Rust", "f", "fn f()", False),
        ("C", "f", "static int f(void)", False),
        ("Elixir", "f", "defp f(x)", False),
        ("Cobol", "_f", "f", False),
    ],
)
def test_by_name_and_signature(language: str, name: str, signature: str, yes: bool) -> None:
    unit = make_unit(f"{signature} body", name=name, signature=signature)
    assert public(unit, language) is yes


def test_documentation_says_nothing_of_it() -> None:
    code = "/** private */\nfoo f()"
    unit = make_unit(code, signature="foo f()", body=0, doc=(0, 14))
    assert public(unit, "Java")


def test_a_module_is_private_by_its_own_name() -> None:
    assert not public(make_unit(kind="module", name="a._b"), "Python")
    assert public(make_unit(kind="module", name="_a.b"), "Python")
