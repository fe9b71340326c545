"""Text that others wrote, made honest to look at: what a reader would not see is counted, or written out.

In: any text. Out: the number of characters that hide something, or the same text in which control and format
characters (escape sequences, bidirectional overrides, zero-width characters) stand as their code points. Knows nothing
of HTML, Markdown or terminals.
"""

import re
import unicodedata

# What has its use alone, as a joiner between letters or a mark before an emoji's colour, hides something in a run.
HIDING = re.compile(
    "[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"  # bidirectional controls, tags
    "|[\u200b-\u200d\u2060-\u2064\ufeff\u180e]{2,}"  # zero-width
    "|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}"  # variation selectors
)


def hidden(text: str) -> int:
    """How many characters of the text hide something from its reader, or show it in another order."""
    return 0 if text.isascii() else sum(len(run) for run in HIDING.findall(text))


def visible(text: str) -> str:
    """The text with every invisible character but spaces, tabs and line ends as ⟦U+XXXX⟧."""
    return "".join(c if _seen(c) else f"⟦U+{ord(c):04X}⟧" for c in text.replace("\r\n", "\n"))


def _seen(character: str) -> bool:
    return character.isprintable() or character in "\n\t" or unicodedata.category(character) == "Zs"
