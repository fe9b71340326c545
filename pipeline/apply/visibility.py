"""Whether a unit is there for others to use, by its language's own convention: plain data.

In: a unit and its language's name. A name inside a function is nobody else's; for the rest, a pattern says which names
or heads are private, or which heads are public. What a language says elsewhere (an export list) is not looked at.
"""

import re
from dataclasses import dataclass

from pipeline.languages import find
from pipeline.schema import Unit

NEVER, ALWAYS = re.compile(r"(?!)"), re.compile(r"")


@dataclass(frozen=True, slots=True)
class Convention:
    """Patterns: of a part of a name that is private, and of what a head has if it is private, or if it is public."""

    name: re.Pattern[str] = NEVER
    private: re.Pattern[str] = NEVER
    public: re.Pattern[str] = ALWAYS


UNDERSCORE = re.compile(r"_")
DUNDER = re.compile(r"_(?!_\w+__$)")
PRIVATE = Convention(private=re.compile(r"\b(?:private|fileprivate|protected)\b"))
SCRIPT = Convention(re.compile(r"[_#]"), private=re.compile(r"\b(?:private|protected)\b"))

CONVENTIONS = {
    "Python": Convention(DUNDER),
    "JavaScript": SCRIPT,
    "TypeScript": SCRIPT,
    "TSX": SCRIPT,
    "Java": PRIVATE,
    "Kotlin": PRIVATE,
    "Swift": PRIVATE,
    "Scala": PRIVATE,
    "PHP": PRIVATE,
    "C#": Convention(private=re.compile(r"\b(?:private|protected|internal)\b")),
    "Go": Convention(re.compile(r"[^\W\dA-Z]")),
    "Rust": Convention(public=re.compile(r"\bpub\b")),
    "C": Convention(private=re.compile(r"\bstatic\b")),
    "C++": Convention(private=re.compile(r"^\s*static\b")),
    "Elixir": Convention(UNDERSCORE, private=re.compile(r"\bdefp\b|\bdefmacrop\b")),
}
UNDERSCORED = Convention(UNDERSCORE)  # where nothing else is known


def public(unit: Unit, language: str) -> bool:
    """Whether a unit may be used from outside its file."""
    convention, entry = CONVENTIONS.get(language, UNDERSCORED), find(language)
    separator, scope = (entry.separator, entry.scope) if entry else (".", "")
    parts = unit.name.split(separator)
    if unit.kind == "module":
        return convention.name.match(parts[-1]) is None
    head = _head(unit)
    return (
        not (scope and scope in parts)
        and not any(convention.name.match(part) for part in parts)
        and convention.private.search(head) is None
        and convention.public.search(head) is not None
    )


def _head(unit: Unit) -> str:
    """What a unit's first lines say before its signature ends, without documentation."""
    code = unit.code.encode()[unit.doc[1] if unit.doc and unit.body == unit.doc[0] else 0 :].decode()
    at = code.find(unit.signature)
    return code[: at + len(unit.signature)] if at >= 0 else unit.signature
