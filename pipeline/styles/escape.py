"""Backslashes that keep a text from being markup, put in and taken out again.

In: a text, and a pattern of three groups: what stands before, any number of backslashes, what would be markup. Out: the
text with one more backslash, those before it doubled, as CommonMark reads them; and back. Knows no style.
https://spec.commonmark.org/0.31.2/#backslash-escapes
"""

import re

NEVER = re.compile(r"(?!)()()()")


def escaped(pattern: re.Pattern[str], text: str) -> str:
    """The text with a backslash before each thing that would be markup."""
    return pattern.sub(lambda found: f"{found[1]}{found[2] * 2}\\{found[3]}", text)


def unescaped(pattern: re.Pattern[str], text: str) -> str:
    """The text as it was before `escaped`."""
    return pattern.sub(lambda found: f"{found[1]}{found[2][: len(found[2]) // 2]}{found[3]}", text)
