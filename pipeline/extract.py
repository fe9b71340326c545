"""A file in, its units out: what is worth documenting, found by its language's grammar and query.

Language-neutral: kinds, names, bodies and nesting come from the query's captures alone (`pipeline.languages`). What
parses of a broken file is used; a file that cannot be taken apart is one module unit, so that nothing is lost. Code
is only ever read. Time is bounded by the file's length, counted in the parser's own steps, so that what is given up
does not depend on the machine.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import tree_sitter
from tree_sitter import Node

from pipeline.languages import Language, find, grammar, query
from pipeline.schema import KINDS, Block, File, Kind, Unit

CHUNK = 65536  # bytes handed to the parser at once
STEPS = 1000  # of the parser that any file gets; and one more for every 8 bytes
DEEPEST = 500  # levels of the syntax tree below which nothing is looked for


def extract(file: File, kinds: Collection[Kind] = KINDS) -> list[Unit]:
    """The file's units of these kinds, in source order, the module first."""
    language, data = find(file.origin.language), file.content.encode()
    if file.problem is not None or language is None:
        found = [module(file, data)]
    else:
        captures = parse(language, data)
        found = [module(file, data, "parse_limit")] if captures is None else list(units(file, data, language, captures))
    return [unit for unit in found if unit.kind in kinds]


@dataclass(frozen=True, slots=True)
class Captures:
    """What the query found in a file: definitions by kind, and what else it says of nodes, by their ids."""

    root: Node
    definitions: list[tuple[Kind, Node, Node, Node]]  # kind, node, name, body; sorted by place
    wholes: dict[int, Node]
    docs: dict[int, Node]
    blocks: list[Block]  # over the whole file, sorted by place; depth from 0


def parse(language: Language, data: bytes) -> Captures | None:
    """The file's captures, or None if it takes the parser too many steps."""
    budget = _Budget(STEPS + len(data) // 8)

    def stop(*_: object) -> bool:
        return budget.spent()

    try:
        parser = tree_sitter.Parser(grammar(language))
        tree = parser.parse(lambda at, _: data[at : at + CHUNK], progress_callback=stop)
    except ValueError:  # how the binding says that the callback ended it
        return None
    cursor = tree_sitter.QueryCursor(query(language))
    cursor.set_max_start_depth(DEEPEST)
    return _captures(tree.root_node, (found for _, found in cursor.matches(tree.root_node)))


class _Budget:
    """So many steps, and no more."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spent(self) -> bool:
        self.left -= 1
        return self.left < 0


def _captures(root: Node, matches: Iterable[dict[str, list[Node]]]) -> Captures:
    definitions: list[tuple[Kind, Node, Node, Node]] = []
    wholes: dict[int, Node] = {}
    docs: dict[int, Node] = {}
    ranges: set[tuple[int, int]] = set()
    for found in matches:
        for kind in KINDS:
            for node in found.get(f"definition.{kind}", ()):
                definitions.append((kind, node, found["name"][0], found["body"][0]))
        for node in found.get("part", ()):
            wholes[node.id] = found["whole"][0]
        for node in found.get("documented", ()):
            docs[node.id] = found["doc"][0]
        ranges |= {node.byte_range for name in ("body", "block") for node in found.get(name, ()) if node.text}
    definitions.sort(key=lambda definition: definition[1].start_byte)
    return Captures(root, definitions, wholes, docs, list(_nested(ranges)))


def _nested(ranges: Collection[tuple[int, int]]) -> Iterator[Block]:
    """Ranges as blocks with their depth, sorted by place."""
    open_: list[int] = []
    for start, end in sorted(ranges, key=lambda r: (r[0], -r[1])):
        while open_ and open_[-1] <= start:
            open_.pop()
        yield Block(start, end, len(open_))
        open_.append(end)


def units(file: File, data: bytes, language: Language, captures: Captures) -> Iterator[Unit]:
    """The module, and every definition whose own syntax is whole."""
    yield module(file, data, captures=captures)
    parents: list[tuple[int, Kind, str]] = []
    for kind, node, name, body in captures.definitions:
        while parents and parents[-1][0] <= node.start_byte:
            parents.pop()
        text = data[name.start_byte : name.end_byte].decode()
        qualified, own = _name(language, parents, text), _kind(kind, parents)
        parents.append((node.end_byte, own, qualified))
        if not node.has_error:
            yield _unit(file, data, language, captures, own, qualified, node, body)


def _kind(kind: Kind, parents: list[tuple[int, Kind, str]]) -> Kind:
    return "method" if kind == "function" and parents and parents[-1][1] == "class" else kind


def _name(language: Language, parents: list[tuple[int, Kind, str]], name: str) -> str:
    """The name as qualified by what it stands in, the way the language itself would say it."""
    if not parents:
        return name
    _, kind, above = parents[-1]
    inside = (language.scope,) if language.scope and kind != "class" else ()
    return language.separator.join((above, *inside, name))


def _unit(
    file: File, data: bytes, language: Language, captures: Captures, kind: Kind, name: str, node: Node, body: Node
) -> Unit:
    whole = node
    while whole.id in captures.wholes:
        whole = captures.wholes[whole.id]
    start, end = whole.start_byte, whole.end_byte
    doc = captures.docs.get(body.id)
    head = " ".join(data[node.start_byte : body.start_byte].decode().split())
    return Unit(
        origin=file.origin,
        kind=kind,
        name=name,
        signature=head.removesuffix(language.head_end).rstrip(),
        start_line=whole.start_point.row + 1,
        end_line=whole.end_point.row + 1,
        start_byte=start,
        end_byte=end,
        code=data[start:end].decode(),
        indent=_indent(data, start),
        body=body.start_byte - start,
        doc=doc and (doc.start_byte - start, doc.end_byte - start),
        blocks=tuple(_inside(captures.blocks, body.byte_range, start)),
    )


def _indent(data: bytes, start: int) -> str:
    line = data[data.rfind(b"\n", 0, start) + 1 : start]
    return line.decode() if line.isspace() else ""


def _inside(blocks: list[Block], body: tuple[int, int], offset: int) -> Iterator[Block]:
    """The blocks below a body, relative to a unit's code; the body's own children have depth 1."""
    at = bisect_left(blocks, body[0], key=lambda block: block.start)
    depth = next((b.depth for b in blocks[at:] if (b.start, b.end) == body), -1)
    for block in blocks[at:]:
        if block.start >= body[1]:
            return
        if block.depth > depth:
            yield Block(block.start - offset, block.end - offset, block.depth - depth)


def module(file: File, data: bytes, problem: str | None = None, captures: Captures | None = None) -> Unit:
    """The whole file as one unit."""
    name = module_name(file.origin.path)
    root = captures.root if captures else None
    doc = captures.docs.get(root.id) if captures and root else None
    first = next((child for child in root.children if child.type != "comment"), None) if root else None
    return Unit(
        origin=file.origin,
        kind="module",
        name=name,
        signature=name,
        start_line=1,
        end_line=max(1, file.content.count("\n") + (not file.content.endswith("\n"))),
        start_byte=0,
        end_byte=len(data),
        code=file.content,
        body=first.start_byte if first else len(data) if root else None,
        doc=doc and (doc.start_byte, doc.end_byte),
        blocks=tuple(_inside(captures.blocks, (0, len(data)), 0)) if captures else (),
        problem=file.problem or problem,
    )


def module_name(path: str | None) -> str:
    """A path as a dotted name: `json/decoder.py` is `json.decoder`, `json/__init__.py` is `json`."""
    *folders, last = PurePosixPath(path or "").parts or ("module",)
    parts = [part for part in (*folders, last.partition(".")[0] or last) if part not in ("/", "..")]
    if parts and parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts) or "module"
