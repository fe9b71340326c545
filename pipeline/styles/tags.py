"""Tags at the start of a line, `@param x text`: those of most languages, which differ in where a type stands, and how.

In: documentations, or lines. Out: the other.
https://jsdoc.app                                    https://tsdoc.org
https://docs.oracle.com/en/java/javase/21/docs/specs/javadoc/doc-comment-spec.html
https://kotlinlang.org/docs/kotlin-doc.html          https://docs.scala-lang.org/style/scaladoc.html
https://www.doxygen.nl/manual/commands.html          https://rubydoc.info/gems/yard/file/docs/Tags.md
https://docs.phpdoc.org/guide/references/phpdoc      https://ocaml.org/manual/5.2/ocamldoc.html
https://luals.github.io/wiki/annotations
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.schema import Documentation, Item
from pipeline.styles.escape import escaped, unescaped
from pipeline.styles.markup import ROLES, Entry, bracketed, gathered, head, sections, top_level, word
from pipeline.styles.prose import Prose, coded, one_line

START = re.compile(r"^\s*[@\\]([a-zA-Z][\w-]*)(?:\[[\w,]+\])?(?:\s+(.*)|$|(?=[{\[])(.*))")
HEADS = {"brief", "short", "summary", "description", "desc", "details", "file", "fileoverview", "overview", "remarks"}
SPACE = re.compile(r"(?<![:,])\s+")
DASH = re.compile(r"^(?:[-–—]+|:)(?:\s+|$)")
BRACKET = re.compile(r"^()(\\*)([{\[])")
LINK = re.compile(r"\{@link\s+([^}|\s]+)[^}]*\}\s*")
HANG = "  "


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags by role, and how a type stands beside a name."""

    names: dict[str, str]
    types: str = ""  # what is around a type: `{}`, `[]`, or a space; nothing where types are not written
    first: bool = True  # the type stands before the name
    dash: str = " "  # between name and text
    error: str = ""  # what is around the name of an exception
    unknown: str = ""  # stands for a type that nobody declared, where there must be one
    mark: str = ""  # before the text of a value
    brief: str = ""  # before the summary
    wrapped: bool = True  # an entry may go on on the next line
    sigil: str = ""  # what a parameter's name begins with
    fences: bool = False  # no tag is one in a block of code
    marks: str = "@"  # what a tag may begin with

    def write(self, documentation: Documentation, prose: Prose) -> list[str]:
        """The lines of the documentation."""
        lines = head(documentation, prose, lead=self.brief)
        tags = [
            line for role, items in sections(documentation) for item in items for line in self._tag(role, item, prose)
        ]
        return [*lines, "", *tags] if tags and lines else lines or tags

    def _tag(self, role: str, item: Item, prose: Prose) -> list[str]:
        parts = [f"@{self.names[role]}", *self._label(role, item)]
        dash = self.dash if role == "parameters" else f" {self.mark}" if role in ("returns", "yields") else " "
        text = escaped(BRACKET, item.text.lstrip()) if self._could_be_typed(role, item) else item.text
        lead = " ".join(parts) + dash
        if self.wrapped:
            return prose.lines(text, lead=lead, hang=HANG)
        text = " ".join(line.strip() for line in prose.lines(text, lead=" ") if line.strip())
        return [lead + text if text else " ".join(parts)]

    def _could_be_typed(self, role: str, item: Item) -> bool:
        return (
            self.types in ("{}", "[]")
            and not item.type
            and role != "raises"
            and (role != "parameters" or not self.first)
        )

    def _label(self, role: str, item: Item) -> list[str]:
        name = word(item.name)
        if role == "raises":
            opening, closing = self.error[: len(self.error) - 1], self.error[-1:]
            return [f"{opening}{name}{closing}"] if name else []
        type_ = self._type(role, item)
        if role != "parameters":
            return [type_] if type_ else []
        name = name if name.startswith((self.sigil, "&", ".")) else self.sigil + name
        return [part for part in ((type_, name) if self.first else (name, type_)) if part]

    def _type(self, role: str, item: Item) -> str:
        type_ = one_line(item.type) if self.types else ""
        if self.types == " ":
            needed = role != "parameters" or not self.first
            return SPACE_AROUND.sub(r"\1", type_) or (self.unknown if needed else "")
        return f"{self.types[0]}{type_}{self.types[1]}" if type_ else ""

    def read(self, lines: list[str], prose: Prose) -> Documentation:
        """The documentation that the lines say."""
        return gathered(self._entries(lines), prose)

    def _entries(self, lines: list[str]) -> Iterator[Entry]:
        entry = Entry()
        for line, code in coded(lines):
            found = None if code and self.fences else START.match(line)
            if found and line.lstrip()[0] in self.marks and (line.lstrip()[0] == "@" or _known(found[1])):
                yield entry
                entry = self._read(found[1].lower(), (found[2] or found[3] or "").strip())
            else:
                entry.lines.append(line)
        yield entry

    def _read(self, tag: str, text: str) -> Entry:
        role = ROLES.get(tag, "" if tag in HEADS else "other")
        if role == "raises":
            return self._error(text)
        if role == "parameters":
            return self._parameter(text)
        type_, text = self._typed(text) if role else (None, text)
        text = text.removeprefix(self.mark.strip()).lstrip() if self.mark else text
        return Entry(role, "", type_, [text if type_ else unescaped(BRACKET, text)])

    def _parameter(self, text: str) -> Entry:
        type_ = None
        if not self.sigil or not text.startswith((self.sigil, "&", "...")):
            leads = self.first or (text[:1] in "[{" and text[:1] in self.types)
            type_, text = self._typed(text) if leads else (None, text)
        if text[:1] == "[" and (end := bracketed(text)):
            name, text = text[1 : end - 1].partition("=")[0].strip(), text[end:].lstrip()
        else:
            name, _, text = text.partition(" ")
        if not self.first and type_ is None:
            type_, text = self._typed(text.lstrip())
            text = text if type_ else unescaped(BRACKET, text)
        name = name.rstrip("?") if self.types == " " else name
        return Entry("parameters", name, type_, [DASH.sub("", text.lstrip())])

    def _typed(self, text: str) -> tuple[str | None, str]:
        if self.types == " ":
            at = top_level(text, SPACE)
            type_, rest = (text[:at], text[at:].lstrip()) if at > 0 else (text, "")
            return (None if type_ == self.unknown else type_ or None), rest
        if self.types and text[:1] == self.types[0] and (end := bracketed(text)):
            return text[1 : end - 1].strip() or None, text[end:].lstrip()
        return None, text

    def _error(self, text: str) -> Entry:
        if found := LINK.match(text):
            return Entry("raises", found[1], None, [text[found.end() :]])
        if text[:1] in ("{", "[") and (end := bracketed(text)):
            return Entry("raises", text[1 : end - 1], None, [text[end:].lstrip(" -")])
        name, _, text = text.partition(" ")
        return Entry("raises", name, None, [text.lstrip()])


def _known(tag: str) -> bool:
    return tag.lower() in ROLES.keys() | HEADS


SPACE_AROUND = re.compile(r"\s*([|&])\s*")


def _names(returns: str, raises: str, yields: str = "") -> dict[str, str]:
    return {"parameters": "param", "returns": returns, "yields": yields, "raises": raises}


JSDOC = Tags(_names("returns", "throws", "yields"), types="{}", dash=" - ", error="{}")
TSDOC = Tags(_names("returns", "throws"), dash=" - ", error="{@link }", fences=True)
JAVADOC = Tags(_names("return", "throws"))
DOXYGEN = Tags(_names("return", "throws"), brief="@brief ", marks="@\\")
YARD = Tags(_names("return", "raise"), types="[]", first=False, error="[]")
PHPDOC = Tags(_names("return", "throws"), types=" ", unknown="mixed", sigil="$")
OCAMLDOC = Tags(_names("return", "raise"))
LUALS = Tags(_names("return", "raise"), types=" ", first=False, unknown="any", mark="# ", wrapped=False)
AT = re.compile(r"^(\s*)(\\*)(@(?=\w))")
