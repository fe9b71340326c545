"""What a file defines, in source order: kind, qualified name, signature, and the nodes that say so.

In: a source and what its language's query captured. Out: a `Definition` for each unit, and for each scope that only
qualifies what is in it. Language-neutral; knows nothing of units' documentation or code.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from pipeline.languages import Language
from pipeline.matches import Match
from pipeline.notes import Notes, Range
from pipeline.schema import KINDS, File, Kind
from pipeline.syntax import Syntax, head

# Units hold the code of those inside them, and a qualified name those of all around it: without these bounds, hostile
# nesting makes a small file's units as large as its square. What lies deeper stays part of the units around it.
DEEPEST_UNIT = 20
LONGEST_NAME = 1000  # characters, qualified

SPACES = re.compile(rb"\s*")

# What captures define: its kind, and whether it is a unit or only a scope.
DEFINED: dict[str, tuple[Kind, bool]] = {f"definition.{kind}": (kind, True) for kind in KINDS}
DEFINED |= {"scope.class": ("class", False), "scope.module": ("module", False)}


@dataclass(frozen=True, slots=True)
class Source:
    """A file, its UTF-8 bytes, its language, and what stands before and behind its definitions."""

    file: File
    data: bytes
    language: Language
    notes: Notes

    def within(self, node: Node) -> Range:
        return self.notes.within(*node.byte_range)

    def between(self, match: Match) -> Range:
        """What stands between the @open and the @close of a match, without the white space around it."""
        close = match["close"][0].start_byte
        behind = SPACES.match(self.data, match["open"][0].end_byte, close)
        return self.notes.within(behind.end() if behind else close, close)


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition in a syntax tree: what it is, and the nodes that say so; without `is_unit` it only holds others."""

    kind: Kind
    name: str
    node: Node
    signature: str
    end: int  # of its head
    body: Range | None
    arity: int = 0
    is_unit: bool = True
    clauses: list[Node] = field(default_factory=list)  # the further ones of a function of several

    @property
    def last(self) -> Node:
        return self.clauses[-1] if self.clauses else self.node

    @property
    def inside(self) -> Range:
        """Where its blocks are: in its body, or behind its head."""
        return self.body if self.body and not self.clauses else (self.end, self.last.end_byte)

    def sound(self, skipped: Collection[int]) -> bool:
        """Whether its syntax is whole, but for errors that are known to take nothing from it."""
        return all(sound(node, skipped) for node in (self.node, *self.clauses))


def sound(node: Node, skipped: Collection[int]) -> bool:
    """Whether a node's syntax is whole, but for errors that are known to take nothing from it."""
    todo = [node] if node.has_error else []
    while todo:
        here = todo.pop()
        inner = [] if here.is_error else [child for child in here.children if child.has_error]
        if not inner and here.id not in skipped:
            return False
        todo += inner
    return True


def definitions(source: Source, syntax: Syntax) -> Iterator[Definition]:
    """The definitions in source order, their names qualified by what they stand in."""
    around: list[Definition] = []
    for capture, match in sorted(defined(syntax), key=lambda it: (place(it[1][it[0]][0]), naming(it[1]))):
        before: Definition | None = None
        while around and around[-1].last.end_byte <= match[capture][0].start_byte:
            before = around.pop()
        scope = around[-1] if around else None
        if "prototype" in match and scope is not None and scope.kind in ("function", "method"):
            continue
        if scope is not None and scope.is_unit and scope.node.id == match[capture][0].id and DEFINED[capture][1]:
            continue
        found = definition(source, capture, match, scope)
        if source.language.clauses and before and goes_on(found, before):
            before.clauses.append(found.node)
            around.append(before)
        elif len(around) < DEEPEST_UNIT and len(found.name) <= LONGEST_NAME:
            around.append(found)
            yield found


def definition(source: Source, capture: str, match: Match, scope: Definition | None) -> Definition:
    """What a match defines inside a scope."""
    kind, is_unit = DEFINED[capture]
    method = kind == "function" and scope is not None and scope.kind == "class"
    node, arity = match[capture][0], match.get("arity")
    body = source.within(match["body"][0]) if "body" in match else source.between(match) if "open" in match else None
    ends = [tail.start_byte for tail in match.get("tail", ())] + ([body[0]] if body else [])
    end = min(ends, default=node.end_byte)
    return Definition(
        kind="method" if method else kind,
        name=qualified(source.language, scope, node, named(match, source)),
        node=node,
        signature=signed(source, match["head"][0] if "head" in match else node, end) if is_unit else "",
        end=end,
        body=body,
        arity=arity[0].named_child_count if arity else 0,
        is_unit=is_unit,
    )


def signed(source: Source, first: Node, end: int) -> str:
    """What stands from a node's start to the end of its head, on one line."""
    return head(source.data, first, end, source.language.comment).removesuffix(source.language.head_end).rstrip()


def goes_on(found: Definition, before: Definition) -> bool:
    """Whether a definition is a further clause of the one before it."""
    return (found.kind, found.name, found.arity) == (before.kind, before.name, before.arity)


def defined(syntax: Syntax) -> Iterator[tuple[str, Match]]:
    """The matches that define something, and by which capture; one that says nothing new is left out."""
    seen: set[tuple[int, int]] = set()
    for capture in DEFINED:
        for match in syntax.matches.having(capture):
            key = match[capture][0].id, match["name"][0].id if "name" in match else 0
            if key not in seen:
                seen.add(key)
                yield capture, match


def naming(match: Match) -> int:
    """Where a name begins: what has several is known by the first, as in `const a = function b() {}`."""
    return match["name"][0].start_byte if "name" in match else 0


def place(node: Node) -> tuple[int, int]:
    """A key that puts outer nodes before inner ones."""
    return node.start_byte, -node.end_byte


def named(match: Match, source: Source) -> str:
    """The name of what is defined, with what qualifies it there."""
    nodes = [match[key] for key in ("qualifier", "name") if key in match]
    parts = [source.data[some[0].start_byte : some[-1].end_byte].decode() for some in nodes]
    return source.language.separator.join([" ".join(part.split()) for part in parts])


def qualified(language: Language, scope: Definition | None, node: Node, name: str) -> str:
    """The name as the language itself would qualify it by what it stands in."""
    if scope is None or not (scope.name and name):
        return name or (scope.name if scope else "")
    if language.scope and scope.kind != "class":
        return language.separator.join((scope.name, language.scope, name))
    joints = dict(language.joints)
    return scope.name + (joints.get(scope.node.type) or joints.get(node.type) or language.separator) + name
