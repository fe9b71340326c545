"""Units are found where Python itself finds them, byte for byte, in whole files and in broken ones."""

import ast
import gc
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.definition import DEEPEST_UNIT
from pipeline.extract import extract, module_name
from pipeline.prompt import without
from pipeline.schema import File, Origin, Unit

STDLIB = Path(sysconfig.get_path("stdlib"))
FILES = sorted([*STDLIB.glob("*.py"), *STDLIB.glob("asyncio/*.py"), *STDLIB.glob("unittest/*.py")])


def units(text: str, path: str = "pack/mod.py", language: str | None = "Python") -> list[Unit]:
    return extract(File(Origin("s", 0, path=path, language=language), text))


def named(text: str) -> dict[str, Unit]:
    return {unit.name: unit for unit in units(text)}


Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def definitions(tree: ast.Module) -> Iterator[tuple[Scope, str, str]]:
    """Every definition with its qualified name and its kind: the oracle."""
    todo: list[tuple[ast.AST, str, bool]] = [(tree, "", False)]
    while todo:
        around, prefix, in_class = todo.pop()
        for node in ast.iter_child_nodes(around):
            if isinstance(node, ast.ClassDef):
                yield node, prefix + node.name, "class"
                todo.append((node, f"{prefix}{node.name}.", True))
            elif isinstance(node, Scope):
                yield node, prefix + node.name, "method" if in_class else "function"
                todo.append((node, f"{prefix}{node.name}.<locals>.", False))
            else:
                todo.append((node, prefix, in_class))


def first_line(node: Scope) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def test_the_standard_library_has_the_units_that_python_sees() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        module, *found = units(text)
        expected = {(name, kind, first_line(node)): node for node, name, kind in definitions(ast.parse(text))}
        assert module.kind == "module"
        assert sorted((u.name, u.kind, u.start_line) for u in found) == sorted(expected), path
        assert [u.start_byte for u in found] == sorted(u.start_byte for u in found)
        for unit in found:
            node = expected[unit.name, unit.kind, unit.start_line]
            trailing = [line.strip() for line in text.splitlines()[node.end_lineno : unit.end_line]]
            assert all(line.startswith("#") for line in trailing if line), "only comments may trail a body"
            assert (unit.doc is not None) == (ast.get_docstring(node) is not None)


def test_any_block_of_the_standard_library_may_be_left_out() -> None:
    for path in FILES[::12]:
        text = path.read_text(encoding="utf-8")
        module = units(text)[0]
        for block in module.blocks[:: max(1, len(module.blocks) // 15)]:
            ast.parse(without(text.encode(), [block]))
        ast.parse(without(text.encode(), module.blocks))


HARD = '''
import abc

@decorate(
    "x",
)
async def fetch(url: str, /, *rest,
                timeout: float = 1.0, **options) -> "bytes | None":
    """Fetch it."""
    def inner(): return 1
    return inner

class Outer(Base, metaclass=abc.ABCMeta):
    class Inner:
        @property
        def value(self): return self._value
        @value.setter
        def value(self, value): self._value = value

    @overload
    def get(self, key: int) -> int: ...
    @overload
    def get(self, key: str) -> str: ...
    def get(self, key):
        return key

if True:
    def conditional(): pass
else:
    def conditional(): pass
'''


def test_hard_cases_of_python() -> None:
    found = [(u.kind, u.name) for u in units(HARD)]
    assert found == [
        ("module", "pack.mod"),
        ("function", "fetch"),
        ("function", "fetch.<locals>.inner"),
        ("class", "Outer"),
        ("class", "Outer.Inner"),
        ("method", "Outer.Inner.value"),
        ("method", "Outer.Inner.value"),
        ("method", "Outer.get"),
        ("method", "Outer.get"),
        ("method", "Outer.get"),
        ("function", "conditional"),
        ("function", "conditional"),
    ]


def test_what_is_said_of_a_unit() -> None:
    fetch = named(HARD)["fetch"]
    assert fetch.signature == ('async def fetch(url: str, /, *rest, timeout: float = 1.0, **options) -> "bytes | None"')
    assert fetch.code.startswith('@decorate(\n    "x",\n)\nasync def fetch')
    assert (fetch.start_line, fetch.end_line, fetch.indent) == (4, 11, "")
    assert fetch.doc is not None
    assert fetch.code[slice(*fetch.doc)] == '"""Fetch it."""'
    assert fetch.body == fetch.doc[0]
    value = named(HARD)["Outer.Inner.value"]
    assert value.indent == " " * 8
    assert value.body is not None
    assert value.code[value.body :] == "self._value = value"


def test_blocks_are_relative_to_the_unit_and_know_their_depth() -> None:
    code = "class A:\n    def f(self):\n        if x:\n            return 1\n        return 2\n"
    unit = named(code)["A"]
    assert [(b.depth, unit.code[b.start : b.end].split()[0]) for b in unit.blocks] == [(1, "if"), (2, "return")]
    (block,) = named(code)["A.f"].blocks
    assert block.depth == 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def fine(): pass\n\ndef bad(:\n", {"fine"}),
        ("class A:\n    def f(self): pass\n    def g(self: pass\n", {"A.f"}),
        ("x = (\n\ndef after(): pass\n", set()),
        ("}}}}", set()),
    ],
)
def test_of_a_broken_file_what_parses_is_used(text: str, names: set[str]) -> None:
    found = named(text)
    assert names <= found.keys()
    assert found["pack.mod"].problem is None
    assert "bad" not in found
    assert "A.g" not in found


LINES = st.sampled_from(
    [
        "def f(x):",
        "    return x",
        "class Ä:",
        '    "döc"',
        "    def g(self): pass",
        "# ☃",
        "\f",
        "",
        "x = '''",
        "@d",
        "\t\tif x: y",
    ]
)


@given(st.lists(LINES, max_size=12), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["", "\ufeff"]))
def test_code_is_always_exactly_the_files_bytes(lines: list[str], newline: str, mark: str) -> None:
    text = mark + newline.join(lines)
    for unit in units(text):
        assert unit.code.encode() == text.encode()[unit.start_byte : unit.end_byte]
        assert 1 <= unit.start_line <= unit.end_line
        for block in unit.blocks:
            assert (unit.body or 0) <= block.start < block.end <= len(unit.code.encode())


def test_a_language_without_a_grammar_is_one_unit() -> None:
    (unit,) = units("PROGRAM-ID. HELLO.", "a/hello.cob", "COBOL")
    assert (unit.kind, unit.name, unit.code) == ("module", "a.hello", "PROGRAM-ID. HELLO.")


def test_a_file_with_a_problem_is_one_unit_that_carries_it() -> None:
    (unit,) = extract(File(Origin("s", 0, language="Python"), "", "not_text"))
    assert (unit.kind, unit.problem) == ("module", "not_text")


def test_the_collector_is_afterwards_as_it_was() -> None:
    assert gc.isenabled()
    units("def f(): pass\n")
    assert gc.isenabled()
    gc.disable()
    try:
        units("def f(): pass\n")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_only_the_kinds_that_are_asked_for() -> None:
    file = File(Origin("s", 0, language="Python"), HARD)
    assert {unit.kind for unit in extract(file, ["method", "class"])} == {"method", "class"}


HOSTILE = {
    "brackets": "(" * 10_000 + ")" * 10_000,
    "open brackets": "[" * 1_000_000,
    "continued lines": "\\\n" * 30_000,
    "minus signs": "-" * 100_000,
    "lambdas": "lambda:" * 30_000,
    "one line": "x" * 1_000_000,
    "ifs": "if x:\n" * 5000,
    "nul": "\0" * 1000,
    "nested functions": "".join(f"{' ' * i}def f{i}():\n" for i in range(900)) + " " * 900 + "pass",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_end_soon(text: str) -> None:
    began = time.monotonic()
    found = units(text)
    assert found[0].kind == "module"
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("json/decoder.py", "json.decoder"),
        ("json/__init__.py", "json"),
        ("/a/b.py", "a.b"),
        ("../a/jquery.min.js", "a.jquery.min"),
        ("__init__.py", "module"),
        (None, "module"),
        ("", "module"),
    ],
)
def test_names_of_modules(path: str | None, name: str) -> None:
    assert module_name(path) == name


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ('#!/bin/sh\n# -*- coding: utf-8 -*-\n\n"""Doc."""\nx = 1\n', '"""Doc."""'),
        ("\ufeff# Licence\n\nimport a\n", "import a"),
        ("x = (\n", "x = ("),
        ("# only\n# comments\n", "\n"),
        ("\n\n", ""),
        ("", ""),
        ("\ufeff", ""),
    ],
)
def test_a_modules_docstring_stands_before_its_first_statement(text: str, rest: str) -> None:
    module = units(text)[0]
    assert module.body is not None
    assert text.encode()[module.body :].decode().startswith(rest)
    assert (module.doc is not None) == rest.startswith('"""')


@pytest.mark.parametrize(
    ("body", "doc"),
    [
        ('"a"', '"a"'),
        ("R'a'", "R'a'"),
        ("'a' 'b'", "'a' 'b'"),
        ("# why\n  'a'; x = 1", "'a'"),
        ("b'a'", None),
        ("f'a'", None),
        ("'a', 1", None),
        ("x = 1\n  'a'", None),
    ],
)
def test_a_docstring_is_a_first_statement_that_is_only_a_string(body: str, doc: str | None) -> None:
    unit = named(f"class C:\n  é = 1\n\n\ndef f():\n  {body}\n")["f"]
    assert (unit.doc and unit.code[slice(*unit.doc)]) == doc


def test_a_lone_carriage_return_ends_a_line() -> None:
    first, second = units("def f():\r    pass\r\rclass C:\r    def g(self): pass\r")[1:3]
    assert (first.name, first.start_line, first.end_line) == ("f", 1, 2)
    assert (second.name, second.start_line, second.end_line) == ("C", 4, 5)


def test_comments_stay_out_of_a_signature() -> None:
    unit = named("def f(\n    a,  # one\n    b='#',\n) -> int:  # two\n    # three\n    return 1\n")["f"]
    assert unit.signature == "def f(a, b='#',) -> int"


def test_text_that_is_not_unicode_is_a_problem_of_its_own() -> None:
    (unit,) = units("x = '\ud800'")
    assert (unit.problem, unit.code) == ("not_text", "")


def test_a_problem_is_not_lost_by_asking_for_other_kinds() -> None:
    (unit,) = extract(File(Origin("s", 0, language="Python"), "lambda:" * 30_000), ["function"])
    assert (unit.kind, unit.problem) == ("module", "parse_limit")


def test_hostile_nesting_and_names_do_not_multiply() -> None:
    text = "".join(f"{' ' * i}class C{i}:\n" for i in range(400)) + " " * 400 + "pass\n"
    assert len(units(text)) == 1 + DEEPEST_UNIT
    text = f"class {'A' * 100_000}:\n" + "    def f(self): pass\n" * 2000
    assert sum(len(unit.name) for unit in units(text)) < len(text)
