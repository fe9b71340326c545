"""Swift's markup: lists whose items begin with a word that Xcode and DocC know.

In: documentations, or lines. Out: the other.
https://www.swift.org/documentation/docc/writing-symbol-documentation-in-your-source-files
"""

import re
from collections.abc import Iterator

from pipeline.schema import Documentation, Item
from pipeline.styles.markup import Entry, gathered, head, sections, word
from pipeline.styles.prose import Prose

LABELS = {"returns": "Returns", "raises": "Throws"}
ROLES = {"parameter": "parameters", "parameters": "parameters", "returns": "returns", "throws": "raises"}
START = re.compile(r"^\s*[-*+]\s+(Parameters|Parameter|Returns|Throws)\b\s*([^:`]*?)\s*:\s*(.*)$", re.IGNORECASE)
NESTED = re.compile(r"^\s+[-*+]\s+`?([\w$.]+)`?\s*:\s*(.*)$")
NAMED = re.compile(r"^`([^`\s]+)`:?\s+(.*)|^`([^`\s]+)`$")
GUARD = re.compile(r"^(\s*)(\\*)([-*+](?=\s+(?:Parameters?|Returns|Throws)\b[^:`]*:))", re.IGNORECASE)


class Swift:
    """Swift's sections."""

    def write(self, documentation: Documentation, prose: Prose) -> list[str]:
        """The lines of the documentation."""
        lines = head(documentation, prose)
        items = [line for role, items in sections(documentation) for line in self._section(role, items, prose)]
        return [*lines, "", *items] if items and lines else lines or items

    @staticmethod
    def _section(role: str, items: tuple[Item, ...], prose: Prose) -> Iterator[str]:
        if role == "parameters":
            yield "- Parameters:"
            for item in items:
                yield from prose.lines(item.text, lead=f"  - {word(item.name)}: ", hang="    ")
            return
        for item in items:
            name = f" `{word(item.name)}`" if item.name and role == "raises" else ""
            yield from prose.lines(item.text, lead=f"- {LABELS[role]}:{name} ", hang="  ")

    def read(self, lines: list[str], prose: Prose) -> Documentation:
        """The documentation that the lines say."""
        return gathered(self._entries(lines), prose)

    @staticmethod
    def _entries(lines: list[str]) -> Iterator[Entry]:
        entry, inside = Entry(), False
        for line in lines:
            if found := START.match(line):
                yield entry
                inside = found[1].lower() == "parameters"
                entry = Entry("list") if inside else _read(found)
            elif inside and (nested := NESTED.match(line)) and len(line) - len(line.lstrip()) < 4:
                yield entry
                entry = Entry("parameters", nested[1], None, [nested[2]])
            else:
                entry.lines.append(line)
        yield entry


def _read(found: re.Match[str]) -> Entry:
    role, text = ROLES[found[1].lower()], found[3]
    if role == "raises" and (named := NAMED.match(text)):
        return Entry(role, named[1] or named[3], None, [named[2] or ""])
    return Entry(role, found[2] if role == "parameters" else "", None, [text])
