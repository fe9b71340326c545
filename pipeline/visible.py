"""Text that others wrote, made honest to look at: what a reader would not see is written out.

In: any text. Out: the same text in which control and format characters (escape sequences, bidirectional overrides,
zero-width characters) stand as their code points. Knows nothing of HTML, Markdown or terminals.
"""

import unicodedata


def visible(text: str) -> str:
    """The text with every invisible character but spaces, tabs and line ends as ⟦U+XXXX⟧."""
    return "".join(c if _seen(c) else f"⟦U+{ord(c):04X}⟧" for c in text.replace("\r\n", "\n"))


def _seen(character: str) -> bool:
    return character.isprintable() or character in "\n\t" or unicodedata.category(character) == "Zs"
