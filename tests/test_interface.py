"""What functions take and give is what Python itself sees, in whole files."""

import ast
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from pydoclint.utils.return_yield_raise import getRaisedExceptions

from pipeline.schema import Interface, Parameter, Unit
from tests.test_extract import named, units

STDLIB = Path(sysconfig.get_path("stdlib"))
FILES = sorted([*STDLIB.glob("*.py"), *STDLIB.glob("asyncio/*.py"), *STDLIB.glob("concurrent/*/*.py")])[::2]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def own(function: Function) -> Iterator[ast.AST]:
    """The nodes of a function that are not those of a function inside it."""
    todo: list[ast.AST] = [*function.body]
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, Function | ast.Lambda):
            todo.extend(ast.iter_child_nodes(node))


def parameters(arguments: ast.arguments) -> Iterator[tuple[str, str | None, str | None, str]]:
    """Name, type, default and mark of each, as Python has them."""
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(plain) - len(arguments.defaults)) + list(arguments.defaults)
    given = [*zip(plain, defaults, strict=True), *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    rests = [(arguments.vararg, "*"), (arguments.kwarg, "**")]
    placed = [(arg, default, "") for arg, default in given] + [(arg, None, mark) for arg, mark in rests if arg]
    for arg, default, mark in sorted(placed, key=lambda it: (it[0].lineno, it[0].col_offset)):
        yield arg.arg, plainly(arg.annotation), plainly(default), mark


def plainly(node: ast.expr | None) -> str | None:
    return ast.unparse(node) if node else None


def parsed(text: str | None) -> str | None:
    return ast.unparse(ast.parse(text, mode="eval").body) if text else None


def test_the_standard_library_has_the_interfaces_that_python_sees() -> None:
    seen = 0
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        expected = {(node.lineno, node.name): node for node in ast.walk(ast.parse(text)) if isinstance(node, Function)}
        for unit in units(text):
            if unit.kind in ("function", "method"):
                seen += 1
                agrees(unit, expected)
    assert seen > 1000


def agrees(unit: Unit, expected: dict[tuple[int, str], Function]) -> None:
    last = unit.name.rsplit(".", 1)[-1]
    lines = range(unit.start_line, unit.end_line + 1)
    node = next(expected[line, last] for line in lines if (line, last) in expected)
    said, inside = unit.interface, list(own(node))
    found = [(it.name, parsed(it.type), parsed(it.default), it.rest) for it in said.parameters]
    assert found == list(parameters(node.args)), unit.name
    assert parsed(said.returns) == plainly(node.returns)
    assert said.gives == any(isinstance(it, ast.Return) and it.value is not None for it in inside)
    assert said.yields == any(isinstance(it, ast.Yield | ast.YieldFrom) for it in inside)
    assert said.static == any(plainly(it) == "staticmethod" for it in node.decorator_list)
    assert set(getRaisedExceptions(node)) >= set(said.raises) - bound(inside), unit.name


def bound(nodes: list[ast.AST]) -> set[str]:
    """Exceptions of handlers, of which pydoclint tells only those around a statement without a block between."""
    return {name for it in nodes if isinstance(it, ast.ExceptHandler) for name in caught(it.type)}


def caught(kind: ast.expr | None) -> set[str]:
    return {ast.unparse(it) for it in (kind.elts if isinstance(kind, ast.Tuple) else [kind] if kind else [])}


def test_what_is_raised_is_named_and_what_is_handed_on_is_what_was_caught() -> None:
    unit = named(
        "def f(x):\n"
        "    def inner():\n        raise KeyError\n"
        "    try:\n        g()\n"
        "    except (OSError, socket.error) as error:\n        if x:\n            raise\n        raise error\n"
        "    except ValueError:\n        raise app.Failed(x) from None\n"
        "    raise TypeError('x')\n"
    )["f"]
    assert unit.interface.raises == ("OSError", "socket.error", "app.Failed", "TypeError")


def test_a_closure_keeps_its_own() -> None:
    unit = named("def f(a, /, b=(lambda: (yield)), *, c: 'int' = 1):\n    g = lambda x: (yield x)\n")["f"]
    given = (Parameter("a"), Parameter("b", None, "(lambda: (yield))"), Parameter("c", "'int'", "1"))
    assert unit.interface == Interface(given)
