"""Fields: `:param x: text` of reST (Sphinx) and `@param x: text` of Epytext, with fields of their own for types.

In: documentations, or lines. Out: the other.
https://www.sphinx-doc.org/en/master/usage/domains/python.html#info-field-lists
https://epydoc.sourceforge.net/manual-fields.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.schema import Documentation, Item
from pipeline.styles.markup import ROLES, Entry, gathered, head, sections, word
from pipeline.styles.prose import Prose, one_line

TYPES = {"parameters": "type", "returns": "rtype", "yields": "ytype"}
OF_TYPES = {tag: role for role, tag in TYPES.items()}
HANG = " " * 4


@dataclass(frozen=True, slots=True)
class Fields:
    """The mark before a field's name, which a colon ends, and the names by role."""

    mark: str
    names: dict[str, str]

    def write(self, documentation: Documentation, prose: Prose) -> list[str]:
        """The lines of the documentation."""
        lines = head(documentation, prose)
        fields = [
            line for role, items in sections(documentation) for item in items for line in self._field(role, item, prose)
        ]
        return [*lines, "", *fields] if fields and lines else lines or fields

    def _field(self, role: str, item: Item, prose: Prose) -> list[str]:
        name = (
            re.sub(r"^\*+", lambda stars: "\\*" * len(stars[0]), word(item.name))
            if self.mark == ":"
            else word(item.name)
        )
        name = f" {name}" if name and role in ("parameters", "raises") else ""
        made = prose.lines(item.text, lead=f"{self.mark}{self.names[role]}{name}: ", hang=HANG)
        if item.type and role in TYPES:
            made.append(f"{self.mark}{TYPES[role]}{name if role == 'parameters' else ''}: {one_line(item.type)}")
        return made

    def read(self, lines: list[str], prose: Prose) -> Documentation:
        """The documentation that the lines say."""
        entries = list(self._entries(lines))
        types = {(e.role, e.name): " ".join(" ".join(e.lines).split()) for e in entries if e.role in OF_TYPES}
        found = [entry for entry in entries if entry.role not in OF_TYPES]
        for (tag, name), type_ in types.items():
            role = OF_TYPES[tag]
            of = [entry for entry in found if entry.role == role and (entry.name == name or role != "parameters")]
            for entry in of or [Entry(role, name)]:
                entry.type = type_
                found += [] if of else [entry]
        return gathered(found, prose)

    def _entries(self, lines: list[str]) -> Iterator[Entry]:
        start = re.compile(rf"^ {{0,3}}{self.mark}([a-z]\w*)((?:\s+[^:]+?)?)\s*:(?!`)(?:\s+(.*)|$)")
        entry = Entry()
        for line in lines:
            if found := start.match(line):
                yield entry
                entry = self._read(found)
            else:
                entry.lines.append(line)
        yield entry

    @staticmethod
    def _read(found: re.Match[str]) -> Entry:
        tag, argument = found[1], " ".join((found[2] or "").replace("\\", "").split())
        role = tag if tag in OF_TYPES else ROLES.get(tag, "other")
        type_, _, name = argument.rpartition(" ") if role == "parameters" else ("", "", argument)
        if role in ("returns", "yields"):
            type_, name = argument, ""
        return Entry(role, name, type_ or None, [found[3] or ""])


REST = Fields(":", {"parameters": "param", "returns": "returns", "yields": "yields", "raises": "raises"})
EPYTEXT = Fields("@", {"parameters": "param", "returns": "return", "yields": "yield", "raises": "raise"})
REST_GUARD = re.compile(r"^(\s*)(\\*)(:(?=\S)|\.\.(?=\s)|([=\-~^\"'#*+.:_])\4{2,}\s*$)")
