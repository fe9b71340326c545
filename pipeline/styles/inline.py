"""How a markup writes what stands inside a line: plain words and code spans; and how these are read back.

In: a word or a line of plain text, with Markdown's code spans. Out: the same in a markup, where nothing in the plain
part is markup by chance. Knows nothing of sections, lines or comments.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.styles.escape import NEVER, escaped, unescaped

SPAN = re.compile(r"(?<!`)(`+)(?!`)([^\n]{1,300}?)(?<!`)\1(?!`)")

Match = re.Match[str]


@dataclass(frozen=True, slots=True)
class Inline:
    """Three ways: plain text into markup, a span of code into markup, and markup into text."""

    plain: Callable[[str], str]
    code: Callable[[Match], str]
    read: Callable[[str], str]
    fences: bool = False  # fenced blocks of code are markup, and stay as they are

    def written(self, text: str) -> str:
        """The text in this markup."""
        return around(SPAN, text, self.plain, self.code)


def around(pattern: re.Pattern[str], text: str, plain: Callable[[str], str], found: Callable[[Match], str]) -> str:
    """The text with each match replaced, and with what stands between them."""
    parts, at = [], 0
    for match in pattern.finditer(text):
        parts += [plain(text[at : match.start()]), found(match)]
        at = match.end()
    return "".join([*parts, plain(text[at:])])


def _whole(match: Match) -> str:
    return match[0]


def markdown(special: re.Pattern[str] = NEVER) -> Inline:
    """Markdown, in which a backslash keeps what is special from being markup. https://spec.commonmark.org/0.31.2/"""

    def plain(text: str) -> str:
        return escaped(special, text)

    def read(text: str) -> str:
        return around(SPAN, text, lambda part: unescaped(special, part), _whole)

    return Inline(plain, _whole, read, fences=True)


def delimited(special: str, opening: str, closing: str, inside: str = r"(?!)") -> Inline:
    """A markup with code between delimiters, and a backslash before what is special, or special `inside` code."""
    mark, nested = re.compile(special), re.compile(inside)
    first, last = re.escape(opening), re.escape(closing)
    token = re.compile(rf"{first}((?:\\[^\w\s]|(?!{last})[^\n])+?){last}|\\([^\w\s])")

    def plain(text: str) -> str:
        return mark.sub(r"\\\g<0>", text)

    def code(span: Match) -> str:
        if closing in nested.sub("", span[2]) or span[2].endswith("\\") or span[2] != span[2].strip():
            return plain(span[0])
        return opening + nested.sub(r"\\\g<0>", span[2]) + closing

    def original(found: Match) -> str:
        if found[1] is None:
            return found[2]
        return ticked(re.sub(r"\\([^\w\s])", r"\1", found[1]) if inside != r"(?!)" else found[1])

    return Inline(plain, code, lambda text: token.sub(original, text))


def ticked(code: str) -> str:
    """Code as a span of Markdown, with as many backticks as it takes."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    ticks, pad = "`" * (longest + 1), " " if "`" in code else ""
    return f"{ticks}{pad}{code}{pad}{ticks}"


def ticked_html() -> Inline:
    """HTML beside code in backticks. https://docs.scala-lang.org/overviews/scaladoc/for-library-authors.html"""
    return Inline(_plain_html, _whole, lambda text: around(SPAN, text, html.unescape, _whole))


def _plain_html(text: str) -> str:
    return html.escape(text, quote=False)


def entities(opening: str, closing: str, braced: bool = False) -> Inline:
    """HTML or XML: entities for what is special, code in an element, or in `{@code …}` where it can stand there.

    https://docs.oracle.com/en/java/javase/21/docs/specs/javadoc/doc-comment-spec.html
    https://learn.microsoft.com/dotnet/csharp/language-reference/xmldoc/
    """
    token = re.compile(rf"\{{@code\s+([^{{}}]*)\}}|{re.escape(opening)}(.*?){re.escape(closing)}", re.DOTALL)

    def plain(text: str) -> str:
        return _plain_html(text).replace("@", "&#64;") if braced else _plain_html(text)

    def code(span: Match) -> str:
        if braced and not re.search(r"[{}@\\`]|\*/|/\*", span[2]):
            return f"{{@code {span[2]}}}"
        return f"{opening}{plain(span[2])}{closing}"

    def original(found: Match) -> str:
        return ticked(found[1] if found[1] is not None else html.unescape(found[2]))

    def unescaped_html(text: str) -> str:
        return html.unescape(re.sub(r"</?p(?:ara)?>", "", text))

    return Inline(plain, code, lambda text: around(token, text, unescaped_html, original))
