"""A file in, its units out: what is worth documenting, found by its language's grammar and query.

Language-neutral: kinds, names, bodies and nesting come from the query's captures alone (`pipeline.languages`). What
parses of a broken file is used; a file that cannot be taken apart is one module unit, so that nothing is lost. Code
is only ever read. Time and memory are bounded by the file's length.
"""

import gc
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath

from tree_sitter import Node

from pipeline.definition import Definition, Source, definitions
from pipeline.interface import interfaces
from pipeline.languages import Language, dialect, find, language_of
from pipeline.notes import Notes, Range
from pipeline.schema import KINDS, Block, File, Interface, Kind, Outline, Unit
from pipeline.syntax import Syntax, analyse, head, line_start, one_newline

MOST_DOCS = 20  # documentations by which a file's style is told


@dataclass(frozen=True, slots=True)
class Span:
    """All that belongs to a definition from `start` to `end` [bytes], its lines, the range of its documentation, if it
    has any, and the place where that stands or would stand, if there is one.
    """

    start: int
    end: int
    first: int
    last: int
    doc: Range | None
    place: int | None


@dataclass(frozen=True, slots=True)
class Captures:
    """What the query found in a file, beside definitions: by the id of the node it is said of, or by place."""

    wholes: dict[int, Node]
    docs: dict[Range, Range]
    places: dict[Range, int]
    blocks: list[Block]  # over the whole file; depth from 0
    starts: list[int]  # those of the blocks
    interfaces: dict[int, Interface]


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of cycles, of which there are none, and which would look at all nodes again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@uncollected()
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
        language = dialect(language, file.origin.path)
        syntax = analyse(data, language)
        found = [bare(file, "parse_limit")] if syntax is None else list(units(file, data, language, syntax))
    return [unit for unit in found if unit.kind in kinds or unit.problem is not None]


def units(file: File, data: bytes, language: Language, syntax: Syntax) -> Iterator[Unit]:
    """The module, and every definition whose own syntax is whole."""
    source = Source(file, data, language, Notes(syntax.matches, data, language, syntax.leads))
    skipped = {node.id for node in syntax.matches.nodes("skipped")}
    found = [it for it in list(definitions(source, syntax)) if it.is_unit and it.sound(skipped)]
    captures = captured(source, syntax, found)
    spans = [span(source, definition, captures) for definition in found]
    known = outline(source, syntax, found, spans)
    yield module(source, syntax.root, captures, known)
    yield from (unit(source, it, at, captures, known) for it, at in zip(found, spans, strict=True))


def captured(source: Source, syntax: Syntax, found: Iterable[Definition]) -> Captures:
    """The query's matches, by what they say."""
    having, nodes = syntax.matches.having, syntax.matches.nodes
    wholes = {match["part"][0].id: match["whole"][0] for match in having("part")}
    docs = {source.within(match["documented"][0]): match["doc"][0].byte_range for match in having("doc")}
    places = {source.within(match["documented"][0]): match["place"][0].start_byte for match in having("place")}
    ranges = {source.within(node) for name in ("body", "block") for node in nodes(name)}
    ranges |= {source.between(match) for match in having("open")}
    blocks = list(nested(ranges))
    functions = [(each.node, *each.clauses) for each in found if each.kind in ("function", "method")]
    said = interfaces(syntax.matches, functions, source.data)
    return Captures(wholes, docs, places, blocks, [block.start for block in blocks], said)


def outline(source: Source, syntax: Syntax, found: Iterable[Definition], spans: Iterable[Span]) -> Outline:
    """What the file's units may want to know of one another."""
    imports = (imported(source, match["import"]) for match in syntax.matches.having("import"))
    docs = islice((span.doc for span in spans if span.doc), MOST_DOCS)
    return Outline(
        tuple(dict.fromkeys(imports)),
        tuple((it.name, it.signature) for it in found),
        tuple(source.data[start:end].decode() for start, end in docs),
    )


def imported(source: Source, nodes: Iterable[Node]) -> str:
    """An import on one line, without the comments in it."""
    parts = (head(source.data, node, node.end_byte, source.language.comment) for node in nodes)
    return " ".join(" ".join(parts).split())


def nested(ranges: Collection[tuple[int, int]]) -> Iterator[Block]:
    """Ranges as blocks with their depth, outer ones before inner ones; an empty range is none."""
    around: list[int] = []
    for start, end in sorted(ranges, key=lambda place: (place[0], -place[1])):
        while around and around[-1] <= start:
            around.pop()
        if start < end:
            yield Block(start, end, len(around))
            around.append(end)


def unit(source: Source, definition: Definition, at: Span, captures: Captures, known: Outline) -> Unit:
    """A definition as a unit, with its decorators, its documentation and whatever else belongs to it."""
    return Unit(
        origin=source.file.origin,
        kind=definition.kind,
        name=definition.name,
        signature=definition.signature,
        start_line=at.first,
        end_line=at.last,
        start_byte=at.start,
        end_byte=at.end,
        code=source.data[at.start : at.end].decode(),
        indent=indent(source.data, at.start),
        body=None if at.place is None else at.place - at.start,
        doc=(at.doc[0] - at.start, at.doc[1] - at.start) if at.doc else None,
        blocks=tuple(inside(captures, definition.inside, at.start)),
        interface=captures.interfaces.get(definition.node.id, Interface()),
        outline=known,
    )


def span(source: Source, definition: Definition, captures: Captures) -> Span:
    """What a definition takes in, and where its documentation is, or would be."""
    whole, last = reach(definition.node, captures), reach(definition.last, captures)
    start, doc, place = documented(source, whole, definition.body, captures)
    end = max(source.within(last)[1], doc[1] if doc else 0)
    return Span(
        start,
        end,
        whole.start_point.row + 1 - rows(source.data, start, whole.start_byte),
        last.end_point.row + 1 - rows(source.data, end, last.end_byte) + rows(source.data, last.end_byte, end),
        doc,
        place,
    )


def rows(data: bytes, start: int, end: int) -> int:
    """How many lines end between two places."""
    return one_newline(data[start:end]).count(b"\n") if start < end else 0


def reach(node: Node, captures: Captures) -> Node:
    """The node with all that belongs to it."""
    while node.id in captures.wholes:
        node = captures.wholes[node.id]
    return node


def documented(
    source: Source, whole: Node, body: Range | None, captures: Captures
) -> tuple[int, Range | None, int | None]:
    """Where a unit begins, the range of the documentation that it has, and the place of the one that it could have."""
    if source.language.doc == "before":
        start, doc = source.notes.before(whole.start_byte)
        doc = doc or source.notes.after(whole.end_byte) or captures.docs.get(body or (0, 0))
        return start, doc, doc[0] if doc else captures.places.get(body or (0, 0), start)
    return whole.start_byte, captures.docs.get(body) if body else None, body and body[0]


def indent(data: bytes, start: int) -> str:
    """The white space that stands before a place on its line, if nothing else does."""
    before = data[line_start(data, start) : start]
    return before.decode() if before.isspace() else ""


def inside(captures: Captures, place: tuple[int, int], offset: int) -> Iterator[Block]:
    """The blocks inside a place, relative to an offset; the outermost have depth 1."""
    first, end = bisect_left(captures.starts, place[0]), bisect_left(captures.starts, place[1])
    found = [block for block in captures.blocks[first:end] if (block.start, block.end) != place]
    above = found[0].depth - 1 if found else 0
    for block in found:
        yield Block(block.start - offset, block.end - offset, block.depth - above)


def module(source: Source, root: Node, captures: Captures, known: Outline) -> Unit:
    """The whole file as one unit."""
    name, (doc, place) = module_name(source.file.origin.path), described(source, root, captures)
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
        body=place,
        doc=doc,
        blocks=tuple(inside(captures, (0, len(source.data) + 1), 0)),
        outline=known,
    )


def described(source: Source, root: Node, captures: Captures) -> tuple[Range | None, int | None]:
    """The range of a file's documentation, and the place of the one that it could have."""
    whole = source.within(root)
    if source.language.doc == "body":
        return captures.docs.get(whole), first_statement(root)
    if whole in captures.places:
        start, doc = source.notes.before(captures.places[whole])
        return doc, start
    return captures.docs.get(whole), None


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


def lines(text: str) -> int:
    """The number of a text's lines, of which it has at least one."""
    ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    return max(1, ends + (not text.endswith(("\n", "\r"))))


def module_name(path: str | None) -> str:
    """A path as a dotted name: `json/decoder.py` is `json.decoder`, `json/__init__.py` is `json`."""
    file, language = PurePosixPath(path or ""), find(language_of(path, None))
    parts = [part for part in (*file.parts[:-1], file.stem) if part.strip("/.")]
    index = language is not None and parts[-1:] == [language.index]
    return ".".join(parts[:-1] if index else parts) or "module"
