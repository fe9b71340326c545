"""Documentation that is a string of its language: Python's, Julia's and Elixir's triple quotes.

In: lines of a markup. Out: the lines of a literal that evaluates to exactly these; and back. Knows no markup.
https://docs.python.org/3/reference/lexical_analysis.html#string-and-bytes-literals
https://docs.julialang.org/en/v1/manual/documentation/
https://hexdocs.pm/elixir/writing-documentation.html
"""

import ast
import re
import textwrap
import warnings
from dataclasses import dataclass

from pipeline.styles.escape import NEVER

QUOTES = '"""'
RUN = r'"(?=")|(?<=")"'  # quotes side by side: any three would close


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal: what stands before its quotes by kind of unit, and what takes a backslash; raw ones may have none."""

    before: tuple[tuple[str, str], ...] = ()
    special: re.Pattern[str] = NEVER
    block: bool = True  # the quotes stand on lines of their own
    raw: bool = False  # a text with backslashes is written as a raw string

    def enclosed(self, lines: list[str], kind: str, width: int) -> list[str]:
        """The lines as a literal, without indentation; on one line if that has no more than `width` columns."""
        opening = dict(self.before).get(kind, dict(self.before).get("", "")) + QUOTES
        alone = not self.block and len(lines) == 1 and len(opening) + len(lines[0]) + 4 <= width
        if self.raw and any("\\" in line for line in lines) and _can_be_raw(lines, alone):
            opening = "r" + opening
        else:
            special = re.compile(self.special.pattern + '|"$') if alone else self.special
            lines = [special.sub(r"\\\g<0>", line) for line in lines]
        if alone:
            return [opening + lines[0] + QUOTES]
        return [opening, *lines, QUOTES] if self.block else [opening + lines[0], *lines[1:], QUOTES]

    def content(self, text: str) -> list[str]:
        """The lines of such a literal, without their common indentation."""
        value = _evaluated(text.strip()) if self.raw else _unquoted(text.strip())
        return dedented(value.expandtabs().split("\n"))


def _can_be_raw(lines: list[str], alone: bool) -> bool:
    return not any(QUOTES in line for line in lines) and not (alone and lines[0].endswith(('"', "\\")))


def _evaluated(text: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # escapes that Python will refuse one day
        try:
            value = ast.literal_eval(text)
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            value = None
    return value if isinstance(value, str) else _unquoted(text)


ESCAPES = {"n": "\n", "t": "\t"}


def _unquoted(text: str) -> str:
    body = re.sub(r'^[^"\n]*"{1,3}|"{1,3}$', "", text)
    raw = re.match(r'[^"\n]*(?:~S|raw)"', text)
    return body if raw else re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[1]), body)


def dedented(lines: list[str]) -> list[str]:
    """The lines without the indentation that those after the first share, and no empty ones around."""
    first, rest = lines[:1], textwrap.dedent("\n".join(lines[1:])).split("\n") if len(lines) > 1 else []
    made = [first[0].strip() if first else "", *rest]
    while made and not made[0].strip():
        made.pop(0)
    while made and not made[-1].strip():
        made.pop()
    return made if made and first and first[0].strip() else textwrap.dedent("\n".join(made)).split("\n")


PYTHON = Literal(special=re.compile(rf"\\|{RUN}"), block=False, raw=True)
JULIA = Literal(special=re.compile(rf"[\\$]|{RUN}"))
ELIXIR = Literal(
    before=(("", "@doc "), ("class", "@moduledoc "), ("module", "@moduledoc ")),
    special=re.compile(rf"\\|#(?=\{{)|{RUN}"),
)
