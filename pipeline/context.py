"""What a unit uses of its file: the imports and the signatures that its code names.

In: the unit, with its file's `Outline`, and how many tokens there may be. Out: the unit as the model is to see it, with
those lines before its code, as comments. Names are found as words, whatever the language: one too many costs a line.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from pipeline.schema import Block, Unit

WORD = re.compile(r"\w+")


def in_context(unit: Unit, comment: str, most: int, count: Callable[[str], int]) -> Unit:
    """The unit with as many of the lines that it uses before its code as fit into `most` tokens."""
    lines, left = "", most
    for line in used(unit):
        text = f"{comment} {line}\n"
        left -= count(text)
        if left < 0:
            break
        lines += text
    by = len(lines.encode())
    blocks = tuple(Block(block.start + by, block.end + by, block.depth) for block in unit.blocks)
    body = None if unit.body is None else unit.body + by
    return replace(unit, code=lines + unit.code, body=body, doc=None, blocks=blocks)


def used(unit: Unit) -> Iterator[str]:
    """The imports, then the signatures of other units, that the unit's code names."""
    words = set(WORD.findall(unit.code))
    yield from (line for line in unit.outline.imports if words & set(WORD.findall(line)[1:]))
    for name, signature in unit.outline.signatures:
        if not name.startswith(unit.name) and words.issuperset(WORD.findall(name)[-1:]):
            yield signature
