"""Whether edits may be made: the code is the same afterwards, and each unit has the documentation that it was given.

In: a file and its edits. Out: those that hold, together, and the reason of each that does not. If all of them hold, one
look is enough; else halves are tried, so that few bad ones among many cost little.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property

from pipeline.apply import same
from pipeline.apply.outcome import LeftOutError
from pipeline.apply.place import Edit, spliced
from pipeline.apply.source import Source, taken_apart
from pipeline.schema import Unit


class Proof:
    """What a file must still be after its edits."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.reasons: dict[int, str] = {}  # of the edits that do not hold, by the number of their unit

    @cached_property
    def _code(self) -> bytes:
        return self.code(self._source.data, self._source.text)

    @cached_property
    def _documented(self) -> list[tuple[str, str, bytes | None]]:
        return list(_documented(self._source.units))

    def code(self, data: bytes, text: bytes) -> bytes:
        """The hash of what the file does. LeftOutError if it cannot be parsed."""
        if self._source.language.name != "Python":
            return same.other(text, self._source.language)
        return same.python(text.decode() if self._source.wide else data)

    def held(self, edits: Sequence[Edit], base: Sequence[Edit] = ()) -> list[Edit]:
        """Those of the edits that hold together with others that do. LeftOutError if the file itself is not parsed."""
        reason = self._amiss([*base, *edits]) if edits else None
        if reason is None:
            return [*base, *edits]
        if len(edits) == 1:
            self.reasons[edits[0].number] = reason
            return list(base)
        half = len(edits) // 2
        return self.held(edits[half:], self.held(edits[:half], base))

    def _amiss(self, edits: Sequence[Edit]) -> str | None:
        code = self._code
        text = spliced(self._source.text, edits)
        try:
            if self.code(self._source.encoded(text), text) != code:
                return "code_changed"
            units = taken_apart(self._source.path, text.decode(), self._source.language)
        except LeftOutError as error:
            return error.reason
        return None if list(_documented(units)) == self._expected(edits) else "not_seen"

    def _expected(self, edits: Sequence[Edit]) -> list[tuple[str, str, bytes | None]]:
        found = list(self._documented)
        for edit in edits:
            kind, name, _ = found[edit.number]
            found[edit.number] = (kind, name, edit.doc.strip())
        return found


def _documented(units: Sequence[Unit]) -> Iterator[tuple[str, str, bytes | None]]:
    """Each unit of a file, and its documentation."""
    for unit in units:
        doc = documentation(unit)
        yield unit.kind, unit.name, None if doc is None else doc.strip()


def documentation(unit: Unit) -> bytes | None:
    """The source text of the documentation that a unit has."""
    return None if unit.doc is None else unit.code.encode()[unit.doc[0] : unit.doc[1]]
