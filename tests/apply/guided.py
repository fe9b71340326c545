"""A measured run of guided docstrings over real packages: python -m tests.apply.guided FOLDER PACKAGE…

Copies the packages' Python files without their docstrings, documents every function with the bundled model in the
shape of `conf/task/guided.yaml`, and puts the texts in, once in each style. Then, by other tools than ours:
docstring_parser and griffe find in every docstring the parameters that `ast` finds in the signature, and pydoclint has
nothing to say: with its default settings of functions that are annotated, and without its rules on types of all others,
whose signatures break those whatever their docstrings say.
"""

import ast
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import docstring_parser
import griffe
import pyarrow.dataset as ds
from pydoclint.utils.edge_case_error import EdgeCaseError
from pydoclint.visitor import Visitor

from jobs import document, ingest
from pipeline.config import load
from tests.apply.bulk import apply, say

PYDOCLINT = {"google": "google", "numpy": "numpy", "rest": "sphinx"}
PARSERS = {
    "google": docstring_parser.DocstringStyle.GOOGLE,
    "numpy": docstring_parser.DocstringStyle.NUMPYDOC,
    "rest": docstring_parser.DocstringStyle.REST,
}
CONF = Path(__file__).parents[2] / "conf"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
GENERATOR = re.compile(r"(\w+\.)*(Async)?(Generator|Iterator|Iterable)\[")
ON_TYPES = {105, 106, 107, 108, 109, 110, 111, 403, 405}  # the last two want a generator to be annotated
DOCUMENTED = (*FUNCTIONS, ast.ClassDef, ast.Module)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def bare(text: str) -> str:
    """Python source without its docstrings; `pass` takes the place of one that something has to stand in for."""
    lines = text.encode().split(b"\n")
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, DOCUMENTED) and ast.get_docstring(node)]
    for node in sorted(found, key=lambda node: -node.body[0].lineno):
        first = node.body[0]
        head = lines[first.lineno - 1][: first.col_offset]
        tail = lines[(first.end_lineno or 0) - 1][first.end_col_offset :]
        needed = len(node.body) == 1 or head.strip() or tail.strip()
        lines[first.lineno - 1 : first.end_lineno] = [head + b"pass" + tail] if needed else []
    return b"\n".join(lines).decode()


def copied(packages: list[Path], tree: Path) -> None:
    """The packages' files that Python parses, without docstrings."""
    for root in packages:
        for path in sorted(root.rglob("*.py")):
            target = tree / root.name / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                target.write_bytes(bare(path.read_bytes().decode()).encode())
            except (SyntaxError, ValueError):
                say("not parsed:", path)


def generated(tree: Path, home: Path) -> Counter[str]:
    """A run over the tree; how many records have which status or reason."""
    shards, out = home / "shards", home / "out"
    ingest.run(load(ingest.CONFIG, ["--source.paths", f"[{tree}]", "--output.path", str(shards)]))
    files = [str(CONF / name) for name in ("model/bundled.yaml", "task/guided.yaml")]
    places = ["--input.path", str(shards), "--output.path", str(out)]
    document.run(load(document.CONFIG, [*files, *places, "--units.kinds", "[function, method]"]))
    rejected = ds.dataset((out / "rejected").as_posix()).to_table(["reasons"])["reasons"].to_pylist()
    return Counter(ok=ds.dataset((out / "records").as_posix()).count_rows()) + Counter(map(str, rejected))


def functions(node: ast.AST, is_class: bool = False) -> Iterator[tuple[Function, bool]]:
    """Every function below a node, with whether it is a method."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FUNCTIONS):
            yield child, is_class
        inside = isinstance(child, ast.ClassDef) or (is_class and isinstance(child, (ast.If, ast.Try, ast.With)))
        yield from functions(child, inside)


def parameters(node: Function, is_method: bool) -> list[str]:
    """The names that a documentation has to say something of: no receiver, none of underscores alone."""
    given = node.args
    names = [it.arg for it in (*given.posonlyargs, *given.args)]
    static = any(isinstance(it, ast.Name) and it.id == "staticmethod" for it in node.decorator_list)
    names = names[1:] if is_method and not static else names
    names += [f"*{given.vararg.arg}"] if given.vararg else []
    names += [it.arg for it in given.kwonlyargs]
    names += [f"**{given.kwarg.arg}"] if given.kwarg else []
    return [name for name in names if name.strip("*_")]


def read(text: str, style: str) -> tuple[list[str], list[str]]:
    """The parameters that docstring_parser and griffe find in a docstring."""
    theirs = [it.arg_name.replace("\\", "") for it in docstring_parser.parse(text, PARSERS[style]).params]
    options = {"returns_named_value": False, "returns_multiple_items": False} if style == "google" else {}
    sections = griffe.Docstring(text).parse(PYDOCLINT[style], **options)
    found = [it.name for section in sections if section.kind.value == "parameters" for it in section.value]
    return theirs, [name.replace("\\", "") for name in found]


def annotated(node: Function, is_method: bool) -> bool:
    """Whether everything that a function takes and gives has a type; a generator's must be one that pydoclint knows."""
    given = node.args
    names = {name.strip("*") for name in parameters(node, is_method)}
    taken = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
    typed = all(it.annotation for it in taken if it.arg in names)
    generates = isinstance(node.returns, ast.Subscript) and GENERATOR.match(ast.unparse(node.returns))
    return typed and bool(generates if _yields(node) else node.returns)


def _yields(node: ast.AST) -> bool:
    inner = (child for child in ast.iter_child_nodes(node) if not isinstance(child, (*FUNCTIONS, ast.Lambda)))
    return any(isinstance(child, (ast.Yield, ast.YieldFrom)) or _yields(child) for child in inner)


def linted(root: ast.Module, typed: set[int], style: str) -> Iterator[str]:
    """The codes of pydoclint's violations; `typed` are the lines of functions to which its rules on types apply."""
    for strict in (True, False):
        options = {} if strict else {"checkReturnTypes": False, "checkYieldTypes": False}
        visitor = Visitor(style=PYDOCLINT[style], **options)
        try:
            visitor.visit(root)
        except EdgeCaseError:
            yield "files of which pydoclint fails"
        for found in visitor.violations:
            if (found.line in typed) == strict and (strict or found.code not in ON_TYPES):
                yield f"DOC{found.code}" + ("" if strict else " where types are missing")


def judged(tree: Path, style: str) -> Counter[str]:
    """What the tools say of a tree's docstrings."""
    found: Counter[str] = Counter()
    for path in sorted(tree.rglob("*.py")):
        root = ast.parse(path.read_bytes())
        typed = {node.lineno for node, is_method in functions(root) if annotated(node, is_method)}
        found.update(linted(root, typed, style))
        for node, is_method in functions(root):
            if text := ast.get_docstring(node):
                due = parameters(node, is_method)
                theirs, griffes = read(text, style)
                found["docstrings"] += 1
                found["annotated"] += node.lineno in typed
                found["with parameters"] += bool(due)
                found["other parameters for docstring_parser"] += theirs != due
                found["other parameters for griffe"] += griffes != due
    return found


def main() -> None:
    folder, *packages = sys.argv[1:]
    home = Path(folder)
    copied([Path(name) for name in packages], home / "tree")
    say("records:", dict(generated(home / "tree", home)))
    for style in PYDOCLINT:
        shutil.copytree(home / "tree", home / style)
        say(style, apply(home / "out", home / style, "--style", style)[-6:])
        say(style, dict(judged(home / style, style)))


if __name__ == "__main__":
    main()
