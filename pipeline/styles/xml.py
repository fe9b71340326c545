"""C#'s documentation: XML elements, read with patterns rather than a parser, as they need not be well formed.

In: documentations, or lines. Out: the other.
https://learn.microsoft.com/dotnet/csharp/language-reference/xmldoc/recommended-tags
"""

import html
import re
from collections.abc import Iterator

from pipeline.schema import Documentation, Item
from pipeline.styles.markup import Entry, gathered, sections, word
from pipeline.styles.prose import Prose, one_line

TAGS = {"parameters": "param", "returns": "returns", "raises": "exception"}
NAMES = {"parameters": "name", "raises": "cref"}
ROLES = {"summary": "", "remarks": "", "param": "parameters", "returns": "returns", "exception": "raises"}
ELEMENT = re.compile(r"<(summary|remarks|param|returns|exception)\b([^>]*?)(?:/>|>(.*?)</\1>)", re.DOTALL)
NAME = re.compile(r"""(?:name|cref)\s*=\s*["'](?:\w:)?([^"']*)["']""")
REFERENCE = re.compile(r"""<(?:see|paramref|typeparamref)\s+(?:name|cref|langword)\s*=\s*"(?:\w:)?([^"]*)"\s*/>""")
PARAGRAPH = re.compile(r"\s*</?para\s*/?>\s*")


class Xml:
    """C#'s sections."""

    def write(self, documentation: Documentation, prose: Prose) -> list[str]:
        """The lines of the documentation."""
        lines = ["<summary>", *prose.lines(one_line(documentation.summary)), "</summary>"]
        if description := prose.lines(documentation.description):
            lines += ["<remarks>", *description, "</remarks>"]
        for role, items in sections(documentation):
            for item in items:
                lines += self._element(role, item, prose)
        return lines

    @staticmethod
    def _element(role: str, item: Item, prose: Prose) -> list[str]:
        tag, name = TAGS[role], html.escape(word(item.name))
        opening = f'<{tag} {NAMES[role]}="{name}">' if role in NAMES else f"<{tag}>"
        lines = prose.lines(item.text)
        short = len(lines) < 2 and len(opening) + sum(map(len, lines)) + len(tag) + 3 <= prose.width
        return ["".join([opening, *lines, f"</{tag}>"])] if short else [opening, *lines, f"</{tag}>"]

    def read(self, lines: list[str], prose: Prose) -> Documentation:
        """The documentation that the lines say."""
        return gathered(self._entries("\n".join(lines)), prose)

    @staticmethod
    def _entries(text: str) -> Iterator[Entry]:
        found = list(ELEMENT.finditer(text))
        if not found:
            yield Entry(lines=text.split("\n"))
        for element in found:
            body = REFERENCE.sub(r"<c>\1</c>", PARAGRAPH.sub("\n\n", element[3] or ""))
            name = NAME.search(element[2])
            yield Entry(ROLES[element[1]], html.unescape(name[1]) if name else "", None, body.strip().split("\n"))
