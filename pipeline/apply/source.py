"""A file of the tree: its bytes, its text, its units; and edited text as bytes again.

Whatever the encoding, edits are made in the UTF-8 text, whose offsets are those of the units. The text is certain
(`pipeline.ingest.text`), so that what is not edited comes out as the bytes that it was.
"""

import codecs
from dataclasses import dataclass

from pipeline.apply.outcome import LeftOutError
from pipeline.extract import extract
from pipeline.hashes import blob_id
from pipeline.ingest.text import MARKS, decode
from pipeline.languages import Language, find, language_of
from pipeline.schema import File, Origin, Unit

MARK_OF = {codecs.lookup(encoding).name: mark for mark, encoding in MARKS}
WIDE = ("utf-16", "utf-32")  # which Python itself does not read


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it is: `text` is UTF-8, without a byte order mark, whatever `data` are."""

    path: str
    data: bytes
    text: bytes
    encoding: str
    language: Language
    units: tuple[Unit, ...]

    @property
    def blob_id(self) -> str:
        return blob_id(self.data)

    @property
    def wide(self) -> bool:
        """Whether a character takes two bytes or more, so that the bytes are no source that Python would take."""
        return self.encoding.startswith(WIDE)

    def encoded(self, text: bytes) -> bytes:
        """Another text in the encoding of this one. LeftOutError if that lacks a character."""
        name = self.encoding.removesuffix("-bom")
        mark = MARK_OF[name] if name != self.encoding else b""
        try:
            return mark + text.decode().encode(name)
        except UnicodeError as error:
            raise LeftOutError("not_encodable") from error


def opened(path: str, data: bytes, declared: str | None = None) -> Source:
    """The file of these bytes. LeftOutError if its language is not taken apart, or it is no certain text."""
    language = find(language_of(path, None) or declared)
    if language is None:
        raise LeftOutError("other_language")
    text = decode(data, language.name)
    if text is None or "\0" in text.content:
        raise LeftOutError("encoding")
    return Source(path, data, text.content.encode(), text.encoding, language, taken_apart(path, text.content, language))


def taken_apart(path: str, content: str, language: Language) -> tuple[Unit, ...]:
    """The units of a text. LeftOutError if it cannot be taken apart."""
    units = extract(File(Origin("tree", 0, path=path, language=language.name), content))
    for problem in (unit.problem for unit in units if unit.problem):
        raise LeftOutError(problem)
    return tuple(units)
