"""Python's docstrings against the tools that read them: pydoclint with its defaults, docstring_parser, griffe."""

import ast
import logging
from dataclasses import replace

import docstring_parser
import griffe
import pytest
from hypothesis import given, settings
from pydoclint.visitor import Visitor

from pipeline.schema import Documentation, Interface, Item, Kind, Parameter
from pipeline.styles import skeleton, written
from tests.styles.module import SOURCE, functions
from tests.styles.texts import HOSTILE, hostile

PYDOCLINT = {"google": "google", "numpy": "numpy", "rest": "sphinx"}
PARSERS = {
    "google": docstring_parser.DocstringStyle.GOOGLE,
    "numpy": docstring_parser.DocstringStyle.NUMPYDOC,
    "rest": docstring_parser.DocstringStyle.REST,
}
TEXT = "Say what it is, at some length: one line of this does not hold all that there is, so that it goes on."


def filled(documentation: Documentation, text: str) -> Documentation:
    def with_text(item: Item | None) -> Item | None:
        return replace(item, text=text) if item else None

    return Documentation(
        text or "Say what.",
        text,
        tuple(replace(item, text=text) for item in documentation.parameters),
        with_text(documentation.returns),
        with_text(documentation.yields),
        tuple(replace(item, text=text) for item in documentation.raises),
    )


def documented(style: str, text: str) -> str:
    """The module with a docstring for every definition."""
    lines = SOURCE.split("\n")
    for node, kind, interface in sorted(functions(ast.parse(SOURCE)), key=lambda found: -found[0].body[0].lineno):
        first = node.body[0]
        start = min([first.lineno, *(part.lineno for part in getattr(first, "decorator_list", []))])
        indent = " " * first.col_offset if first.lineno != node.lineno else " " * (node.col_offset + 4)
        said = written(filled(skeleton(interface, kind, style), text), interface, style, kind, indent)
        if first.lineno != node.lineno:
            lines[start - 1 : start - 1] = said.split("\n")
        else:
            lines[start - 1 : start] = [lines[start - 1].removesuffix(" ..."), *said.split("\n")]
    return "\n".join(lines)


@pytest.mark.parametrize("style", PYDOCLINT)
@pytest.mark.parametrize(
    "text", ["", "Say what.", TEXT, *("\n\n".join((TEXT, *HOSTILE[i::12], TEXT)) for i in range(12))]
)
def test_pydoclint_has_nothing_to_say(style: str, text: str) -> None:
    source = documented(style, text)
    visitor = Visitor(style=PYDOCLINT[style])
    visitor.visit(ast.parse(source))
    assert [found.msg for found in visitor.violations] == []


def test_pydoclint_does_look_at_these() -> None:
    visitor = Visitor(style="google")
    visitor.visit(ast.parse(documented("google", TEXT).replace("Args:", "Arg:").replace("Raises:", "Raise:")))
    assert {found.code for found in visitor.violations} >= {101, 501}


INTERFACE = Interface(
    (Parameter("x", "dict[str, int]"), Parameter("args", "Any", rest="*"), Parameter("kw", None, rest="**")),
    "tuple[int, str]",
    True,
    False,
    ("ValueError", "json.JSONDecodeError"),
)


@pytest.mark.parametrize("style", PARSERS)
@settings(max_examples=25, deadline=None)
@given(text=hostile)
def test_docstring_parser_reads_what_was_written(style: str, text: str) -> None:
    given_ = filled(skeleton(INTERFACE, "function", style), text)
    docstring = ast.literal_eval(written(given_, INTERFACE, style, "function"))
    read = docstring_parser.parse(docstring, PARSERS[style])
    assert [(p.arg_name.replace("\\", ""), p.type_name) for p in read.params] == [
        ("x", "dict[str, int]"),
        ("*args", "Any"),
        ("**kw", None),
    ]
    assert read.returns is not None
    assert read.returns.type_name == "tuple[int, str]"
    assert [found.type_name for found in read.raises] == ["ValueError", "json.JSONDecodeError"]


@pytest.mark.parametrize("style", ["google", "numpy", "sphinx"])
def test_griffe_reads_what_was_written(style: str, caplog: pytest.LogCaptureFixture) -> None:
    ours = "rest" if style == "sphinx" else style
    said = written(filled(skeleton(INTERFACE, "function", ours), TEXT), INTERFACE, ours, "function", "    ")
    code = f"def f(x: dict[str, int], *args: Any, **kw) -> tuple[int, str]:\n{said}\n    return 1, ''\n"
    options = {"returns_named_value": False, "returns_multiple_items": False} if style == "google" else {}
    with griffe.temporary_visited_module(code) as module, caplog.at_level(logging.DEBUG):
        found = {section.kind.value: section.value for section in module["f"].docstring.parse(style, **options)}
    assert [parameter.name.replace("\\", "") for parameter in found["parameters"]] == ["x", "*args", "**kw"]
    assert [" ".join(part.description.split()) for part in found["returns"]] == [TEXT]
    assert [str(part.annotation) for part in found["raises"]] == ["ValueError", "json.JSONDecodeError"]


@pytest.mark.parametrize(
    ("returns", "gives", "yields", "expected"),
    [
        ("None", False, False, (None, None)),
        ("NoReturn", False, False, (None, None)),
        ("Iterator[int]", False, True, (None, "int")),
        ("Iterator[int]", True, False, ("Iterator[int]", None)),
        ("Iterator[None]", False, True, (None, None)),
        ("Generator[int, str, bool]", True, True, ("bool", "int")),
        ("Generator[int, str, bool]", False, True, (None, "int")),
        ("collections.abc.AsyncIterator[dict[str,int]]", False, True, (None, "dict[str, int]")),
        ("dict[str,int]", True, False, ("dict[str, int]", None)),
        ('Literal["a"]', True, False, ('Literal["a"]', None)),
        ("not a type", True, False, ("not a type", None)),
    ],
)
def test_declared_types_become_sections(
    returns: str, gives: bool, yields: bool, expected: tuple[str | None, str | None]
) -> None:
    made = skeleton(Interface((), returns, gives, yields), "function", "google")
    assert (made.returns and made.returns.type, made.yields and made.yields.type) == expected


@pytest.mark.parametrize(
    ("declared", "shown"),
    [
        ("Annotated[int | None, Parameter(help='One of: a')]", "int | None"),
        ("typing.Annotated['a:b', 1]", None),
        ("Annotated[int, 1]", "Annotated[int, 1]"),
        ("Literal['a:b']", None),
    ],
)
def test_a_type_with_a_colon_does_not_end_an_entry_before_its_text(declared: str, shown: str | None) -> None:
    interface = Interface((Parameter("x", declared),), declared, gives=True)
    for style in PARSERS:
        said = filled(skeleton(interface, "function", style), "Say what.")
        text = ast.literal_eval(written(said, interface, style, "function"))
        read = docstring_parser.parse(text, PARSERS[style])
        assert [it.arg_name for it in read.params] == ["x"]
        assert read.returns is not None
        assert read.returns.description == "Say what."
        if style == "google":
            assert read.params[0].type_name == shown


@pytest.mark.parametrize("kind", ["method", "class"])
def test_a_receiver_is_no_parameter(kind: Kind) -> None:
    interface = Interface((Parameter("self"), Parameter("x", "int"), Parameter("_"), Parameter("*"), Parameter("/")))
    assert skeleton(interface, kind, "google").parameters == (Item("x", "int"),)


def test_a_receiver_is_known_by_its_place_unless_the_method_has_none() -> None:
    def names(interface: Interface) -> list[str]:
        return [item.name for item in skeleton(interface, "method", "google").parameters]

    this = (Parameter("this"), Parameter("x"))
    assert names(Interface(this)) == ["x"]
    assert names(Interface(this, static=True)) == ["this", "x"]
    assert names(Interface((Parameter("all", rest="*"),))) == ["*all"]
