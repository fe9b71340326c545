"""A small file in each language, and whether a documentation put at its place changes anything but comments."""

from dataclasses import dataclass
from functools import cache
from importlib import import_module

import tree_sitter

from pipeline.schema import Kind


@dataclass(frozen=True)
class Place:
    """A file with a mark `@@` for the documentation, which stands on lines of its own behind `indent`."""

    grammar: str
    code: str
    indent: str = ""
    kind: Kind = "function"
    string: bool = False  # the documentation is a string, not a comment


PLACES: dict[str, tuple[Place, ...]] = {
    "Python": (
        Place("python", "def f(x):\n@@\n    return x\n", "    ", string=True),
        Place("python", "class A:\n\tdef f(self, x):\n@@\n\t\treturn x\n", "\t\t", "method", string=True),
    ),
    "JavaScript": (Place("javascript", "@@\nfunction f(x) { return x / 2; }\n"),),
    "TypeScript": (Place("typescript.typescript", "@@\nfunction f(x: number): number { return x / 2; }\n"),),
    "TSX": (Place("typescript.tsx", "@@\nconst F = (x: number) => <b>{x}</b>;\n"),),
    "Java": (Place("java", "class A {\n@@\n    int f(int x) { return x; }\n}\n", "    ", "method"),),
    "Go": (Place("go", "package a\n\n@@\nfunc F(x int) int { return x }\n"),),
    "Rust": (
        Place("rust", "@@\nfn f(x: i32) -> i32 { x }\n"),
        Place("rust", "@@\n\nfn f(x: i32) -> i32 { x }\n", kind="module"),
    ),
    "C": (Place("c", "@@\nint f(int x) { return x; }\n"),),
    "C++": (Place("cpp", "struct A {\n@@\n    int f(int x) { return x; }\n};\n", "    ", "method"),),
    "C#": (Place("c_sharp", "class A {\n@@\n    int F(int x) { return x; }\n}\n", "    ", "method"),),
    "Ruby": (Place("ruby", "class A\n@@\n  def f(x)\n    x\n  end\nend\n", "  ", "method"),),
    "PHP": (Place("php.php", "<?php\n@@\nfunction f($x) { return $x; }\n?>\n<b>after</b>\n"),),
    "Kotlin": (Place("kotlin", "class A {\n@@\n    fun f(x: Int): Int = x\n}\n", "    ", "method"),),
    "Swift": (Place("swift", "@@\nfunc f(x: Int) -> Int { return x }\n"),),
    "Scala": (Place("scala", "object A {\n@@\n  def f(x: Int): Int = x\n}\n", "  ", "method"),),
    "Haskell": (Place("haskell", "module A where\n\n@@\nf :: Int -> Int\nf x = x\n"),),
    "OCaml": (Place("ocaml.ocaml", '@@\nlet f x = x ^ "a"\n'),),
    "Lua": (Place("lua", "@@\nlocal function f(x) return x end\n"),),
    "Julia": (Place("julia", "module A\n@@\nfunction f(x)\n    x\nend\nend\n", "    ", string=True),),
    "Shell": (Place("bash", '@@\nf() {\n  echo "$1"\n}\n'),),
    "Elixir": (
        Place("elixir", "defmodule A do\n@@\n  def f(x), do: x\nend\n", "  ", string=True),
        Place("elixir", "defmodule A do\n@@\n\n  def f(x), do: x\nend\n", "  ", "module", string=True),
    ),
}


@cache
def parser(grammar: str) -> tree_sitter.Parser:
    package, _, name = grammar.partition(".")
    language = getattr(import_module(f"tree_sitter_{package}"), f"language_{name}" if name else "language")
    return tree_sitter.Parser(tree_sitter.Language(language()))


def without(place: Place) -> object:
    """The tree of the file without a documentation."""
    source = place.code.replace("@@\n", "").encode()
    return shape(parser(place.grammar).parse(source).root_node, range(0))


def assert_only_comment(place: Place, text: str) -> None:
    """The file with this documentation has one comment, or string, more, and is otherwise the same."""
    source = place.code.replace("@@", text).encode()
    start = place.code.index("@@")
    inside = range(start, start + len(text.encode()) + 1)
    root = parser(place.grammar).parse(source).root_node
    assert shape(root, inside) == without(place), text
    found = outermost(root, inside)
    if place.string:
        assert len(found) == 1, text
        assert not {"interpolation", "ERROR"} & kinds(found[0]), text
    else:
        assert found, text
        assert all(_comment(node) for node in found), text


def shape(node: tree_sitter.Node, inside: range) -> object:
    """A tree without comments, and without what stands inside a range."""
    children = [shape(child, inside) for child in node.children if not _within(child, inside) and not _comment(child)]
    return (node.type, node.is_missing, children if node.children else node.text)


def outermost(node: tree_sitter.Node, inside: range) -> list[tree_sitter.Node]:
    """The outermost nodes that stand wholly inside a range."""
    if _within(node, inside):
        return [node]
    return [found for child in node.children for found in outermost(child, inside)]


def kinds(node: tree_sitter.Node) -> set[str]:
    return {node.type}.union(*(kinds(child) for child in node.children))


def _within(node: tree_sitter.Node, inside: range) -> bool:
    return inside.start <= node.start_byte and node.end_byte <= inside.stop and node.start_byte < node.end_byte


def _comment(node: tree_sitter.Node) -> bool:
    return "comment" in node.type or node.type == "haddock"
