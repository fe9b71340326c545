"""Whether a documentation says of a unit what its syntax says: the rules of pydoclint, for every language.

In: the documentation and the unit. Out: results by name, which are part of a record's `CHECKS`. What has no section at
all claims nothing, and leaves nothing out. https://jsh9.github.io/pydoclint/violation_codes.html
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from pipeline.schema import Documentation, Item, Outline, Unit
from pipeline.styles import skeleton

SPAN, NAME, WORD = (
    re.compile(r"`+([^`\n]+?)`+"),
    re.compile(r"[^\W\d]\w*(?:\.\w+)*(?:\(\))?"),
    re.compile(r"[^\W\d]\w*"),
)
SENTENCE = re.compile(r"[^\W_a-z\d].*[^.!?][.!?]", re.UNICODE)
LONGEST_SUMMARY = 120  # characters
# Words of the languages themselves that need not stand in a file that one may mention them of.
KNOWN = {"None", "True", "False", "null", "nil", "true", "false", "self", "this", "undefined", "NaN", "void", "cls"}


def agreement(documentation: Documentation, unit: Unit, style: str) -> dict[str, Any]:
    """What of a documentation is not as the unit's syntax has it."""
    due = skeleton(unit.interface, unit.kind, style)
    named, there = names(documentation.parameters), names(due.parameters)
    return {
        "invented": bool(named - there),
        "missing": len(there - named) if documentation.parameters else 0,
        "returns": bool(documentation.returns) > bool(due.returns),
        "yields": bool(documentation.yields) > bool(due.yields),
        "raises": bool({item.name for item in documentation.raises} - {item.name for item in due.raises}),
        "summary": not SENTENCE.fullmatch(documentation.summary) or len(documentation.summary) > LONGEST_SUMMARY,
        "unknown": len(unknown(documentation, unit)),
    }


def names(items: Iterable[Item]) -> set[str]:
    """The names of parameters, without the marks that some styles put around them."""
    return {item.name.strip("*&$.[]") for item in items}


def unknown(documentation: Documentation, unit: Unit) -> set[str]:
    """The names that the texts put between backticks and that stand nowhere in the unit or its file's outline."""
    values = (documentation.returns, documentation.yields)
    items = (*documentation.parameters, *(value for value in values if value), *documentation.raises)
    texts = (documentation.summary, documentation.description, *(item.text for item in items))
    spans = {span for text in texts for span in SPAN.findall(text) if NAME.fullmatch(span)}
    if not spans:
        return set()
    known = _offered(unit.outline) | KNOWN | set(WORD.findall(unit.code))
    return {span for span in spans if not known.issuperset(WORD.findall(span))}


@lru_cache(maxsize=4)
def _offered(outline: Outline) -> frozenset[str]:
    """The words of a file's outline, which its units share."""
    lines = (*outline.imports, *(signature for _, signature in outline.signatures))
    return frozenset(word for line in lines for word in WORD.findall(line))
