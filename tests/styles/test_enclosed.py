"""No text can end its comment or string, in any language; nor change what the code around it is."""

import ast
import inspect
import re
import textwrap

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.schema import Documentation, Interface, Item
from pipeline.styles import LANGUAGES, STYLES, phrased, written
from tests.styles.places import PLACES, Place, assert_only_comment
from tests.styles.texts import HOSTILE, documentation, hostile

CASES = [(style, place) for language, styles in LANGUAGES.items() for style in styles for place in PLACES[language]]
IDS = [f"{style}-{place.grammar}-{place.kind}" for style, place in CASES]
SOME = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def said(place: Place, style: str, documentation: Documentation, width: int = 88) -> str:
    return written(documentation, Interface(), style, place.kind, place.indent, "\n", width)


@pytest.mark.parametrize(("style", "place"), CASES, ids=IDS)
def test_what_ends_something_somewhere_ends_nothing(style: str, place: Place) -> None:
    for text in HOSTILE:
        for framed in (text, f"a {text}", f"{text} b", f"a{text}b", f"a\n\n{text}\n\nb"):
            said_of = Documentation(framed, framed, (Item(text, text, framed),), Item("", text, framed))
            assert_only_comment(place, said(place, style, said_of))
            assert_only_comment(place, said(place, style, Documentation(framed)))


@pytest.mark.parametrize(("style", "place"), CASES, ids=IDS)
@SOME
@given(documentation=documentation(hostile, hostile), width=st.sampled_from((30, 60, 88)))
def test_no_text_ends_it(style: str, place: Place, documentation: Documentation, width: int) -> None:
    assert_only_comment(place, said(place, style, documentation, width))


@pytest.mark.parametrize("style", LANGUAGES["Python"])
@SOME
@given(documentation=documentation(hostile.map(lambda text: f"{text}."), hostile))
def test_python_reads_the_docstring_that_was_meant(style: str, documentation: Documentation) -> None:
    lines = phrased(documentation, Interface(), style, "function", 84)
    source = f"def f(x):\n{written(documentation, Interface(), style, 'function', '    ')}\n    return x\n"
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    expected = inspect.cleandoc("\n".join(line.rstrip() for line in lines))
    assert (ast.get_docstring(function) or "").rstrip() == expected.rstrip()
    assert len(function.body) == 2


@pytest.mark.parametrize("style", STYLES)
@SOME
@given(documentation=documentation(hostile))
def test_lines_end_as_the_files_do_and_bear_their_indentation(style: str, documentation: Documentation) -> None:
    text = written(documentation, Interface(), style, "method", "\t", "\r\n")
    assert textwrap.indent(written(documentation, Interface(), style, "method", "", "\n", 84), "\t").rstrip() == (
        "\n".join(line if line.strip() else "" for line in text.split("\r\n"))
    )
    assert not set(text.replace("\r\n", "")) & set("\r\n\0\x0b\x0c\u2028\u2029\u202e")


# What compilers look for and grammars may not: none of it may stand between the delimiters.
FORBIDDEN = {
    **dict.fromkeys(("jsdoc", "tsdoc", "phpdoc", "doxygen"), r"\*/"),
    **dict.fromkeys(("kdoc", "scaladoc"), r"\*/|/\*"),
    "javadoc": r"\*/|\\u",
    "scaladoc": r"\*/|/\*|\\u",
    "ocamldoc": r"\(\*|\*\)|\"|\{%*[\w.]*\|",
    "doxygen-lines": r"(?m)(?:\\|\?\?/)[ \t]*$",
    "haddock": r"(?m)\\$",
    "csharp": r"]]>|<(?!/?(?:summary|remarks|param|returns|exception|c)\b)|&(?!amp;|lt;|gt;|quot;|#x27;)|[\0-\x08]",
    "exdoc": r'(?<!\\)(?:\\\\)*(?:#\{|""")',
    "julia": r'(?<!\\)(?:\\\\)*(?:\$|""")',
    "luals": r"(?m)^(?!---)",
    "godoc": r"(?m)^(?!//(?: |$))|^// \+build|^// Code generated .* DO NOT EDIT\.$",
    **dict.fromkeys(("shell", "yard"), r"(?m)^(?!#(?: |$))"),
    **dict.fromkeys(("rustdoc", "swift"), r"(?m)^(?!///(?: |$))"),
}


@pytest.mark.parametrize("style", FORBIDDEN)
@SOME
@given(documentation=documentation(hostile, hostile))
def test_what_a_compiler_would_stumble_over_is_not_there(style: str, documentation: Documentation) -> None:
    text = written(documentation, Interface(), style, "function")
    inside = re.sub(r'^(?:/\*\*|\(\*\*|@doc """|""")|(?:\*/|\*\)|""")$', "", text)
    assert not re.search(FORBIDDEN[style], inside), text
