"""Sections under headings, their entries in lists: Rust's, Julia's and Elixir's Markdown, Go's comments, Haddock.

In: documentations, or lines. Out: the other. Go and Haddock have no sections, but headings and lists.
https://doc.rust-lang.org/rustdoc/how-to-write-documentation.html
https://docs.julialang.org/en/v1/manual/documentation/
https://hexdocs.pm/elixir/writing-documentation.html
https://go.dev/doc/comment
https://haskell-haddock.readthedocs.io/latest/markup.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.schema import Documentation, Item
from pipeline.styles.markup import ROLES, Entry, gathered, head, sections, word
from pipeline.styles.prose import Prose, coded, one_line

BULLET = re.compile(r"^\s*[-*+]\s+(?:`([^`]+)`|\*\*(\S+)\*\*|([\w.*!?$]+)(?=\s*(?::| -|—)))\s*(?:[:—–-]+\s*)?(.*)$")
VALUE = re.compile(r"^\s*-(?=\s+`)")  # a type before what is said of a value
DEFINED = re.compile(r"^\s*\[@?([^\]@]+)@?\]:?\s*(.*)$")
HEADING = {mark: re.compile(rf"^{mark}{{1,6}}\s+(.+?)\s*#*\s*$") for mark in "#="}


@dataclass(frozen=True, slots=True)
class Headings:
    """The heading's mark, the titles by role, and what stands around the name of an entry."""

    mark: str
    titles: dict[str, str]
    opening: str
    closing: str
    hang: str = "  "
    types: bool = False
    panics: str = ""  # the title of what ends the program rather than the call

    def write(self, documentation: Documentation, prose: Prose) -> list[str]:
        """The lines of the documentation."""
        lines = head(documentation, prose)
        for title, role, items in self._sections(documentation):
            lines += ["", f"{self.mark} {title}", ""]
            for item in items:
                lines += self._entry(role, item, prose)
        return lines

    def _sections(self, documentation: Documentation) -> Iterator[tuple[str, str, list[Item]]]:
        for role, items in sections(documentation):
            loud = [item for item in items if self.panics and role == "raises" and item.name.endswith("!")]
            quiet = [item for item in items if item not in loud]
            yield from [(self.titles[role], role, quiet)] if quiet else []
            yield from [(self.panics, role, loud)] if loud else []

    def _entry(self, role: str, item: Item, prose: Prose) -> list[str]:
        name = word(item.name) if role in ("parameters", "raises") else ""
        type_ = one_line(item.type) if self.types else ""
        label = f"{name}::{type_}" if type_ and name else name or type_
        if not label:
            return prose.lines(VALUE.sub("*", item.text))
        return prose.lines(item.text, lead=f"{self.opening}{label}{self.closing} ", hang=self.hang)

    def read(self, lines: list[str], prose: Prose) -> Documentation:
        """The documentation that the lines say."""
        return gathered(self._entries(lines), prose)

    def _entries(self, lines: list[str]) -> Iterator[Entry]:
        entry, role = Entry(), ""
        for line, code in coded(lines):
            title = None if code else HEADING[self.mark[0]].match(line)
            if title and (role or title[1].lower() in ROLES):
                yield entry
                role = ROLES.get(title[1].lower(), "")
                entry = Entry("blank") if role else Entry(lines=[line])
            elif role and not code and (found := self._read(role, line)):
                yield entry
                entry = found
            elif role and entry.role == "blank" and line.strip():
                entry = Entry(role, lines=[line])
            else:
                entry.lines.append(line)
        yield entry

    def _read(self, role: str, line: str) -> Entry | None:
        if found := DEFINED.match(line) if self.mark[0] == "=" else None:
            return Entry(role, found[1], None, [found[2]])
        if not (found := BULLET.match(line)) or len(line) - len(line.lstrip()) > len(self.opening) - 2:
            return None
        label, text = found[1] or found[2] or found[3], found[4]
        name, _, type_ = label.partition("::") if self.types else (label, "", "")
        if role == "returns":
            return Entry(role, "", label, [text]) if self.types and VALUE.match(line) else None
        return Entry(role, name, type_ or None, [text])


def _titles(parameters: str, raises: str) -> dict[str, str]:
    return {"parameters": parameters, "returns": "Returns", "raises": raises}


RUSTDOC = Headings("#", _titles("Arguments", "Errors"), "* `", "` -", panics="Panics")
JULIA = Headings("#", _titles("Arguments", "Throws"), "- `", "`:", types=True)
EXDOC = Headings("##", _titles("Parameters", "Raises"), "  * `", "` -", hang="    ")
GODOC = Headings("#", _titles("Parameters", "Errors"), "  - ", ":", hang="    ")
HADDOCK = Headings("===", _titles("Arguments", "Exceptions"), "[@", "@]:", hang="    ")
HASH = re.compile(r"^(\s*)(\\*)(#{1,6}(?=\s|$)|(?:=+|-+)\s*$)")
EQUALS = re.compile(r"^(\s*)(\\*)(={1,6}(?=\s)|\[(?!@?\S+\]\()|>)")
