"""Documented pieces of one Python file, as a person would show them to a model.

In: Python source. Out: functions, methods, classes and the module itself, each with its docstring taken out of its
code, shortened where it is long. Knows nothing of tasks, prompts or tokens. Uses `ast`: whatever does not parse
teaches nothing, so it is left out.
"""

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.schema import Kind

Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module
LINE = re.compile(r"\r\n|\r|\n")  # as Python counts lines; str.splitlines knows more
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Example:
    """A documented unit: its code without the docstring, dedented; the docstring as written; its syntax tree."""

    kind: Kind
    name: str
    code: str
    docstring: str
    node: Documented


def examples(source: str, name: str, longest: int) -> Iterator[Example]:
    """The documented units of a file, module first; `longest` [characters] bounds their code, `name` is the module's.

    Bodies inside a unit that is too long are left out (`...`), innermost first; what is still too long is skipped.
    Gives nothing for a file that does not parse.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in other people's strings
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    lines = LINE.split(source)
    for kind, node in _documented(tree):
        docstring = ast.get_docstring(node) if _apart(lines, node) else None
        code = _shown(lines, node, longest) if docstring else None
        if docstring and code:
            yield Example(kind, getattr(node, "name", name), code, docstring, node)


def _documented(tree: ast.Module) -> Iterator[tuple[Kind, Documented]]:
    yield "module", tree
    todo: list[tuple[ast.AST, bool]] = [(tree, False)]
    while todo:
        parent, in_class = todo.pop()
        for node in ast.iter_child_nodes(parent):
            if isinstance(node, FUNCTIONS):
                yield "method" if in_class else "function", node
            elif isinstance(node, ast.ClassDef):
                yield "class", node
            todo.append((node, isinstance(node, ast.ClassDef)))


def _shown(lines: list[str], node: Documented, longest: int) -> str | None:
    for depth in (None, 1, 0):
        code = _without(lines, node, _hidden(lines, node, depth))
        if len(code) <= longest:
            return code
        if isinstance(node, FUNCTIONS):
            return None
    return None


def _apart(lines: list[str], node: Documented) -> bool:
    """Whether the body begins on a line of its own, so that leaving it out by lines leaves the head."""
    return bool(node.body) and not lines[node.body[0].lineno - 1][: node.body[0].col_offset].strip()


def _hidden(lines: list[str], node: Documented, depth: int | None) -> Iterator[tuple[int, int, bool]]:
    """Line ranges to leave out, each with whether `...` takes their place: docstrings, and bodies below `depth`."""
    for inner, level in _definitions(node):
        documented = ast.get_docstring(inner, clean=False) is not None
        if not _apart(lines, inner):
            continue
        if inner is not node and depth is not None and level >= depth:
            yield inner.body[0].lineno, inner.body[-1].end_lineno or 0, True
        elif documented and inner is node:
            yield inner.body[0].lineno, inner.body[0].end_lineno or 0, len(inner.body) == 1


def _definitions(node: Documented) -> Iterator[tuple[Documented, int]]:
    todo: list[tuple[ast.AST, int]] = [(node, -1)]
    while todo:
        inner, level = todo.pop()
        if isinstance(inner, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield inner, level
            level += not isinstance(inner, ast.ClassDef) or inner is node
        todo.extend((child, level) for child in ast.iter_child_nodes(inner))


def _without(lines: list[str], node: Documented, hidden: Iterator[tuple[int, int, bool]]) -> str:
    first, last = _range(node, len(lines))
    shown = dict(enumerate(lines[first - 1 : last], first))
    for start, end, elided in hidden:
        if start not in shown:
            continue
        indent = lines[start - 1][: len(lines[start - 1]) - len(lines[start - 1].lstrip())]
        for number in range(start, end + 1):
            shown.pop(number, None)
        if elided:
            shown[start] = f"{indent}..."
    text = "\n".join(shown[number] for number in sorted(shown))
    return textwrap.dedent(text).strip("\n")


def _range(node: Documented, count: int) -> tuple[int, int]:
    if isinstance(node, ast.Module):
        return 1, count
    decorators = [decorator.lineno for decorator in node.decorator_list]
    return min([node.lineno, *decorators]), node.end_lineno or node.lineno
