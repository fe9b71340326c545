"""What a unit uses of its file: the imports and the signatures that its code names.

In: the unit, with its file's `Outline`, and how many tokens there may be. Out: the unit as the model is to see it, with
those lines before its code, as comments. Names are found as words, whatever the language: one too many costs a line.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from textwrap import shorten

from pipeline.languages import Language
from pipeline.schema import Block, Unit

WORD = re.compile(r"\w+")
LONGEST = 200  # characters of a line
# Words of imports that any code may have, and that say nothing of what is imported; and the endings of files.
HOW = {"_", "as", "class", "const", "crate", "enum", "extern", "from", "func", "function", "import", "let", "local"}
HOW |= {"namespace", "protocol", "pub", "require", "self", "static", "struct", "super", "type", "typealias", "use"}
HOW |= {"using", "var"}
ENDING = re.compile(r"\.\w+(?=[\"'>])")


def in_context(unit: Unit, language: Language, most: int, count: Callable[[str], int]) -> Unit:
    """The unit with as many of the lines that it uses before its code as fit into `most` tokens."""
    lines, left = "", most
    for line in used(unit):
        text = f"{language.comment} {shorten(line, LONGEST, placeholder=' ...')}{language.comment_end}\n"
        left -= count(text)
        if left < 0:
            break
        lines += text
    by = len(lines.encode())
    blocks = tuple(Block(block.start + by, block.end + by, block.depth) for block in unit.blocks)
    body = None if unit.body is None else unit.body + by
    return replace(unit, code=lines + unit.code, body=body, doc=None, blocks=blocks)


def used(unit: Unit) -> Iterator[str]:
    """The imports that stand elsewhere, then the signatures of other units, that the unit's code names."""
    words = set(WORD.findall(unit.code))
    for line in unit.outline.imports:
        if words & known(line) and line not in unit.code:
            yield line
    for name, signature in unit.outline.signatures:
        if not name.startswith(unit.name) and words.issuperset(WORD.findall(name)[-1:]):
            yield signature


@lru_cache(maxsize=1000)
def known(line: str) -> frozenset[str]:
    """The names that code may have from an import, which all units of its file ask for."""
    return frozenset(WORD.findall(ENDING.sub("", line))) - HOW
