"""Parsing is bounded, offsets stay those of the text, and a head fits on one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import syntax
from pipeline.languages import LANGUAGES
from pipeline.syntax import analyse, head, one_newline, parse, scans

PYTHON = next(language for language in LANGUAGES if language.name == "Python")


def head_of(code: str) -> str:
    found = analyse(code.encode(), PYTHON)
    assert found is not None
    (match,) = found.matches.having("name")
    node = next(nodes[0] for name, nodes in match.items() if name.startswith("definition."))
    return head(code.encode(), node, match["body"][0].start_byte, PYTHON.comment)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def f(): pass", "def f():"),
        ("async  def f(): pass", "async  def f():"),
        ("def f(\n    a,\n    *,\n    b=1,\n) -> str:\n    pass", "def f(a, *, b=1,) -> str:"),
        ("def f(\r\n\ta, b\r\n):\r\n\tpass", "def f(a, b):"),
        ("def f(\r  a, b\r):\r  pass", "def f(a, b):"),
        ("def f(a,  # first\n      # between\n      b):  # last\n    pass", "def f(a, b):"),
        ("def f(a='#', b='x  y'):\n    pass", "def f(a='#', b='x  y'):"),
        ("def f(a='( # )',  # no\n      b='\\t # \\n'):\n    pass", "def f(a='( # )', b='\\t # \\n'):"),
        ("def f(a, \\\n      b): pass", "def f(a, b):"),
        ("class Ä(Base,\n        metaclass=Meta):\n    # why\n    x = 'ö'", "class Ä(Base, metaclass=Meta):"),
        ("def f[T: (int, str)](x: T) -> T: return x", "def f[T: (int, str)](x: T) -> T:"),
    ],
)
def test_a_head_is_one_line_without_comments(code: str, expected: str) -> None:
    assert head_of(code) == expected


@given(st.text(st.sampled_from("\r\nax\0é")))
def test_newlines_are_made_one_without_moving_anything(text: str) -> None:
    source = text.encode()
    found = one_newline(source)
    assert len(found) == len(source)
    assert found.decode().replace("\r\n", "\n") == text.replace("\r\n", "\n").replace("\r", "\n")


def test_a_text_that_takes_too_many_steps_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"x = [" + b"1, " * 50_000 + b"]"
    assert parse(text, PYTHON) is not None
    monkeypatch.setattr(syntax, "BYTES_PER_STEP", 1000)
    assert parse(text, PYTHON) is None


def test_a_text_whose_steps_are_slow_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syntax, "SECONDS", 0.0)
    monkeypatch.setattr(syntax, "SECONDS_PER_MB", 0.0)
    assert parse(b"x = [" + b"1, " * 1000 + b"]", PYTHON) is None


def test_what_is_spent_on_parsing_does_not_stop_the_query(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b'def f(): "doc"\n' * 500
    monkeypatch.setattr(syntax, "STEPS", 100)
    monkeypatch.setattr(syntax, "BYTES_PER_STEP", 100)
    found = analyse(text, PYTHON)
    assert found is not None
    assert len(found.matches.having("doc")) == 500


def test_a_query_is_not_asked_to_look_through_long_runs_of_punctuation() -> None:
    tree = parse(b"f(" + b"lambda:" * 100, PYTHON)
    assert tree is not None
    assert scans(tree.root_node) >= 200 * 200 // 2
    assert analyse(b"f(" + b"lambda:" * 30_000, PYTHON) is None
    clean = parse(b"f(a, b, c)\n" * 1000, PYTHON)
    assert clean is not None
    assert scans(clean.root_node) == 0
