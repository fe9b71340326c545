"""A documentation as a form: the program writes its headings and names, the model what is said under each.

In: what is to be said, as a `Documentation` without texts. Out: the text that goes between the model's stretches, and
the `Documentation` with what it wrote. The form is Google's style, which models have seen most of; what is made of it
later is another matter. So no parameter can be missing or invented, whatever the model. Knows nothing of engines.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from pipeline.schema import Documentation, Item

HEADINGS = {"parameters": "Args", "returns": "Returns", "yields": "Yields", "raises": "Raises"}
INDENT = "    "


def entries(form: Documentation) -> Iterator[tuple[str, Item]]:
    """Every entry of a form with the section that it stands in, in order."""
    for section in HEADINGS:
        value = getattr(form, section)
        yield from ((section, item) for item in ((value,) if isinstance(value, Item) else value or ()))


def between(form: Documentation) -> list[str]:
    """What stands between the summary and the first entry, and between one entry and the next."""
    texts: list[str] = []
    for section, some in groupby(entries(form), key=lambda entry: entry[0]):
        heading = f"\n\n{HEADINGS[section]}:"
        for _, item in some:
            texts.append(f"{heading}\n{INDENT}{label(section, item)}:")
            heading = ""
    return texts


def label(section: str, item: Item) -> str:
    """How an entry begins."""
    if section == "parameters":
        return f"{item.name} ({item.type})" if item.type else item.name
    return item.type or item.name or "value"


def filled(form: Documentation, texts: Sequence[str]) -> Documentation:
    """The form with its texts: the summary first, then one for each entry, in order."""
    summary, *rest = texts
    said = [(section, replace(item, text=text)) for (section, item), text in zip(entries(form), rest, strict=True)]
    by = {section: tuple(item for found, item in said if found == section) for section in HEADINGS}
    one = {section: by[section][0] for section in ("returns", "yields") if by[section]}
    return replace(form, summary=summary, parameters=by["parameters"], raises=by["raises"], **one)
