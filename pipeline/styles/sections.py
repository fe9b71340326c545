"""Sections under a title and a colon, their entries indented: Google's Python style, and Google's shell style.

In: documentations, or lines. Out: the other. Entries show what `pydoclint` compares: names and declared types.
https://google.github.io/styleguide/pyguide.html#383-functions-and-methods
https://google.github.io/styleguide/shellguide.html#function-comments
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.schema import Documentation, Item
from pipeline.styles.escape import escaped, unescaped
from pipeline.styles.markup import ROLES, Entry, bracketed, gathered, head, sections, top_level, word
from pipeline.styles.prose import Prose, one_line

TITLE = re.compile(r"^([A-Z][A-Za-z]*(?: [A-Za-z]+)?):\s*$")
OTHERS = {"attributes", "globals", "outputs", "warns", "receives", "example", "examples", "note", "notes", "see also"}
# What stands before a first colon and could be a type.
TYPE = re.compile(r"^[\w.]*\w(?:<>)?(?:(?: \| |\||, ?| or | of )[\w.]*\w(?:<>)?)*$")
TYPED = re.compile(r"^([^\s:\\]+(?: ?(?:\|| or | of ) ?[^\s:\\]+)*)(\\*)(:(?=\s|$))")
COLON = re.compile(r":(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Sections:
    """The titles by role, the indentation of an entry, what stands between name and text, and whether types do."""

    titles: dict[str, str]
    indent: str
    mark: str
    types: bool

    def write(self, documentation: Documentation, prose: Prose) -> list[str]:
        """The lines of the documentation."""
        lines = head(documentation, prose)
        for role, items in sections(documentation):
            lines += ["", f"{self.titles[role]}:"]
            for item in items:
                lines += self._entry(role, item, prose)
        return lines

    def _entry(self, role: str, item: Item, prose: Prose) -> list[str]:
        label = self._label(role, item)
        text = item.text if label else escaped(TYPED, item.text.lstrip())
        lead = f"{self.indent}{label}{self.mark}" if label else self.indent
        return prose.lines(text, lead=lead, hang=self.indent * (2 if label else 1)) or [lead.rstrip()]

    def _label(self, role: str, item: Item) -> str:
        name, type_ = word(item.name), one_line(item.type) if self.types else ""
        if role == "parameters":
            return f"{name} ({type_})" if type_ else name
        return name if role == "raises" else type_

    def read(self, lines: list[str], prose: Prose) -> Documentation:
        """The documentation that the lines say."""
        return gathered(self._entries(lines), prose)

    def _entries(self, lines: list[str]) -> Iterator[Entry]:
        entry, role, indent = Entry(), "", 0
        for line in lines:
            title = TITLE.match(line)
            if title and title[1].lower() in ROLES.keys() | OTHERS:
                yield entry
                role, indent = ROLES.get(title[1].lower(), "other"), 0
                entry = Entry("other")
            elif role and line[:1].strip():
                yield entry
                entry, role = Entry(lines=[line]), ""
            elif role and line.strip() and self._begins(line, indent, entry, role):
                yield entry
                indent = len(line) - len(line.lstrip())
                entry = self._read(role, line.strip())
            else:
                entry.lines.append(line)
        yield entry

    @staticmethod
    def _begins(line: str, indent: int, entry: Entry, role: str) -> bool:
        single = role in ("returns", "yields") and entry.role == role
        return not single and (not indent or len(line) - len(line.lstrip()) <= indent)

    def _read(self, role: str, line: str) -> Entry:
        if role in ("returns", "yields"):
            type_, text = typed(line) if self.types else (None, line)
            return Entry(role, "", type_, [unescaped(TYPED, text) if type_ is None else text])
        name, text = self._named(line)
        opening = name.find("(")
        if opening > 0 and bracketed(name[opening:]) == len(name) - opening:
            return Entry(role, name[:opening].strip(), plain_type(name[opening + 1 : -1]), [text])
        return Entry(role, name, None, [text])

    def _named(self, line: str) -> tuple[str, str]:
        at = top_level(line, COLON if self.mark == ": " else re.compile(r"\s-\s|\s-$|:\s"))
        return (line[:at].strip(), line[at:].lstrip(" :-").strip()) if at > 0 else (line.strip(), "")


def typed(line: str) -> tuple[str | None, str]:
    """A type before the first colon, if what stands there looks like one, and the rest."""
    at = top_level(line, COLON)
    if at > 0 and TYPE.match(re.sub(r"[\[(].*[\])]", "<>", line[:at].strip("\"'`"))):
        return plain_type(line[:at]), line[at + 1 :].strip()
    return None, line


def plain_type(text: str) -> str:
    """A type without what people say beside it of defaults."""
    return re.sub(r",\s*(?:optional|default\b.*|keyword-only)$", "", text.strip())


GOOGLE = Sections(
    {"parameters": "Args", "returns": "Returns", "yields": "Yields", "raises": "Raises"}, " " * 4, ": ", True
)
SHELL = Sections({"parameters": "Arguments", "returns": "Returns", "raises": "Raises"}, "  ", " - ", False)
GUARD = re.compile(
    r"^(\s*(?:" + "|".join(sorted({*ROLES, *OTHERS}, key=len, reverse=True)) + r"))(\\*)(:\s*$)", re.IGNORECASE
)
