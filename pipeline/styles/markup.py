"""What the markups share: a head of summary and description, entries of items, and scanning of names and types.

In: documentations, or lines of markup. Out: lines, or the pieces of which `gathered` makes a documentation. Knows no
markup by name.
"""

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.schema import Documentation, Item
from pipeline.styles.prose import Prose, one_line

# What people call the sections, in whatever style.
ROLES = {
    **dict.fromkeys(
        ("args", "arguments", "parameters", "params", "parameter", "param", "arg", "argument"), "parameters"
    ),
    **dict.fromkeys(("keyword", "key", "keyword args", "keyword arguments", "other parameters"), "parameters"),
    **dict.fromkeys(("returns", "return", "result", "return value", "returns value"), "returns"),
    **dict.fromkeys(("yields", "yield", "generator"), "yields"),
    **dict.fromkeys(("raises", "raise", "throws", "throw", "exceptions", "exception", "except", "errors"), "raises"),
    "panics": "raises",
}
CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}


class Markup(Protocol):
    """The sections of a style: a documentation as lines, and lines as a documentation."""

    def write(self, documentation: Documentation, prose: Prose) -> list[str]:
        """The lines of the documentation."""

    def read(self, lines: list[str], prose: Prose) -> Documentation:
        """The documentation that the lines say."""


@dataclass(slots=True)
class Entry:
    """An item as it is read: its role (none is the head), its name and type, and the lines of its text."""

    role: str = ""
    name: str = ""
    type: str | None = None
    lines: list[str] = field(default_factory=list)


def head(documentation: Documentation, prose: Prose, lead: str = "") -> list[str]:
    """The summary as one paragraph, and the description below it."""
    lines = prose.lines(one_line(documentation.summary), lead=lead, used=prose.opening)
    description = prose.lines(documentation.description)
    return [*lines, "", *description] if lines and description else lines or description


def sections(documentation: Documentation) -> Iterator[tuple[str, tuple[Item, ...]]]:
    """Each role of which there is something to say, and its items."""
    yield from ((role, items) for role, items in _sections(documentation) if items)


def _sections(documentation: Documentation) -> Iterator[tuple[str, tuple[Item, ...]]]:
    yield "parameters", documentation.parameters
    yield "returns", (documentation.returns,) if documentation.returns else ()
    yield "yields", (documentation.yields,) if documentation.yields else ()
    yield "raises", documentation.raises


def word(name: str) -> str:
    """A name without white space, so that one knows where it ends."""
    return "".join(one_line(name).split())


def gathered(entries: Iterable[Entry], prose: Prose) -> Documentation:
    """The documentation that these entries make."""
    found: dict[str, list[Item]] = {"parameters": [], "returns": [], "yields": [], "raises": []}
    top: list[str] = []
    for entry in entries:
        if entry.role in found:
            found[entry.role].append(Item(entry.name, entry.type or None, prose.read(flush(entry.lines))))
        elif not entry.role:
            top += [*([""] if top else []), *entry.lines]
    summary, description = split(top)
    return Documentation(
        summary=prose.read(summary),
        description=prose.read(description),
        parameters=tuple(found["parameters"]),
        returns=one(found["returns"]),
        yields=one(found["yields"]),
        raises=tuple(found["raises"]),
    )


def one(items: list[Item]) -> Item | None:
    """The items as one."""
    if len(items) < 2:
        return items[0] if items else None
    types = [item.type for item in items if item.type]
    return Item("", ", ".join(types) or None, "\n\n".join(item.text for item in items if item.text))


def flush(lines: list[str]) -> list[str]:
    """An entry's lines, those below its first without their common indentation."""
    return [*lines[:1], *textwrap.dedent("\n".join(lines[1:])).split("\n")] if len(lines) > 1 else lines


def split(lines: list[str]) -> tuple[list[str], list[str]]:
    """The first paragraph, and what stands below it."""
    first = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    end = next((i for i in range(first, len(lines)) if not lines[i].strip()), len(lines))
    return lines[first:end], lines[end:]


def bracketed(text: str) -> int:
    """Where the bracket closes that the text begins with; 0 if it does not."""
    depth = 0
    for at, character in enumerate(text):
        depth += (character == text[0]) - (character == CLOSING.get(text[0]))
        if depth <= 0:
            return at + 1 if at else 0
    return 0


def top_level(text: str, stop: re.Pattern[str]) -> int:
    """Where the pattern is first found outside brackets and strings; -1 if nowhere."""
    depth, quote = 0, ""
    for at, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character if depth else ""
        elif depth == 0 and stop.match(text, at):
            return at
        else:
            depth += (character in "([{<") - (depth > 0 and character in ")]}>" and text[at - 1] not in "-=")
    return -1
