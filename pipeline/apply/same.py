"""What a source text does, without its documentation: equal for two texts if and only if their code is.

Python's is its syntax tree without docstrings, as Python itself reads the bytes; that of other languages is the
tree-sitter tree with all its text, without comments and documentation. Code is only ever parsed.
"""

import ast
import hashlib
import warnings
from collections.abc import Iterator

from tree_sitter import Node

from pipeline.apply.outcome import LeftOutError
from pipeline.extract import units
from pipeline.languages import Language
from pipeline.schema import File, Origin
from pipeline.syntax import Syntax, analyse

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
BROKEN = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)


def python(source: bytes | str) -> bytes:
    """The hash of Python's own tree without docstrings. LeftOutError if Python does not parse the source."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes in other people's strings
        try:
            tree = _parsed(source)
            tree.type_ignores.clear()  # which have line numbers
            for node in ast.walk(tree):
                if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
                    del node.body[0]
            return hashlib.sha256(ast.dump(tree).encode(errors="surrogatepass")).digest()
        except BROKEN as error:
            raise LeftOutError("not_parsed") from error


def _parsed(source: bytes | str) -> ast.Module:
    try:
        return ast.parse(source, type_comments=True)
    except SyntaxError:
        return ast.parse(source)  # a comment that looks like a type is no error


def other(source: bytes, language: Language) -> bytes:
    """The hash of a UTF-8 text's tree without comments and documentation. LeftOutError if parsing takes too long."""
    syntax = analyse(source, language)
    if syntax is None:
        raise LeftOutError("parse_limit")
    hashed, docs = hashlib.sha256(), documentation(source, syntax, language)
    for part in _parts(syntax.root, source, docs):
        hashed.update(part)
    return hashed.digest()


def documentation(source: bytes, syntax: Syntax, language: Language) -> set[tuple[int, int]]:
    """The places of all documentation in a text."""
    places = {node.byte_range for node in syntax.matches.nodes("doc")}
    file = File(Origin("", 0, language=language.name), source.decode())
    for unit in units(file, source, language, syntax):
        if unit.doc:
            places.add((unit.start_byte + unit.doc[0], unit.start_byte + unit.doc[1]))
    return places


def _parts(root: Node, source: bytes, docs: set[tuple[int, int]]) -> Iterator[bytes]:
    """What a tree says, in order: its nodes' types, and all text that is neither white space nor left out."""
    cursor, at = root.walk(), 0
    while (node := cursor.node) is not None:
        yield _between(source, at, node.start_byte)
        if _left_out(node, docs):
            at = max(at, node.end_byte)
        else:
            yield f"({node.type}\0".encode()
            if cursor.goto_first_child():
                at = max(at, node.start_byte)
                continue
            yield source[node.start_byte : node.end_byte] + b")"
            at = max(at, node.end_byte)
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent() or (node := cursor.node) is None:
                return
            yield _between(source, at, node.end_byte) + b")"
            at = max(at, node.end_byte)


def _between(source: bytes, start: int, end: int) -> bytes:
    """Text that belongs to no leaf, as that of a string around its escapes does."""
    return b" ".join(source[start:end].split())


def _left_out(node: Node, docs: set[tuple[int, int]]) -> bool:
    return "comment" in node.type or node.type == "haddock" or node.byte_range in docs
