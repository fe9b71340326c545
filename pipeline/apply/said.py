"""What a record says of its unit, and what that adds to the documentation that the unit has.

In: a row, or two documentations. Out: one documentation, in no style. A record without one is read from its text, in
whatever style the model wrote it.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipeline.apply.outcome import LeftOutError
from pipeline.schema import Documentation, Item
from pipeline.styles import LANGUAGES, detected, parsed, understood

DELIMITED = re.compile(r'\s*(?:[rRuU]?(?:"""|\'\'\')|/\*\*|///|//!|@doc|@moduledoc|\(\*\*)')
FIRST_SENTENCE = re.compile(r"(.+?[.!?])(?:\s+|$)(?=[^a-z]|$)", re.DOTALL)
LONGEST_SUMMARY = 200  # characters; a longer first paragraph is a sentence and a description


def said(row: Mapping[str, Any], language: str) -> Documentation:
    """The documentation of a record. LeftOutError if it says nothing."""
    given = row.get("documentation")
    made = structured(given) if given else free(row.get("output") or "", language)
    if not (made.summary.strip() or made.description.strip()):
        raise LeftOutError("says_nothing")
    return made


def structured(given: Mapping[str, Any]) -> Documentation:
    """A value of the column `documentation`."""
    return Documentation(
        summary=given["summary"] or "",
        description=given["description"] or "",
        parameters=tuple(_item(item) for item in given["parameters"] or ()),
        returns=_item(given["returns"]) if given["returns"] else None,
        yields=_item(given["yields"]) if given["yields"] else None,
        raises=tuple(_item(item) for item in given["raises"] or ()),
    )


def _item(given: Mapping[str, Any]) -> Item:
    return Item(given["name"] or "", given["type"], given["text"] or "")


def free(text: str, language: str) -> Documentation:
    """A text of the model, with or without the delimiters of a comment or string."""
    if DELIMITED.match(text):
        made = parsed(text, detected([text], language) or LANGUAGES[language][0])
    else:
        made = understood(text.strip(), language)
    sentence = FIRST_SENTENCE.match(made.summary)
    if len(made.summary) <= LONGEST_SUMMARY or sentence is None:
        return made
    rest = made.summary[sentence.end() :]
    return replace(made, summary=sentence[1], description="\n\n".join(filter(None, (rest, made.description))))


def completed(old: Documentation, new: Documentation) -> Documentation | None:
    """The old documentation with those parts of the new one that it says nothing of; None if there are none."""
    both = Documentation(
        summary=old.summary or new.summary,
        description=old.description or ("" if old.summary else new.description),
        parameters=_joined(old.parameters, new.parameters),
        returns=old.returns or new.returns,
        yields=old.yields or new.yields,
        raises=_joined(old.raises, new.raises),
    )
    return None if _parts(both) == _parts(old) else both


def _parts(what: Documentation) -> tuple[bool | int, ...]:
    said_ = (what.summary, what.description, what.returns, what.yields)
    return (*map(bool, said_), len(what.parameters), len(what.raises))


def _joined(old: tuple[Item, ...], new: tuple[Item, ...]) -> tuple[Item, ...]:
    """All items of both, the old ones' texts before the new ones', in the order of the new."""
    there = {_plain(item.name): item for item in old}
    names = {_plain(item.name) for item in new}
    return (
        *(there.get(_plain(item.name), item) for item in new),
        *(item for item in old if _plain(item.name) not in names),
    )


def _plain(name: str) -> str:
    """A name without what marks it as taking any number, or as optional."""
    return name.strip("*&[]$. ")


def faithful(text: str, again: str) -> bool:
    """Whether a documentation that was read and written again says, word for word, what it said."""
    return _words(text) == _words(again)


def _words(text: str) -> list[str]:
    return re.findall(
        r"\w+|[^\w\s]", re.sub(r'"""|\'\'\'|^\s*(?:\*+/?|//[/!]?|/\*\*|#+|--+)', " ", text, flags=re.MULTILINE)
    )
