"""A documentation in, the source text of its comment or docstring out; and where that stands.

Knows nothing of files: the text has its indentation, and whoever puts it there sees to the lines around it.
"""

import re
from dataclasses import replace
from typing import Literal

from pipeline.schema import Documentation, Interface, Item, Kind
from pipeline.styles import annotations
from pipeline.styles.markup import one
from pipeline.styles.style import Style
from pipeline.styles.table import STYLES

WIDTH = 88  # columns
SIMPLE = re.compile(r"[\w.'\"+-]{1,20}")  # a default that is shown


def written(
    documentation: Documentation,
    interface: Interface,
    style: str,
    kind: Kind,
    indent: str = "",
    newline: str = "\n",
    width: int = WIDTH,
) -> str:
    """The documentation as it stands in a file: every line behind `indent`, between them `newline`, none at the end.

    Lines have at most `width` columns with their indentation, where no word is longer. Whatever the texts hold, this
    is one comment, or one string. Raises KeyError for a style that there is not.
    """
    columns = width - len(indent.expandtabs(4))
    lines = phrased(documentation, interface, style, kind, columns)
    made = STYLES[style].form_of(kind).enclosed(lines or [""], kind, columns)
    return newline.join((indent + line).rstrip() for line in made)


def phrased(
    documentation: Documentation, interface: Interface, style: str, kind: Kind, width: int = WIDTH
) -> list[str]:
    """The lines of the documentation, without comment or string around them. Raises KeyError for no such style."""
    the = STYLES[style]
    documentation = _optional(documentation, interface) if the.optional else documentation
    documentation = documentation if the.colon else _without_colons(documentation)
    return _lines(_due(documentation, the), style, kind, width)


def _optional(documentation: Documentation, interface: Interface) -> Documentation:
    """The documentation with those parameters in brackets that may be left out, with plain defaults."""
    defaults = {
        parameter.name: parameter.default for parameter in interface.parameters if parameter.default is not None
    }

    def bracketed(name: str) -> str:
        return f"[{name}={defaults[name]}]" if SIMPLE.fullmatch(defaults[name]) else f"[{name}]"

    items = documentation.parameters
    shown = tuple(replace(item, name=bracketed(item.name)) if item.name in defaults else item for item in items)
    return replace(documentation, parameters=shown)


def _without_colons(documentation: Documentation) -> Documentation:
    """The documentation with types behind which a reader still finds the text."""

    def said(item: Item) -> Item:
        return replace(item, type=annotations.plain(item.type))

    returns, yields = (value and said(value) for value in (documentation.returns, documentation.yields))
    return replace(documentation, parameters=tuple(map(said, documentation.parameters)), returns=returns, yields=yields)


def _due(documentation: Documentation, style: Style) -> Documentation:
    """The documentation with the sections that the style has, without those of which nothing would be said."""

    def due(item: Item | None) -> bool:
        return item is not None and bool(item.text.strip() or item.name or (style.types and item.type))

    values = [item for item in (documentation.returns, documentation.yields) if item and due(item)]
    raises = tuple(item for item in documentation.raises if due(item))
    if style.yields:
        returns, yields = (item if due(item) else None for item in (documentation.returns, documentation.yields))
        return replace(documentation, returns=returns, yields=yields, raises=raises)
    return replace(documentation, returns=one(values), yields=None, raises=raises)


def _lines(documentation: Documentation, style: str, kind: Kind, columns: int) -> list[str]:
    the, form = STYLES[style], STYLES[style].form_of(kind)
    lines = the.markup.write(documentation, the.prose(columns - form.margin, form.opening))
    if kind != "module":
        return lines
    lead = [the.module_head] if the.module_head else []
    return [*lead, *lines, *(["", the.module_tail] if the.module_tail else [])]


def place(style: str, kind: Kind) -> Literal["body", "before"]:
    """Where the documentation of a kind of unit stands: first in its body, or before it."""
    return "body" if kind in STYLES[style].body or (kind == "module" and STYLES[style].module_form) else "before"
