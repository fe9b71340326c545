"""A file's bytes in, its text and encoding out, or nothing where the text is not certain.

A text is certain if it is declared (byte order mark, coding line of PEP 263), is UTF-8, or if
charset-normalizer finds one reading much likelier than the others. Encoded again, it always gives exactly
the same bytes.
"""

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
BLANK = re.compile(rb"^[ \t\f]*(?:#[^\r\n]*)?\r?$")

# Below this many telling bytes, or this far from the next best reading, a guess is a guess: in trials, French
# in Latin-1 came out as Baltic with a mess of 0.0.
TELLING = 8
MARGIN = 0.03


@dataclass(frozen=True, slots=True)
class Text:
    """A decoded file; `encoding` ends in `-bom` where a byte order mark stood before the content."""

    content: str
    encoding: str


def decode(data: bytes, language: str | None = None) -> Text | None:
    """The text of the bytes, or None if no encoding is certain or none gives the same bytes back."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return exact(data, encoding, mark)
    declared = cookie(data)
    if declared and language == "Python":
        return exact(data, declared)
    return exact(data, "utf-8") or exact(data, declared) or exact(data, guess(data))


def exact(data: bytes, encoding: str | None, mark: bytes = b"") -> Text | None:
    """The text in that encoding, if there is such an encoding and the text gives the same bytes back."""
    if encoding is None:
        return None
    try:
        content = data[len(mark) :].decode(encoding)
        if mark + content.encode(encoding) != data:
            return None
        content.encode()
    except (UnicodeError, LookupError, ValueError):
        return None
    return Text(content, codecs.lookup(encoding).name + ("-bom" if mark else ""))


def cookie(data: bytes) -> str | None:
    """The encoding that one of the first two lines declares (PEP 263)."""
    for line in data.split(b"\n", 2)[:2]:
        if found := COOKIE.match(line):
            return found[1].decode()
        if not BLANK.match(line):
            return None
    return None


def guess(data: bytes) -> str | None:
    """The encoding that charset-normalizer finds, if no other reading comes near."""
    if b"\0" in data or len(data.translate(None, bytes(range(128)))) < TELLING:
        return None
    matches = from_bytes(data)
    best = matches.best()
    if best is None or any(other.chaos - best.chaos < MARGIN for other in matches if str(other) != str(best)):
        return None
    return best.encoding
