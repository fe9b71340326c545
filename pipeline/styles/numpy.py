"""NumPy's Python style: underlined titles, names and types on a line, texts indented below it.

In: documentations, or lines. Out: the other. A value without a known type has its text where the type would stand.
https://numpydoc.readthedocs.io/en/latest/format.html
"""

import re
import textwrap
from collections.abc import Iterator

from pipeline.schema import Documentation, Item
from pipeline.styles.markup import ROLES, Entry, gathered, head, sections, top_level, word
from pipeline.styles.prose import Prose, one_line
from pipeline.styles.sections import TYPE, plain_type

TITLES = {"parameters": "Parameters", "returns": "Returns", "yields": "Yields", "raises": "Raises"}
RULE = re.compile(r"^\s*(?:-{3,}|={3,})\s*$")
COLON = re.compile(r"\s*:\s|\s+:$")
GUARD = re.compile(r"^(\s*)(\\*)((?:-{3,}|={3,})\s*$|\.\.(?=\s)|:(?=\s*$))")
INDENT = " " * 4


class Numpy:
    """NumPy's sections."""

    def write(self, documentation: Documentation, prose: Prose) -> list[str]:
        """The lines of the documentation."""
        lines = head(documentation, prose)
        for role, items in sections(documentation):
            lines += ["", TITLES[role], "-" * len(TITLES[role])]
            for item in items:
                lines += self._entry(role, item, prose)
        return lines

    def _entry(self, role: str, item: Item, prose: Prose) -> list[str]:
        name, type_ = word(item.name), one_line(item.type)
        type_ = "" if role == "raises" else type_
        label = " : ".join(part for part in (name, type_) if part)
        if label:
            return [label, *prose.lines(item.text, lead=INDENT, hang=INDENT)]
        lines = [line.lstrip() for line in prose.lines(item.text)]  # below an indented line, the first would be a type
        return lines if not all(map(looks_like_type, lines)) else prose.lines(item.text.rstrip() + ".")

    def read(self, lines: list[str], prose: Prose) -> Documentation:
        """The documentation that the lines say."""
        return gathered(self._entries(lines), prose)

    def _entries(self, lines: list[str]) -> Iterator[Entry]:
        head, *found = _sections(lines)
        yield Entry(lines=head[1])
        for title, body in found:
            role = ROLES.get(title.lower(), "other")
            if role in ("returns", "yields"):
                yield from _values(role, body)
            elif role != "other":
                yield from _items(role, body)


def _sections(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    title, body = "", list[str]()
    for i, line in enumerate(lines):
        if line.strip() and not line[0].isspace() and i + 1 < len(lines) and RULE.match(lines[i + 1]):
            yield title, body
            title, body = line.strip(), []
        elif not (RULE.match(line) and i and lines[i - 1].strip() == title):
            body.append(line)
    yield title, body


def _items(role: str, lines: list[str]) -> Iterator[Entry]:
    """Entries of a name, or names, each with its lines below."""
    entries: list[Entry] = []
    for line in lines:
        if line[:1].strip():
            yield from entries
            at = top_level(line, COLON)
            names, type_ = (line[:at], plain_type(line[at:].strip(" :"))) if at > 0 else (line, None)
            entries = [Entry(role, name.strip(), type_ or None) for name in names.split(", ")]
        for entry in entries if not line[:1].strip() else ():
            entry.lines.append(line.strip() if not entry.lines else line)
    yield from entries


def _values(role: str, lines: list[str]) -> Iterator[Entry]:
    """Entries of a type, or of a name and a type; or one of text alone."""
    body = [line for line in lines if line.strip()]
    typed = len(body) > 1 and body[1][0].isspace()
    if not typed and not all(map(looks_like_type, body)):
        yield Entry(role, lines=textwrap.dedent("\n".join(lines)).strip("\n").split("\n"))
        return
    entry = None
    for line in lines:
        if line[:1].strip():
            if entry:
                yield entry
            at = top_level(line, COLON)
            entry = Entry(role, line[:at].strip() if at > 0 else "", plain_type(line[max(at, 0) :].strip(" :")))
        elif entry:
            entry.lines.append(line.strip() if not entry.lines else line)
    if entry:
        yield entry


def looks_like_type(line: str) -> bool:
    """Whether a line of its own, without text below it, names a type."""
    return not line.strip() or bool(TYPE.match(re.sub(r"[\[(].*[\])]", "<>", line.strip().strip("\"'`"))))
