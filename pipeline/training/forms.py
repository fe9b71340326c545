"""A documented unit in, its docstring as a filled-in form out: what a guided task's answer would have been.

Only what the docstring itself says is taught: an entry without words of its own is not in the form.
"""

from dataclasses import replace

from pipeline.extract import extract
from pipeline.guide import between, entries, filled
from pipeline.schema import Documentation, File, Interface, Item, Origin
from pipeline.styles import skeleton, understood
from pipeline.training.docstrings import phrase
from pipeline.training.units import Example


def form(example: Example, summary: str) -> str | None:
    """The summary, and the first sentence that the docstring has for each parameter, value and exception.

    None where there are some and it has words for none.
    """
    said = {_key(*entry): phrase(entry[1].text) or "" for entry in entries(understood(example.docstring, "Python"))}
    empty = skeleton(interface(example), example.kind, "google")
    told = _told(filled(empty, [summary, *(said.get(_key(*entry), "") for entry in entries(empty))]))
    texts = (f"{label} {item.text}" for label, (_, item) in zip(between(told), entries(told), strict=True))
    return "".join([summary, *texts]) if told != Documentation(summary) or empty == Documentation("") else None


def interface(example: Example) -> Interface:
    """What the example's code takes and gives."""
    found = extract(File(Origin("", 0, path="example.py", language="Python"), example.code))
    return next((unit.interface for unit in found if unit.kind != "module"), Interface())


def _key(section: str, item: Item) -> tuple[str, str]:
    """What an entry is found by; a value's name means nothing."""
    return section, item.name.strip("*") if section in ("parameters", "raises") else ""


def _told(documentation: Documentation) -> Documentation:
    """Without the entries that have no text."""
    lists = {key: tuple(it for it in getattr(documentation, key) if it.text) for key in ("parameters", "raises")}
    values = {key: it for key in ("returns", "yields") if (it := getattr(documentation, key)) and it.text}
    return replace(documentation, **{"returns": None, "yields": None} | values | lists)
