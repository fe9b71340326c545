"""A file in, its units out: what is worth documenting, found by its language's grammar and query.

Language-neutral: kinds, names, bodies and nesting come from the query's captures alone (`pipeline.languages`). What
parses of a broken file is used; a file that cannot be taken apart is one module unit, so that nothing is lost. Code
is only ever read. Time and memory are bounded by the file's length.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from tree_sitter import Node

from pipeline.interface import Match, interfaces
from pipeline.languages import Language, find, language_of
from pipeline.notes import Notes
from pipeline.schema import KINDS, Block, File, Interface, Kind, Unit
from pipeline.syntax import Syntax, analyse, head, one_newline

# Units hold the code of those inside them, and a qualified name those of all around it: without these bounds, hostile
# nesting makes a small file's units as large as its square. What lies deeper stays part of the units around it.
DEEPEST_UNIT = 20
LONGEST_NAME = 1000  # characters, qualified

# What captures define: its kind, and whether it is a unit or only a scope.
DEFINED: dict[str, tuple[Kind, bool]] = {f"definition.{kind}": (kind, True) for kind in KINDS}
DEFINED |= {"scope.class": ("class", False), "scope.module": ("module", False)}


@dataclass(frozen=True, slots=True)
class Source:
    """A file, its UTF-8 bytes, and its language."""

    file: File
    data: bytes
    language: Language


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition in a syntax tree: what it is, and the nodes that say so; without `is_unit` it only holds others."""

    kind: Kind
    name: str
    node: Node
    head: Node
    end: int  # of the head
    body: Node | None
    is_unit: bool = True


@dataclass(frozen=True, slots=True)
class Captures:
    """What the query found in a file, beside definitions: by the id of the node it is said of, or by place."""

    wholes: dict[int, Node]
    docs: dict[int, Node]
    blocks: list[Block]  # over the whole file; depth from 0
    starts: list[int]  # those of the blocks
    notes: Notes
    interfaces: dict[int, Interface]


def extract(file: File, kinds: Collection[Kind] = KINDS) -> list[Unit]:
    """The file's units of these kinds, in source order, the module first.

    A file with a problem is one module unit that carries it, whatever the kinds; `not_text` and `parse_limit` are those
    found here: text that UTF-8 cannot hold, and text that takes the parser too long.
    """
    try:
        data = file.content.encode()
    except UnicodeEncodeError:
        return [bare(File(file.origin, "", "not_text"))]
    language = find(file.origin.language)
    if file.problem is not None or language is None:
        found = [bare(file)]
    else:
        syntax = analyse(data, language)
        found = [bare(file, "parse_limit")] if syntax is None else list(units(Source(file, data, language), syntax))
    return [unit for unit in found if unit.kind in kinds or unit.problem is not None]


def units(source: Source, syntax: Syntax) -> Iterator[Unit]:
    """The module, and every definition whose own syntax is whole."""
    found = [definition for definition in definitions(source, syntax) if definition.is_unit]
    captures = captured(source, syntax, found)
    yield module(source, syntax.root, captures)
    for definition in found:
        if not definition.node.has_error:
            yield unit(source, definition, captures)


def captured(source: Source, syntax: Syntax, found: Iterable[Definition]) -> Captures:
    """The query's matches, by what they say."""
    wholes: dict[int, Node] = {}
    docs: dict[int, Node] = {}
    ranges: set[tuple[int, int]] = set()
    notes = Notes(syntax.matches, source.data, source.language.docs)
    for match in syntax.matches:
        if "part" in match:
            wholes[match["part"][0].id] = match["whole"][0]
        elif "documented" in match:
            docs[match["documented"][0].id] = match["doc"][0]
        else:
            ranges.update(notes.within(node) for name in ("body", "block") for node in match.get(name, ()))
    blocks = list(nested(ranges))
    functions = [definition.node for definition in found if definition.kind in ("function", "method")]
    return Captures(
        wholes,
        docs,
        blocks,
        [block.start for block in blocks],
        notes,
        interfaces(syntax.matches, functions, source.data),
    )


def nested(ranges: Collection[tuple[int, int]]) -> Iterator[Block]:
    """Ranges as blocks with their depth, outer ones before inner ones; an empty range is none."""
    around: list[int] = []
    for start, end in sorted(ranges, key=lambda place: (place[0], -place[1])):
        while around and around[-1] <= start:
            around.pop()
        if start < end:
            yield Block(start, end, len(around))
            around.append(end)


def definitions(source: Source, syntax: Syntax) -> Iterator[Definition]:
    """The definitions in source order, their names qualified by what they stand in."""
    around: list[Definition] = []
    for capture, match in sorted(defined(syntax), key=lambda found: (place(found[1][found[0]][0]), naming(found[1]))):
        node, (kind, is_unit) = match[capture][0], DEFINED[capture]
        while around and around[-1].node.end_byte <= node.start_byte:
            around.pop()
        scope = around[-1] if around else None
        if is_unit and scope is not None and scope.node.id == node.id:
            continue
        full = qualified(source.language, scope, named(match, source))
        if len(around) < DEEPEST_UNIT and len(full) <= LONGEST_NAME:
            method = kind == "function" and scope is not None and scope.kind == "class"
            head_, body = (match[key][0] if key in match else None for key in ("head", "body"))
            end = min((match[key][0].start_byte for key in ("body", "tail") if key in match), default=node.end_byte)
            around.append(Definition("method" if method else kind, full, node, head_ or node, end, body, is_unit))
            yield around[-1]


def defined(syntax: Syntax) -> Iterator[tuple[str, Match]]:
    """The matches that define something, and by which capture; one that says nothing new is left out."""
    seen: set[tuple[int, int]] = set()
    for match in syntax.matches:
        for capture in match.keys() & DEFINED.keys():
            key = match[capture][0].id, match["name"][0].id
            if key not in seen:
                seen.add(key)
                yield capture, match


def naming(match: Match) -> int:
    """Where a name begins: what has several is known by the first, as in `const a = function b() {}`."""
    return match["name"][0].start_byte


def place(node: Node) -> tuple[int, int]:
    """A key that puts outer nodes before inner ones."""
    return node.start_byte, -node.end_byte


def named(match: Match, source: Source) -> str:
    """The name of what is defined, with what qualifies it there."""
    ranges = ((match[key][0].start_byte, match[key][-1].end_byte) for key in ("qualifier", "name") if key in match)
    return source.language.separator.join(" ".join(source.data[slice(*range_)].decode().split()) for range_ in ranges)


def qualified(language: Language, scope: Definition | None, name: str) -> str:
    """The name as the language itself would qualify it by what it stands in."""
    if scope is None:
        return name
    inside = (language.scope,) if language.scope and scope.kind != "class" else ()
    return language.separator.join((scope.name, *inside, name))


def unit(source: Source, definition: Definition, captures: Captures) -> Unit:
    """A definition as a unit, with its decorators, its documentation and whatever else belongs to it."""
    whole, body, data = definition.node, definition.body, source.data
    while whole.id in captures.wholes:
        whole = captures.wholes[whole.id]
    start, doc, at = documented(source, whole, body, captures)
    _, end = captures.notes.within(whole)
    signature = head(data, definition.head, definition.end, source.language.comment)
    return Unit(
        origin=source.file.origin,
        kind=definition.kind,
        name=definition.name,
        signature=signature.removesuffix(source.language.head_end).rstrip(),
        start_line=whole.start_point.row + 1 - rows(data[start : whole.start_byte]),
        end_line=whole.end_point.row + 1 - rows(data[end - 1 : whole.end_byte]),
        start_byte=start,
        end_byte=end,
        code=data[start:end].decode(),
        indent=indent(data, start),
        body=None if at is None else at - start,
        doc=(doc[0] - start, doc[1] - start) if doc else None,
        blocks=tuple(inside(captures, captures.notes.within(body), start)) if body else (),
        interface=captures.interfaces.get(definition.node.id, Interface()),
    )


def documented(
    source: Source, whole: Node, body: Node | None, captures: Captures
) -> tuple[int, tuple[int, int] | None, int | None]:
    """Where a unit begins, the range of the documentation that it has, and the place of the one that it could have."""
    if source.language.doc == "before":
        start, range_ = captures.notes.before(whole.start_byte)
        return start, range_, range_[0] if range_ else start
    doc = captures.docs.get(body.id) if body else None
    return whole.start_byte, doc and doc.byte_range, body and body.start_byte


def indent(data: bytes, start: int) -> str:
    """The white space that stands before a place on its line, if nothing else does."""
    line = data[max(data.rfind(b"\n", 0, start), data.rfind(b"\r", 0, start)) + 1 : start]
    return line.decode() if line.isspace() else ""


def inside(captures: Captures, place: tuple[int, int], offset: int) -> Iterator[Block]:
    """The blocks inside a place, relative to an offset; the outermost have depth 1."""
    first, end = (bisect_left(captures.starts, at) for at in place)
    found = [block for block in captures.blocks[first:end] if (block.start, block.end) != place]
    above = found[0].depth - 1 if found else 0
    for block in found:
        yield Block(block.start - offset, block.end - offset, block.depth - above)


def module(source: Source, root: Node, captures: Captures) -> Unit:
    """The whole file as one unit."""
    name, doc = module_name(source.file.origin.path), captures.docs.get(root.id)
    return Unit(
        origin=source.file.origin,
        kind="module",
        name=name,
        signature=name,
        start_line=1,
        end_line=lines(source.file.content),
        start_byte=0,
        end_byte=len(source.data),
        code=source.file.content,
        body=first_statement(root) if source.language.doc == "body" else None,
        doc=doc.byte_range if doc else None,
        blocks=tuple(inside(captures, (0, len(source.data) + 1), 0)),
    )


def bare(file: File, problem: str | None = None) -> Unit:
    """A file that is not taken apart, as one unit."""
    name, size = module_name(file.origin.path), len(file.content.encode())
    problem, end_line = file.problem or problem, lines(file.content)
    return Unit(file.origin, "module", name, name, 1, end_line, 0, size, file.content, problem=problem)


def first_statement(root: Node) -> int:
    """Where a file's first statement starts [byte], or else where its leading comments end."""
    cursor, at = root.walk(), root.start_byte
    there = cursor.goto_first_child()
    while there and (node := cursor.node) is not None:
        if not node.is_extra or node.is_error:
            return node.start_byte
        at, there = node.end_byte, cursor.goto_next_sibling()
    return at


def rows(data: bytes) -> int:
    """How many lines end in a text."""
    return one_newline(data).count(b"\n")


def lines(text: str) -> int:
    """The number of a text's lines, of which it has at least one."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return max(1, text.count("\n") + (not text.endswith("\n")))


def module_name(path: str | None) -> str:
    """A path as a dotted name: `json/decoder.py` is `json.decoder`, `json/__init__.py` is `json`."""
    file, language = PurePosixPath(path or ""), find(language_of(path, None))
    parts = [part for part in (*file.parts[:-1], file.stem) if part.strip("/.")]
    index = language is not None and parts[-1:] == [language.index]
    return ".".join(parts[:-1] if index else parts) or "module"
