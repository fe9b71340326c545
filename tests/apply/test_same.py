"""What counts as the same code, and what does not."""

import pytest

from pipeline.apply import same
from pipeline.apply.outcome import LeftOutError
from pipeline.languages import find

PYTHON, JAVASCRIPT = find("Python"), find("JavaScript")
assert PYTHON
assert JAVASCRIPT

F = "def f(a):\n    'Doc.'\n    return a"


@pytest.mark.parametrize(
    ("code", "equal"),
    [
        ("def f(a):\n    return a", True),
        ('"""Module."""\n# comment\ndef f( a ):\n    """Other."""\n\n    return a # x\n', True),
        ("def f(a):\n    'Doc.'\n    'Doc.'\n    return a", False),
        ("def f(a):\n    b'Doc.'\n    return a", False),
        ("def f(a):\n    'Doc.'\n    return b", False),
        ("def f(a):\n    # type: (int) -> int\n    'Doc.'\n    return a", False),
        ("def f(a=1):\n    return a", False),
    ],
)
def test_python(code: str, equal: bool) -> None:
    assert (same.python(code) == same.python(F)) is equal


def test_python_reads_the_bytes() -> None:
    assert same.python("# coding: latin-1\nx = 'é'".encode("latin-1")) == same.python("x = 'é'".encode())
    assert same.python(b"x = 1  # type: ignore\n") == same.python(b"\n\nx = 1  # type: ignore\n")
    for broken in (b"def", b"\0", b"(" * 500, "é".encode("latin-1")):
        with pytest.raises(LeftOutError, match="not_parsed"):
            same.python(broken)


G = b"/** Doc. */\nfunction f(a) { return `x ${a} y`; }\n"


@pytest.mark.parametrize(
    ("code", "equal"),
    [
        (b"function f(a) {\n  // why\n  return `x ${a} y`; }", True),
        (b"function f(a) { return `x  ${a} y`; }", False),
        (b"function f(a) { return `x ${a} y` }", False),
        (b"function f(a) { return `x ${b} y`; }", False),
        (b"function f(a) { return /* */ /x/ }", False),
    ],
)
def test_other_languages(code: bytes, equal: bool) -> None:
    assert (same.other(code, JAVASCRIPT) == same.other(G, JAVASCRIPT)) is equal


def test_python_by_its_grammar_alone() -> None:
    """Units are compared out of their files, where Python's own parser would not take them."""
    one, two = b"@d\n    def f(self):\n        'Doc.'\n        return 1", b"@d\n    def f(self):\n        return 1"
    assert same.other(one, PYTHON) == same.other(two, PYTHON)
    assert same.other(one, PYTHON) != same.other(two.replace(b"1", b"2"), PYTHON)
