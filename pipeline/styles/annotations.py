"""What Python's annotations say of returned and yielded values, as `pydoclint` reads them.

In: an interface. Out: the types that its documentation must show. A type that cannot be parsed stays as it stands.
https://jsh9.github.io/pydoclint/violation_codes.html
"""

import ast
import re

from pipeline.schema import Interface, Item

GENERATORS = {"Generator", "AsyncGenerator"}
ITERATORS = {"Iterator", "Iterable", "AsyncIterator", "AsyncIterable"}
QUOTED = re.compile(r"Literal\[[^\]]+\]|['\"]")


def shown(declared: str | None) -> str | None:
    """The type as it stands, unless white space or commas make it differ from what Python would print."""
    tree = _tree(declared)
    if declared is None or tree is None:
        return declared
    printed = re.sub(r"([tT]uple)\[\*(.*?),\]", r"\1[*\2]", ast.unparse(tree))
    return declared if declared.replace('"', "'") == printed.replace('"', "'") else printed


def plain(declared: str | None) -> str | None:
    """The type without a colon: what is annotated without its metadata, or nothing where that has one, too."""
    tree = _tree(declared)
    if declared and ":" in declared and isinstance(tree, ast.Subscript) and isinstance(tree.slice, ast.Tuple):
        named = ast.unparse(tree.value).rpartition(".")[2]
        declared = ast.unparse(tree.slice.elts[0]) if named == "Annotated" else declared
    return None if declared is None or ":" in declared else declared


def values(interface: Interface) -> tuple[Item | None, Item | None]:
    """What is returned and what is yielded, each None where no section is due."""
    declared = shown(interface.returns)
    if not interface.yields:
        due = interface.gives if declared is None else declared not in ("None", "NoReturn")
        return (Item(type=declared) if due else None), None
    returned, yielded = generated(declared)
    due = interface.gives and returned != "None"
    return (Item(type=returned) if due else None), (None if yielded == "None" else Item(type=yielded))


def generated(declared: str | None) -> tuple[str | None, str | None]:
    """The types that a generator returns and yields, by its declared type."""
    tree = _tree(declared)
    base = tree.value if isinstance(tree, ast.Subscript) else tree
    name = base.id if isinstance(base, ast.Name) else base.attr if isinstance(base, ast.Attribute) else ""
    if not isinstance(tree, ast.Subscript) or name not in GENERATORS | ITERATORS:
        return ("None" if name else declared), declared
    if name in ITERATORS:
        return "None", _printed(tree.slice)
    parts = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
    return (_printed(parts[2]) if name == "Generator" and len(parts) > 2 else "None"), _printed(parts[0])


def _printed(node: ast.expr) -> str:
    return QUOTED.sub(lambda found: found[0] if len(found[0]) > 1 else "", ast.unparse(node))


def _tree(declared: str | None) -> ast.expr | None:
    try:
        return ast.parse(declared or "", mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
