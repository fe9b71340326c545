"""An answer as a form: the program writes its headings and names, the model what is said under each.

In: what is to be said, as a `Documentation` without texts, or an `Explanation`. Out: the text that goes before and
between the model's stretches, and what they make together. The form of a documentation is Google's style, which models
have seen most of; what is made of it later is another matter. So no parameter can be missing or invented, whatever the
model. Knows nothing of engines.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby

from pipeline.config import Task
from pipeline.schema import Documentation, Explanation, Item, Unit
from pipeline.styles import LANGUAGES, detected, skeleton

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


def blank(task: Task, unit: Unit, style: str | None) -> Documentation | Explanation | None:
    """The form that a task wants filled in for a unit; a documentation's depends on its style."""
    if style is not None:
        return skeleton(unit.interface, unit.kind, style)
    return Explanation(tuple(task.sections)) if task.sections else None


def before(form: Documentation | Explanation) -> str:
    """What stands before the first entry."""
    return heading(form.headings[0]) if isinstance(form, Explanation) else ""


def between(form: Documentation | Explanation) -> list[str]:
    """What stands between one entry and the next."""
    if isinstance(form, Explanation):
        return [f"\n\n{heading(title)}" for title in form.headings[1:]]
    return _labels(form)


def heading(title: str) -> str:
    """How a paragraph of an explanation begins, in Markdown."""
    return f"**{title}:**"


def explained(form: Explanation, texts: Sequence[str]) -> str:
    """An explanation with its texts, one for each heading."""
    return "\n\n".join(f"{heading(title)} {text}" for title, text in zip(form.headings, texts, strict=True))


def entries(form: Documentation) -> Iterator[tuple[str, Item]]:
    """Every entry of a form with the section that it stands in, in order."""
    for section in HEADINGS:
        value = getattr(form, section)
        yield from ((section, item) for item in ((value,) if isinstance(value, Item) else value or ()))


def _labels(form: Documentation) -> list[str]:
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
