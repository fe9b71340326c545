"""The units of a file that records speak of, as far as they are still what was documented.

In: a file as it is, and its records. Out: for each record the number of its unit, or LeftOutError: `gone`, or `changed`
where the unit's code is another. In the same bytes a unit is where its record says; in others it is the one of the same
kind and name with the same code, whatever documentation and comments have come or gone.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from pipeline.apply import same
from pipeline.apply.outcome import LeftOutError
from pipeline.apply.source import Source
from pipeline.languages import Language
from pipeline.schema import Unit

Row = dict[str, Any]
BOM = "\ufeff"


class Units:
    """A file's units, each found by one record at most."""

    def __init__(self, source: Source) -> None:
        self._source, self._blob_id = source, source.blob_id
        self._named: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for number, unit in enumerate(source.units):
            self._named[unit.kind, unit.name].append(number)
        self._taken: set[int] = set()

    def find(self, row: Row, settled: bool) -> int:
        """The number of the unit that a record is of. With `settled`, one that has documentation may have changed."""
        named = self._named.get((row["kind"], row["name"]), [])
        candidates = [number for number in named if number not in self._taken]
        if not candidates:
            raise LeftOutError("twice" if named else "gone")
        for number in (*self._placed(row, candidates), *self._alike(row, candidates)):
            self._taken.add(number)
            return number
        if settled and all(self._source.units[number].doc for number in candidates):
            return candidates[0]
        raise LeftOutError("changed")

    def _placed(self, row: Row, candidates: list[int]) -> Iterator[int]:
        """The one at the record's place, if the file is the same; a byte order mark may have been counted."""
        if row["blob_id"] == self._blob_id:
            places = (row["start_byte"], row["start_byte"] - len(BOM.encode()))
            yield from (number for number in candidates if self._source.units[number].start_byte in places)

    def _alike(self, row: Row, candidates: list[int]) -> Iterator[int]:
        for number in candidates:
            if alike(row["code"].removeprefix(BOM), self._source.units[number], self._source.language):
                yield number


def alike(code: str, unit: Unit, language: Language) -> bool:
    """Whether a unit's code is the same but for comments, documentation and kinds of newline."""
    old, new = (_newlines(text) for text in (code, unit.code))
    if old == new:
        return True
    front = ("" if unit.kind == "module" else language.opening) + unit.indent
    try:
        return same.other((front + old).encode(), language) == same.other((front + new).encode(), language)
    except (LeftOutError, UnicodeEncodeError):
        return False


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
