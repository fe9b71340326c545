"""What stands before a unit and belongs to it: its documentation, where the language has it there, and attributes.

In: the matches of a query, and the source. Out: for the place where a unit's own syntax begins, where all of it begins
and which part is documentation. A note belongs to what follows it without a blank line between; where documentation has
a syntax of its own, that may be apart, as the languages' own tools have it. Language-neutral.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from pipeline.languages import Language
from pipeline.matches import Matches
from pipeline.syntax import line_start

SPACES = re.compile(rb"\s*")
GAP = re.compile(rb"[ \t\f]*(?:\r\n|\n|\r)?[ \t\f]*")
LAST = re.compile(rb"[ \t\f]*(?:\r\n|\n|\r|\Z)[ \t\f]*(?:[\r\n}]|end\b|\Z)")
# What begins so is a documentation alone, comments of one line are together.
BLOCKS = (b"/*", b"(*", b"{-", b"--[[", b"--[=", b'"', b"@doc")

Range = tuple[int, int]


class Notes:
    """The notes and leads of a file, in its `language`; `leads` are further ones, which the query did not see."""

    def __init__(
        self,
        matches: Matches,
        source: bytes,
        language: Language,
        leads: Iterable[Range] = (),
    ) -> None:
        self._source, self._docs = source, re.compile(language.docs.encode())
        self._gap = SPACES if language.apart else GAP
        self._line = re.compile(re.escape(language.comment.encode()) + rb"[^\r\n]*") if language.runs else None
        placed = sorted(set(self._placed(matches)))
        self._all = sorted([*placed, *((start, end, True) for start, end in leads if not _over(placed, start))])
        self._starts = [start for start, _, _ in self._all]
        self._begins = {end: start for start, end, _ in self._all}
        self._remarks = sorted({node.byte_range for node in matches.nodes("remark")})
        self._ends = dict[int, int]()

    def _placed(self, matches: Matches) -> Iterator[tuple[int, int, bool]]:
        """Where each starts and ends, without its line's end, and whether it is a lead."""
        for key in ("note", "lead"):
            for node in matches.nodes(key):
                start, end = node.byte_range
                if self._line and self._line.match(self._source, start, end):
                    yield from ((*line.span(), False) for line in self._line.finditer(self._source, start, end))
                else:
                    yield start, start + len(self._source[start:end].rstrip(b"\r\n")), key == "lead"

    def before(self, start: int) -> tuple[int, Range | None]:
        """Where the unit begins whose own syntax starts at a place, and the range of its documentation.

        A comment that documents nothing may stand between the two; alone it belongs to no unit.
        """
        doc: Range | None = None
        at, run = start, 0
        for i in range(bisect_left(self._starts, start) - 1, -1, -1):
            begin, end, lead = self._all[i]
            if not self._gap.fullmatch(self._source, end, at):
                break
            at = begin
            if lead:
                start, run = begin, 0
            elif self._documents(begin):
                block = self._source.startswith(BLOCKS, begin, end)
                if doc and block:
                    break
                start, doc = begin, (begin, doc[1] if doc else end if block else run or end)
                if block or self._line:
                    break
            elif doc:
                break
            elif self._line:
                run = run or end
        return start, doc

    def after(self, end: int) -> Range | None:
        """The range of the documentation that stands right behind a unit, and right before nothing."""
        i = bisect_left(self._remarks, (end, end))
        if i == len(self._remarks):
            return None
        begin, stop = self._remarks[i]
        alone = GAP.fullmatch(self._source, end, begin) and LAST.match(self._source, stop)
        return (begin, stop) if alone else None

    def within(self, start: int, end: int) -> Range:
        """A node's range without the notes and the white space that some grammars let it end with."""
        if self._source[end - 1 : end].isspace() or end in self._begins:
            if end not in self._ends:
                self._ends[end] = self._end(start, end)
            return start, max(start, self._ends[end])
        return start, end

    def _end(self, start: int, end: int) -> int:
        while end > start:
            if self._source[end - 1 : end].isspace():
                end -= 1
            elif self._begins.get(end, 0) > start:
                end = self._begins[end]
            else:
                break
        return end

    def _documents(self, start: int) -> bool:
        before = self._source[line_start(self._source, start) : start]
        return not before.strip() and self._docs.match(self._source, start) is not None


def _over(placed: Sequence[tuple[int, int, bool]], at: int) -> bool:
    """Whether the last of the ordered ranges that begins before a place reaches over it."""
    i = bisect_left(placed, (at,)) - 1
    return i >= 0 and placed[i][1] > at
