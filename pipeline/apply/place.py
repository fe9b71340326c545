"""Where documentation goes in a text, and with what around it: an edit of its bytes, and of no other.

In: a file, a unit, and what writes the documentation behind an indentation and with a newline. Out: an `Edit`, or
LeftOutError with the reason that there is no such place. Comments stay where they are, and every newline is that of the
line beside it. A body on the line of its head moves to a line of its own, behind the documentation: the spaces before
it are then the only bytes that go.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline import styles
from pipeline.apply.outcome import LeftOutError
from pipeline.apply.source import Source
from pipeline.schema import Unit
from pipeline.syntax import line_start

NEWLINE = re.compile(rb"\r\n|\n|\r")
SPACE = b" \t\f"
STUB = ".pyi"  # in which a body on the line of its head says that there is none
# PEP 484 has it right behind the head, where a docstring must not take its place.
TYPES = re.compile(rb"[ \t\f]*#[ \t]*type:[ \t]*\([^\r\n]*(?:\r\n|\n|\r)")

FILE = 0  # the number of the unit that is the whole file; others may be modules inside it
Write = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes `start` to `end` of a text become `text`, of which `doc` is the documentation of the unit `number`."""

    start: int
    end: int
    text: bytes
    doc: bytes
    number: int


def edit(source: Source, number: int, write: Write) -> Edit:
    """What puts the documentation of a unit, the one of that number in its file, into the text."""
    unit = source.units[number]
    if unit.doc is not None:
        return _replaced(source.text, unit, number, write)
    if unit.body is None:
        raise LeftOutError("no_place")
    at = unit.start_byte + unit.body
    if styles.place(styles.LANGUAGES[source.language.name][0], unit.kind) == "before":
        return _inserted(source.text, *before(source.text, at), number, write)
    if number == FILE:
        return _at_top(source, at, number, write)
    if unit.body == 0:
        raise LeftOutError("no_place")  # whose body its query does not show
    if source.text[line_start(source.text, at) : at].strip(SPACE):
        return _on_lines_of_their_own(source, unit, at, number, write)
    return _inserted(source.text, *inside(source, unit.start_byte, at), number, write)


def _replaced(text: bytes, unit: Unit, number: int, write: Write) -> Edit:
    assert unit.doc is not None
    start, end = (unit.start_byte + at for at in unit.doc)
    lead = text[line_start(text, start) : start]
    indent = deeper(text, unit.indent) if lead.strip(SPACE) else indentation(lead)
    made = _encoded(write(indent, newline(text, start)).removeprefix(indent))
    return Edit(start, end, made, made, number)


def _inserted(text: bytes, at: int, indent: str, number: int, write: Write, blank: bool = False) -> Edit:
    end = newline(text, at)
    made = _encoded(write(indent, end))
    around = (
        "" if at == 0 or text[at - 1 : at] in (b"\n", b"\r") else end,
        end * (1 + blank) if at < len(text) else "",
    )
    if at == len(text) and not around[0]:
        around = ("", end)
    return Edit(at, at, around[0].encode() + made + around[1].encode(), made, number)


def _on_lines_of_their_own(source: Source, unit: Unit, body: int, number: int, write: Write) -> Edit:
    """The documentation and the body, where the body stands on the line of its head."""
    text = source.text
    head = text[:body].rstrip(SPACE)
    if source.path.endswith(STUB):
        raise LeftOutError("no_place")
    if not head.endswith(b":"):
        raise LeftOutError("one_line")
    indent, end = deeper(text, unit.indent), newline(text, body)
    made = _encoded(write(indent, end))
    return Edit(len(head), body, b"".join([end.encode(), made, end.encode(), indent.encode()]), made, number)


def before(text: bytes, at: int) -> tuple[int, str]:
    """The line of a place before which documentation stands, and its indentation."""
    start = line_start(text, at)
    lead = text[start:at]
    if lead.strip(SPACE):
        raise LeftOutError("inside_line")
    return start, indentation(lead)


def inside(source: Source, start: int, body: int) -> tuple[int, str]:
    """The end of the line of a unit's head, and the indentation of its first statement."""
    text, at = source.text, line_start(source.text, body)
    lead = text[at:body]
    mark = source.language.comment.encode()
    while (above := line_start(text, at - 1 - text.endswith(b"\r\n", 0, at))) > start:
        line = text[above:at].strip()
        if line and not line.startswith(mark):
            break
        at = above
    if text[:at].rstrip(b"\r\n").endswith(b"\\") and mark not in text[line_start(text, at - 1) : at]:
        raise LeftOutError("one_line")
    types = TYPES.match(text, at)
    return types.end() if types else at, indentation(lead)


def _at_top(source: Source, body: int, number: int, write: Write) -> Edit:
    text = source.text
    at = line_start(text, body) if body < len(text.rstrip()) else len(text)
    return _inserted(
        text, _above_its_comment(text, at, source.language.comment.encode()), "", number, write, blank=True
    )


def _above_its_comment(text: bytes, at: int, mark: bytes) -> int:
    """Above the comment right before a file's first statement, where a blank line parts it from the file's head."""
    above = at
    while (start := line_start(text, above - 1 - text.endswith(b"\r\n", 0, above))) < above:
        line = text[start:above].strip()
        if not line:
            return above if text[:start].strip() else at
        if not line.startswith(mark):
            break
        above = start
    return at


def newline(text: bytes, at: int) -> str:
    """The newline that ends the line before a place, or else the next one there is."""
    start = line_start(text, at)
    if start:
        return "\r\n" if text.endswith(b"\r\n", 0, start) else text[start - 1 : start].decode()
    found = NEWLINE.search(text, at)
    return found[0].decode() if found else "\n"


def deeper(text: bytes, indent: str) -> str:
    """The indentation of what stands inside something that has one itself."""
    tabs = "\t" in indent or (not indent and b"\n\t" in text)
    return indent + ("\t" if tabs else "    ")


def indentation(lead: bytes) -> str:
    """The white space that counts: a form feed sets it back."""
    return lead.rpartition(b"\f")[2].decode()


def spliced(text: bytes, edits: Sequence[Edit]) -> bytes:
    """The text with all edits made, which do not overlap."""
    parts: list[bytes] = []
    at = 0
    for one in sorted(edits, key=lambda one: (one.start, one.end, one.number)):
        parts += [text[at : one.start], one.text]
        at = one.end
    return b"".join([*parts, text[at:]])


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise LeftOutError("not_encodable") from error
