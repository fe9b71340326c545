import ast
import json.decoder
import textwrap
from pathlib import Path

from pipeline.training.units import Example, examples

SHAPES = '''"""Shapes."""

class Square:
    """A square."""

    def __init__(self, side):
        """Keep the side."""
        self.side = side

    @property
    def area(self):
        """Return the area."""
        return self.side ** 2


def total(shapes):
    """Sum the areas."""
    def one(shape):
        """Return one."""
        return shape.area
    return sum(map(one, shapes))

def short(): "On one line."
def bare(x):
    return x
'''


def units(source: str, longest: int = 10_000) -> dict[str, Example]:
    return {example.name: example for example in examples(source, "shapes", longest)}


def test_documented_functions_methods_classes_and_the_module_are_found() -> None:
    kinds = {name: example.kind for name, example in units(SHAPES).items()}
    assert kinds == {
        "shapes": "module",
        "Square": "class",
        "__init__": "method",
        "area": "method",
        "total": "function",
        "one": "function",
    }


def test_code_stands_at_the_margin_with_its_decorators_and_without_its_docstring() -> None:
    area = units(SHAPES)["area"]
    assert area.code == "@property\ndef area(self):\n    return self.side ** 2"
    assert area.docstring == "Return the area."


def test_what_is_inside_keeps_its_docstring() -> None:
    assert "Return one." in units(SHAPES)["total"].code


def test_a_body_that_was_only_a_docstring_stays_a_body() -> None:
    assert units('class Odd(ValueError):\n    """Something odd."""\n')["Odd"].code == "class Odd(ValueError):\n    ..."


def test_a_long_class_loses_the_bodies_of_its_methods() -> None:
    source = "class Long:\n" + textwrap.indent('"""Doc."""\ndef f(self):\n' + "    x = 1\n" * 50 + "y = 2\n", "    ")
    assert units(source, 60)["Long"].code == "class Long:\n    def f(self):\n        ...\n    y = 2"


def test_a_long_function_is_left_out() -> None:
    assert units(SHAPES, 30).keys() == set()


def test_lines_are_counted_as_python_counts_them() -> None:
    source = 'x = "\x0c\x1c\u2028"\r\ndef f():\r\n    """Do it."""\r\n    return 1\r\n'
    assert units(source)["f"].code == "def f():\n    return 1"


def test_what_does_not_parse_gives_nothing() -> None:
    assert units("def f(:\n") == units("\0") == {}


def test_all_of_a_real_module_parses_without_its_docstrings() -> None:
    source = Path(json.decoder.__file__).read_text()
    found = list(examples(source, "json.decoder", 1000))
    assert {"JSONDecodeError", "JSONDecoder", "decode", "raw_decode"} <= {example.name for example in found}
    for example in found:
        tree = ast.parse(example.code)
        inner = tree if example.kind == "module" else tree.body[0]
        assert isinstance(inner, ast.Module | ast.ClassDef | ast.FunctionDef)
        assert ast.get_docstring(inner) is None
        assert len(example.code) <= 1000
