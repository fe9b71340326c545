"""How a documentation stands in its file: the delimiters of a comment, or of a string, and what could end it early.

In: lines of a markup. Out: lines of source code that are one comment or one string, whatever the text says; and back.
Where a language has no escape, what would end the comment is changed so that one sees it (`* /`). Knows no markup.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.styles import quoted
from pipeline.styles.escape import NEVER, escaped, unescaped

Line = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Form:
    """A comment: what opens it, stands before each line, and closes it; without `close`, it ends with its lines.

    `breaks` takes a backslash inside it (as `escape` has it), `swaps` are exchanged, in order: both would end the
    comment, or open one inside it. `string` is a literal of that language instead.
    """

    open: str = ""
    prefix: str = ""
    close: str = ""
    stripped: re.Pattern[str] = NEVER  # what a line of such a comment may begin with
    breaks: re.Pattern[str] = NEVER
    swaps: tuple[tuple[re.Pattern[str], str], ...] = ()
    tight: str = ""  # a line that begins with this stands right behind the prefix
    hugging: bool = False  # the first line stands behind what opens the comment
    string: quoted.Literal | None = None

    @property
    def margin(self) -> int:
        """Columns that a line loses to its prefix."""
        return len(self.prefix)

    @property
    def opening(self) -> int:
        """Columns that the first line loses to what opens the comment, if that is more."""
        if self.string is not None:
            return 0 if self.string.block else 4
        return 0 if self.close or not self.open else len(self.open) - len(self.prefix)

    def begins(self, text: str) -> bool:
        """Whether a text could be such a comment."""
        return self.string is not None or text.lstrip().startswith(((self.open or self.prefix).strip(), "/*!"))

    def safe(self, line: str) -> str:
        """The line, unable to end the comment."""
        for pattern, visible in self.swaps:
            line = pattern.sub(visible, line)
        return escaped(self.breaks, line)

    def enclosed(self, lines: list[str], kind: str, width: int) -> list[str]:
        """The lines as a comment, or string, without indentation; on one line if that has no more than `width`."""
        if self.string is not None:
            return self.string.enclosed(lines, kind, width)
        lines = [self.safe(line) for line in lines]
        if not self.close:
            return [self._prefixed(line, first=not i) for i, line in enumerate(lines)]
        short = f"{self.open} {lines[0]} {self.close.strip()}"
        if len(lines) == 1 and len(short) <= width:
            return [short]
        if self.hugging:
            return [f"{self.open} {lines[0]}", *((self.prefix + line).rstrip() for line in lines[1:]), self.close]
        return [self.open, *((self.prefix + line).rstrip() for line in lines), self.close]

    def _prefixed(self, line: str, first: bool) -> str:
        prefix = (first and self.open) or self.prefix
        return ((prefix.rstrip() if self.tight and line.startswith(self.tight) else prefix) + line).rstrip()

    def content(self, text: str) -> list[str]:
        """The lines of a comment or string of this form, without their delimiters, prefixes and common indentation."""
        if self.string is not None:
            return self.string.content(text)
        text = text.strip()
        if self.close:
            text = re.sub(r"\s*\**" + re.escape(self.close.strip()) + "$", "", re.sub(r"^/\*[*!]+|^\(\*\*", "", text))
        elif self.open:
            text = re.sub(r"^(--+) ?[|^]", r"\1", text)
        lines = [self.stripped.sub("", line).rstrip() for line in text.split("\n")]
        lines = [unescaped(self.breaks, line) for line in lines]
        return quoted.dedented(lines if self.close else ["", *lines])


def _line(
    prefix: str, stripped: str, swaps: tuple[tuple[re.Pattern[str], str], ...] = (), open_: str = "", tight: str = ""
) -> Form:
    return Form(open_, prefix, stripped=re.compile(stripped), swaps=swaps, tight=tight)


STAR = re.compile(r"^\s*\*(?:(?=\s*$)| ?)")
# What a Markdown renderer shows as the same characters; where comments nest, none may open either.
ENDS = re.compile(r"((?<=\*)(?=\\*/))(\\*)()")
NESTS = re.compile(r"((?<=\*)(?=\\*/)|(?<=/)(?=\\*\*))(\\*)()")
# HTML, and a backslash that Java (and Scala 2) would read as part of `\u002a` even here.
# https://docs.oracle.com/javase/specs/jls/se21/html/jls-3.html#jls-3.3
HTML = ((re.compile(r"(?<=\*)/"), "&#47;"), (re.compile(r"\\(?=u)"), "&#92;"))
NESTED_HTML = ((re.compile(r"(?<=/)\*"), "&#42;"), *HTML)
# C joins a line that ends with a backslash, or its trigraph, with the next one before it sees comments; so does the
# preprocessor that Haskell files may pass. https://en.cppreference.com/w/c/language/translation_phases
SPLICE = ((re.compile(r"\\$"), "&#92;"), (re.compile(r"\?\?/$"), "??&#47;"))
SPACED = ((re.compile(r"(?<=\*)/"), " /"), (re.compile(r"/(?=\*)"), "/ "))
# Strings and quoted strings are read inside OCaml's comments. https://ocaml.org/manual/5.2/lex.html
OCAML = (
    (re.compile(r'(?<![^\s(\[{])"'), "“"),
    (re.compile(r'"'), "”"),
    (re.compile(r"\{(?=[%\w.'\s]*\|)"), "{ "),
    (re.compile(r"(?<=\()\*|(?<=\*)\)"), r" \g<0>"),
)
# A comment before the package is read for these. https://pkg.go.dev/cmd/go#hdr-Build_constraints
GO = ((re.compile(r"^\+build\b"), r"\\+build"), (re.compile(r"^(Code generated) (?=.*DO NOT EDIT\.$)"), r"“\1” "))

BLOCK = Form("/**", " * ", " */", STAR, breaks=ENDS)
NESTED_BLOCK = Form("/**", " * ", " */", STAR, breaks=NESTS)
HTML_BLOCK = Form("/**", " * ", " */", STAR, swaps=HTML)
NESTED_HTML_BLOCK = Form("/**", " * ", " */", STAR, swaps=NESTED_HTML)
C_BLOCK = Form("/**", " * ", " */", STAR, swaps=SPACED)
OCAML_BLOCK = Form("(**", "    ", "*)", re.compile(r"^\s{0,4}"), swaps=OCAML, hugging=True)
SLASHES = _line("/// ", r"^\s*//[/!] ?")
INNER_SLASHES = _line("//! ", r"^\s*//[/!] ?")
C_SLASHES = _line("/// ", r"^\s*//[/!] ?", SPLICE)
GO_SLASHES = _line("// ", r"^\s*// ?", GO)
HASHES = _line("# ", r"^\s*#+ ?")
BARS = _line("-- ", r"^\s*--+ ?", SPLICE, open_="-- | ")
DASHES = _line("--- ", r"^\s*--+ ?", tight="@")
PYTHON = Form(string=quoted.PYTHON)
JULIA = Form(string=quoted.JULIA)
ELIXIR = Form(string=quoted.ELIXIR)
