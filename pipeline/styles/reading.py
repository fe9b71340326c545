"""The source text of a comment or docstring in, its documentation out; and which style a file's documentation has.

People's texts need not keep to their style: what is not understood is description, and no text is refused.
"""

from collections import Counter
from collections.abc import Iterable

from pipeline.schema import Documentation, Item
from pipeline.styles.prose import NEWLINES
from pipeline.styles.table import LANGUAGES, STYLES

LONGEST = 100_000  # characters: what is longer says nothing, and takes long


def parsed(text: str, style: str) -> Documentation:
    """What a comment or docstring says, delimiters and all. Raises KeyError for a style that there is not."""
    the = STYLES[style]
    lines = the.form.content(NEWLINES.sub("\n", text[:LONGEST]))
    return the.markup.read([line for line in lines if line != the.module_tail or not line], the.prose())


def understood(text: str, language: str) -> Documentation:
    """What a text without comment or string around it says, in whichever of a language's styles it says most."""
    lines = NEWLINES.sub("\n", text[:LONGEST]).split("\n")
    styles = [STYLES[style] for style in LANGUAGES[language]]
    return max((style.markup.read(lines, style.prose()) for style in styles), key=_said)


def detected(texts: Iterable[str], language: str) -> str | None:
    """The style of most of a file's documented units, or None where they show none. Raises KeyError for no language."""
    votes: Counter[str] = Counter()
    for text in texts:
        evidence = {style: _evidence(text, style) for style in LANGUAGES[language]}
        best = max(evidence, key=lambda style: evidence[style])
        votes.update([best] if evidence[best] else [])
    return max(LANGUAGES[language], key=lambda style: votes[style]) if votes else None


def _evidence(text: str, style: str) -> int:
    """How much of a text is sections of a style."""
    if not STYLES[style].form.begins(text):
        return 0
    return _said(parsed(text, style))


def _said(said: Documentation) -> int:
    """How much is said in sections."""
    values = [item for item in (said.returns, said.yields) if item]
    return sum(_weight(item) for item in (*said.parameters, *values, *said.raises))


def _weight(item: Item) -> int:
    return 0 if set("{}[]()") & set(item.name) else 2 if item.type else 1
