"""What stands before a unit and belongs to it: its documentation, where the language has it there, and attributes.

In: the matches of a query, and the source. Out: for the place where a unit's own syntax begins, where all of it begins
and which part is documentation. A note belongs to what follows it without a blank line between. Language-neutral.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tree_sitter import Node

GAP = re.compile(rb"[ \t\f]*(?:\r\n|\n|\r)?[ \t\f]*")
BLOCKS = (b"/*", b"(*", b"{-")  # a comment of these is a documentation alone, those of one line are together

Range = tuple[int, int]


class Notes:
    """The notes and leads of a file; `docs` is the pattern that a documenting note begins with."""

    def __init__(self, matches: Iterable[Mapping[str, Sequence[Node]]], source: bytes, docs: str) -> None:
        self._source, self._docs = source, re.compile(docs.encode())
        self._all = sorted(set(self._placed(matches)))
        self._starts = [start for start, _, _ in self._all]

    def _placed(self, matches: Iterable[Mapping[str, Sequence[Node]]]) -> Iterator[tuple[int, int, bool]]:
        """Where each starts and ends, without its line's end, and whether it is a lead."""
        for match in matches:
            for key in ("note", "lead"):
                for node in match.get(key, ()):
                    start, end = node.byte_range
                    yield start, start + len(self._source[start:end].rstrip(b"\r\n")), key == "lead"

    def before(self, start: int) -> tuple[int, Range | None]:
        """Where the unit begins whose own syntax starts at a place, and the range of its documentation.

        A comment that documents nothing may stand between the two; alone it belongs to no unit.
        """
        doc: Range | None = None
        at = start
        for i in range(bisect_left(self._starts, start) - 1, -1, -1):
            begin, end, lead = self._all[i]
            if not GAP.fullmatch(self._source, end, at):
                break
            at = begin
            if lead:
                start = begin
            elif self._documents(begin):
                block = self._source.startswith(BLOCKS, begin, end)
                if doc and block:
                    break
                start, doc = begin, (begin, doc[1] if doc else end)
                if block:
                    break
            elif doc:
                break
        return start, doc

    def _documents(self, start: int) -> bool:
        line = max(self._source.rfind(b"\n", 0, start), self._source.rfind(b"\r", 0, start)) + 1
        return not self._source[line:start].strip() and self._docs.match(self._source, start) is not None
