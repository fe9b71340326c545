"""A documentation as a form: the program writes its headings and names, the model what is said under each.

In: what is to be said, as a `Documentation` without texts. Out: the text that goes between the model's stretches, and
the `Documentation` with what it wrote. The form is Google's style, which models have seen most of; what is made of it
later is another matter. So no parameter can be missing or invented, whatever the model. Knows nothing of engines.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby

from pipeline.schema import Documentation, Item, Unit
from pipeline.styles import LANGUAGES, detected

HEADINGS = {"parameters": "Args", "returns": "Returns", "yields": "Yields", "raises": "Raises"}
INDENT = "    "
PLAIN = "google"  # for languages that have no style of their own


def style_of(unit: Unit, wanted: str = "auto") -> str:
    """The style for a unit: the one wanted, if its language has it, else its file's, else its language's."""
    language = unit.origin.language or ""
    styles = LANGUAGES.get(language, (PLAIN,))
    return wanted if wanted in styles else _used(unit.outline.docs, language) or styles[0]


@lru_cache(maxsize=16)
def _used(docs: tuple[str, ...], language: str) -> str | None:
    return detected(docs, language) if language in LANGUAGES else None


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
    said = {section: list[Item]() for section in HEADINGS}
    for (section, item), text in zip(entries(form), rest, strict=True):
        said[section].append(replace(item, text=text))
    return Documentation(
        summary,
        parameters=tuple(said["parameters"]),
        returns=next(iter(said["returns"]), None),
        yields=next(iter(said["yields"]), None),
        raises=tuple(said["raises"]),
    )


def sentence(text: str, ended: bool) -> tuple[str, bool]:
    """What the model wrote into an entry, and whether it is whole: up to its last full sentence where the model did not
    come to an end, if there is one.
    """
    end = 0 if ended else max(text.rfind(mark) for mark in (". ", "! ", "? ")) + 1
    return (text[:end], True) if end else (text, ended)
