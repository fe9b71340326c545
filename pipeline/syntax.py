"""A source text in, what the language's query captures in its syntax tree out, within bounds of time.

Hostile text makes a parser or a query slow, never wrong: each is stopped when its effort is spent. Steps are counted
before seconds, so that the same text ends the same way on a fast machine and on a slow one; the processor time is the
last resort, for texts whose single steps are slow. Knows nothing of units.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from time import thread_time

from tree_sitter import Node, Parser, QueryCursor, Tree

from pipeline.languages import Language, grammar, query
from pipeline.matches import Matches

CHUNK = 4096  # bytes handed to the parser at once: reading the same text again and again counts as effort
WORD = 64  # bytes handed to a predicate at first

# The standard library takes one step per 200 bytes and 0.08 s per MB, files of other languages read as Python up to
# one step per 30 bytes and 3 s per MB.
STEPS, BYTES_PER_STEP = 2_000, 8
SECONDS, SECONDS_PER_MB = 5.0, 5.0
LOOKS = 8  # steps between two looks at the clock, which takes as long as all else that a step costs
MOST_SCANS = 500_000_000  # a second or so
DEEPEST = 10_000  # a query counts depth in 16 bits, and beyond takes the square of a text's length
# Of 20,000 `a<` on end, 40 KB, the grammar of Java makes 4.6 GB in one step, which nothing can stop; that of TypeScript
# does of `a<b,`, the shell's of `a|`, and that of C of a tenth of `a=>`. In 24 MB of real files stand 419 at most.
MOST_OPEN, ENDING = 1_000, re.compile(rb"[;{}]")

LONE_RETURN = re.compile(rb"\r(?!\n)")
# Begins at a bracket or behind something else that is no space, so that a run of spaces is tried once only.
BREAK = re.compile(r"(?:([(\[{])|(?<![\s(\[{]))\s*[\r\n]\s*([)\]}]?)")


@dataclass(frozen=True, slots=True)
class Syntax:
    """The root of a syntax tree, the query's matches in it, and where what it left out belongs to what follows."""

    root: Node
    matches: Matches
    leads: list[tuple[int, int]]


class Effort:
    """What a parser may still spend on a text of some length [bytes]."""

    def __init__(self, size: int) -> None:
        self.steps = STEPS + size // BYTES_PER_STEP
        self.until = thread_time() + SECONDS + SECONDS_PER_MB * size / 1e6
        self.exhausted = False

    def step(self, *_: object) -> bool:
        """Spend one step; True when that was one too many, which is also how tree-sitter is told to stop."""
        self.steps -= 1
        self.exhausted |= self.steps < 0 or (self.steps % LOOKS == 0 and thread_time() > self.until)
        return self.exhausted


class Reader:
    """Gives tree-sitter a text: to parse it, by the chunk and with effort; then, for the query's predicates, by words.

    Those ask for the text of a node, which most often is a name, and look at every byte of what they get; a longer one
    is given in pieces that grow.
    """

    def __init__(self, text: bytes, effort: Effort) -> None:
        self._text, self._effort, self._end, self._size = text, effort, 0, WORD
        self.parsed = False

    def __call__(self, offset: int, _: object) -> bytes:
        if not self.parsed:
            return b"" if self._effort.step() else self._text[offset : offset + CHUNK]
        self._size = 2 * self._size if offset == self._end else WORD
        self._end = offset + self._size
        return self._text[offset : self._end]


def analyse(source: bytes, language: Language) -> Syntax | None:
    """The captures of a UTF-8 text's tree, or None where that takes more effort than a text of its length may.

    A carriage return alone ends a line here; every offset is that of the text as given, what is `unseen` is blank.
    """
    text, leads = visible(one_newline(source), language)
    if language.wary and runs_away(text, language.wary):
        return None
    tree = parse(text, language)
    if tree is None or scans(tree.root_node) > MOST_SCANS:
        return None
    cursor = QueryCursor(query(language))
    cursor.set_max_start_depth(DEEPEST)
    matches = Matches(captures for _, captures in cursor.matches(tree.root_node))
    return Syntax(tree.root_node, matches, leads)


def visible(text: bytes, language: Language) -> tuple[bytes, list[tuple[int, int]]]:
    """The text with blanks for what is unseen, and where that belongs to what follows."""
    leads: list[tuple[int, int]] = []

    def blank(found: re.Match[bytes]) -> bytes:
        leads.extend([found.span()] if found.lastgroup else [])
        return b" " * len(found[0])

    return re.sub(language.unseen.encode(), blank, text) if language.unseen else text, leads


def runs_away(text: bytes, wary: str) -> bool:
    """Whether thousands of what a pattern says stand between two tokens that end a statement."""
    pattern = re.compile(wary.encode())
    return any(len(pattern.findall(part)) > MOST_OPEN for part in ENDING.split(text) if len(part) > MOST_OPEN)


def parse(text: bytes, language: Language) -> Tree | None:
    """The text's tree, or None where that takes too much effort."""
    effort = Effort(len(text))
    reader = Reader(text, effort)
    try:
        tree = Parser(grammar(language)).parse(reader, progress_callback=effort.step)
    except ValueError:
        if effort.exhausted:
            return None
        raise
    reader.parsed = True
    return None if effort.exhausted else tree


def scans(root: Node) -> int:
    """How often a query would look at an anonymous token in search of the next named one, where there are errors.

    A query does that at each token, so that a run of them costs it the square of its length. Only an error node holds
    long runs; a query cannot be stopped, as tree-sitter 0.26 crashes with a progress callback there.
    """
    cursor, run, sum_ = root.walk(), 0, 0
    while (node := cursor.node) is not None and sum_ <= MOST_SCANS:
        run = 0 if node.is_named else run + 1
        sum_ += run
        if node.has_error and cursor.goto_first_child():
            run = 0
            continue
        while not cursor.goto_next_sibling():
            run = 0
            if not cursor.goto_parent():
                return sum_
    return sum_


def one_newline(source: bytes) -> bytes:
    """The text with each lone carriage return as a newline: as Python reads it, and of the same length."""
    return LONE_RETURN.sub(b"\n", source) if b"\r" in source else source


def line_start(source: bytes, at: int) -> int:
    """Where the line of a place begins; a place before the text is its beginning."""
    at = max(at, 0)
    start = source.rfind(b"\n", 0, at) + 1
    return max(start, source.rfind(b"\r", start, at) + 1)


def head(source: bytes, node: Node, end: int, comment: str) -> str:
    """What stands from a node's start to an end [byte] inside it, on one line and without comments."""
    text = source[node.start_byte : end].decode().strip()
    if comment not in text and "\n" not in text and "\r" not in text:
        return text
    kept, at = [], node.start_byte
    for extra in extras(node, end):
        kept.append(source[at : extra.start_byte])
        at = extra.end_byte
    return BREAK.sub(_joint, b"\n".join([*kept, source[at:end]]).decode().strip())


def _joint(found: re.Match[str]) -> str:
    opening, closing = found.groups()
    return (opening or "") + closing or " "


def extras(node: Node, end: int) -> Iterator[Node]:
    """The comments and other extras below a node that start before an end [byte], in order."""
    cursor = node.walk()
    cursor.goto_first_child()
    while (here := cursor.node) is not None and here.start_byte < end:
        if here.is_extra and not here.is_error:
            yield here
        elif cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
