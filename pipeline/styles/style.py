"""A style: its markup, the comment that holds it, and what of an interface it shows. Plain data."""

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.schema import Kind
from pipeline.styles.escape import NEVER
from pipeline.styles.form import Form
from pipeline.styles.inline import Inline
from pipeline.styles.markup import Markup
from pipeline.styles.prose import Prose


@dataclass(frozen=True, slots=True)
class Style:
    """How the documentation of a language is written."""

    markup: Markup
    form: Form
    inline: Inline
    guard: re.Pattern[str] = NEVER  # what would begin a section at the start of a line
    in_code: bool = True  # and would so in a block of code
    python: bool = False  # pydoclint's rules hold
    paragraph: str = ""  # what a paragraph begins with
    types: bool = False  # entries show declared types
    colon: bool = True  # which may hold a colon; else the text begins behind the first one
    yields: bool = False  # what is yielded has a section of its own
    entries: bool = True  # parameters and values are listed; in Go they are not
    rest: Literal["", "name", "type"] = ""  # where the mark of a parameter that takes any number stands
    optional: bool = False  # a parameter that has a default stands in brackets
    body: tuple[Kind, ...] = ()  # kinds whose documentation stands inside them, first
    module_form: Form | None = None
    module_head: str = ""  # a line that says that the comment is of its file
    module_tail: str = ""

    def form_of(self, kind: Kind) -> Form:
        """The comment for a kind of unit."""
        return (kind == "module" and self.module_form) or self.form

    def prose(self, width: int = 88, opening: int = 0) -> Prose:
        """How text is laid out inside the comment."""
        return Prose(self.inline, self.guard, max(width, 20), opening, self.paragraph, self.in_code)
