"""Free text as lines of a width: paragraphs, list items, blocks of code; words, code spans and URLs stay whole.

In: a text that anybody may have written. Out: lines in a markup, none of which can be taken for a section of it. Knows
nothing of the style's sections but the pattern that guards them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from pipeline.styles.escape import NEVER, escaped, unescaped
from pipeline.styles.inline import Inline
from pipeline.visible import visible

NEWLINES = re.compile("\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
WORD = re.compile(r"(?:(?<!`)(`+)(?!`)[^\n]{1,300}?(?<!`)\1(?!`)|[^ \t\n])+")
FENCE = re.compile(r"\s*(`{3,}(?=[^`]*$)|~{3,})")
OPENS = re.compile(r"^(\s*)(\\*)(`{3,}(?=[^`]*$)|~{3,})")
ITEM = re.compile(r"\s{0,8}([-*+•]|\d{1,3}[.)])\s+(?=\S)")
CODE = re.compile(r"\s*>>> |\t| {4}")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, an item of a list behind its `lead`, or a line as it is: `verbatim`, or an empty one."""

    text: str
    lead: str = ""
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class Prose:
    """How text is laid out: its markup, what begins a section at the start of a line, and the width in columns."""

    inline: Inline
    guard: re.Pattern[str] = NEVER
    width: int = 88
    opening: int = 0  # columns that the documentation's first line loses to what opens it
    paragraph: str = ""  # begins each paragraph but the first
    in_code: bool = True  # blocks of code are guarded, too

    def lines(self, text: str, lead: str = "", hang: str = "", used: int = 0) -> list[str]:
        """The text behind its lead, later lines behind `hang`; `used` columns of the first line are taken already."""
        made: list[str] = []
        for block in blocks(clean(text)):
            if lead and not made and (block.verbatim or block.lead):
                made.append(lead.rstrip())
            if block.verbatim:
                made.append(self._verbatim(block.text, hang) if block.text else "")
            else:
                later = made and not block.lead and not made[-1]
                first = hang + self.paragraph if later else hang if made else lead
                made += self._filled(block, first, hang, 0 if made else used)
        return made or ([lead.rstrip()] if lead else [])

    def read(self, lines: list[str]) -> str:
        """The text that lines of this layout say."""
        parts: list[str] = []
        for fenced, block in _spans(lines):
            raw = self.inline.fences and fenced
            if not raw or self.in_code:
                block = [unescaped(self.guard, line) for line in block]
            parts.append("\n".join(block) if raw else self.inline.read("\n".join(_unopened(block))))
        return "\n".join(parts).strip("\n")

    def _verbatim(self, line: str, hang: str) -> str:
        line = line if self.inline.fences else self.inline.written(line)
        return hang + (escaped(self.guard, line) if self.in_code else line)

    def _filled(self, block: Block, first: str, hang: str, used: int) -> list[str]:
        made, line = [], first + block.lead
        start, empty = not first.strip(), True
        for word in words(block.text):
            written = self.inline.written(word)
            if not empty and used + len(self._safe(f"{line} {written}", len(first), start)) > self.width:
                made.append(self._safe(line, len(first), start))
                first = hang + " " * len(block.lead)
                line, start, used, empty = first, True, 0, True
            line, empty = (line + written if empty else f"{line} {written}"), False
        return [*made, self._safe(line, len(first), start)]

    def _safe(self, line: str, indent: int, guarded: bool) -> str:
        return line[:indent] + escaped(OPENS, escaped(self.guard, line[indent:])) if guarded else line


def _unopened(lines: list[str]) -> list[str]:
    return [unescaped(OPENS, line) for line in lines]


def clean(text: str) -> str:
    """The text with one kind of line end, and nothing in it that its reader would not see."""
    return visible(NEWLINES.sub("\n", text))


def one_line(text: str | None) -> str:
    """A name or a type, on one line."""
    return " ".join(clean(text or "").split())


def words(text: str) -> list[str]:
    """The parts of a text that no line break may divide."""
    return [found[0] for found in WORD.finditer(text)]


def blocks(text: str) -> Iterator[Block]:
    """The text's paragraphs, items and lines of code, with one empty line where there were any."""
    lines = re.sub(r"\A(?:[^\S\n]*\n)+", "", text.rstrip()).split("\n") if text.strip() else []
    at = 0
    while at < len(lines):
        here = lines[at]
        if not here.strip():
            yield Block("", verbatim=True)
            while not lines[at].strip():
                at += 1
        elif fence := FENCE.match(here):
            end = next((i for i in range(at + 1, len(lines)) if lines[i].strip() == fence[1]), len(lines))
            yield from (Block(line.rstrip(), verbatim=True) for line in lines[at:end])
            yield Block(fence[1], verbatim=True)
            at = end + 1
        elif CODE.match(here):
            yield Block(here.rstrip(), verbatim=True)
            at += 1
        else:
            item = ITEM.match(here)
            end = at + 1
            while end < len(lines) and lines[end].strip() and not (FENCE.match(lines[end]) or ITEM.match(lines[end])):
                end += 1
            lead = item[0].strip() + " " if item else ""
            yield Block(" ".join([here[item.end() if item else 0 :], *lines[at + 1 : end]]), lead)
            at = end


def coded(lines: list[str]) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it belongs to a fenced block of code, fences included."""
    fence = ""
    for line in lines:
        mark = FENCE.match(line)
        yield line, bool(fence or mark)
        fence = ("" if line.strip() == fence else fence) if fence else mark[1] if mark else ""


def _spans(lines: list[str]) -> Iterator[tuple[bool, list[str]]]:
    """The lines in groups: those of fenced blocks, and those between."""
    for fenced, group in groupby(coded(lines), key=lambda found: found[1]):
        yield fenced, [line for line, _ in group]
