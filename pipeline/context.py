"""What a unit uses of its file: the imports and the signatures that its code names.

In: the unit, with its file's `Outline`, and how many tokens there may be. Out: lines that stand before its code in a
prompt, as comments. Names are found as words, whatever the language: one too many costs a line, no more.
"""

import re
from collections.abc import Callable, Iterator

from pipeline.schema import Unit

WORD = re.compile(r"\w+")


def context(unit: Unit, comment: str, most: int, count: Callable[[str], int]) -> str:
    """As many of the lines that the unit uses as fit into `most` tokens; each ends with a newline."""
    lines, left = "", most
    for line in used(unit) if most else ():
        text = f"{comment} {line}\n"
        left -= count(text)
        if left < 0:
            break
        lines += text
    return lines


def used(unit: Unit) -> Iterator[str]:
    """The imports, then the signatures of other units, that the unit's code names."""
    words = set(WORD.findall(unit.code))
    yield from (line for line in unit.outline.imports if words & set(WORD.findall(line)[1:]))
    for name, signature in unit.outline.signatures:
        if not name.startswith(unit.name) and words.issuperset(WORD.findall(name)[-1:]):
            yield signature
