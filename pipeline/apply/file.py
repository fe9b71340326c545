"""One file and its records: its bytes with their documentation, and what became of each unit.

Knows nothing of where files and records lie.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from pipeline.apply.choice import Choice
from pipeline.apply.manner import Manner
from pipeline.apply.match import Row, Units
from pipeline.apply.outcome import LeftOutError, Outcome, State
from pipeline.apply.place import Edit, edit, spliced
from pipeline.apply.proof import Proof, documentation
from pipeline.apply.said import completed, faithful, said
from pipeline.apply.source import Source
from pipeline.config.apply import Apply
from pipeline.schema import Documentation, Unit
from pipeline.styles import parsed, written

# What comes of a unit that is passed over for a reason; for any other, it is refused.
PASSED_OVER: dict[str, State] = {
    "no_place": "no_place",
    "not_selected": "not_selected",
    "twice": "kept",
    "gone": "stale",
    "changed": "stale",
}
PLAIN = ("no_place", "not_selected")  # states that say it all


@dataclass(frozen=True, slots=True)
class Done:
    """The new bytes of a file, or the old ones where nothing changed, and what became of its units."""

    data: bytes
    outcomes: tuple[Outcome, ...]


class Documenter:
    """Puts documentation into files as the configuration says."""

    def __init__(self, config: Apply, choice: Choice, manner: Manner) -> None:
        self._existing, self._width = config.existing, config.width
        self._choice, self._manner = choice, manner

    def document(self, source: Source, rows: Sequence[Row]) -> Done:
        """The file with the documentation of its records."""
        units, style = Units(source), self._manner.of(source)
        edits: list[tuple[Edit, Row]] = []
        outcomes: list[Outcome] = []
        for row in rows:
            try:
                made = self._edit(source, units, row, style)
            except LeftOutError as error:
                outcomes.append(passed_over(row, error.reason))
                continue
            if made is None:
                outcomes.append(outcome(row, "kept"))
            else:
                edits.append((made, row))
        return _proved(source, edits, outcomes)

    def _edit(self, source: Source, units: Units, row: Row, style: str) -> Edit | None:
        """The edit that a record asks for, or None where the documentation that is there stays."""
        number = units.find(row, self._existing == "keep")
        unit = source.units[number]
        if not self._choice.takes(unit, row, source):
            raise LeftOutError("not_selected")
        old = documentation(unit)
        if old is not None and (self._existing == "keep" or old.decode() == source.language.no_docs):
            return None
        what: Documentation | None = said(row, source.language.name)
        if what is not None and old is not None and self._existing == "complete":
            what = self._completed(unit, what, style)
        if what is None:
            return None
        made = edit(source, number, partial(self._written, what, unit, style))
        return None if made.doc == old else made

    def _written(self, what: Documentation, unit: Unit, style: str, indent: str = "", newline: str = "\n") -> str:
        return written(what, unit.interface, style, unit.kind, indent, newline, self._width)

    def _completed(self, unit: Unit, new: Documentation, style: str) -> Documentation | None:
        """The unit's own documentation with what it lacks, if anything.

        LeftOutError if writing it again would change what it says.
        """
        text = (documentation(unit) or b"").decode()
        old = parsed(text, style)
        both = completed(old, new)
        if both is not None and not faithful(text, self._written(old, unit, style)):
            raise LeftOutError("not_understood")
        return both


def _proved(source: Source, edits: Sequence[tuple[Edit, Row]], outcomes: list[Outcome]) -> Done:
    proof = Proof(source)
    try:
        held = proof.held([made for made, _ in edits])
    except LeftOutError as error:
        return Done(source.data, (*outcomes, *refused((row for _, row in edits), error.reason)))
    for made, row in edits:
        reason = proof.reasons.get(made.number)
        outcomes.append(outcome(row, "refused" if reason else "documented", reason or ""))
    data = source.encoded(spliced(source.text, held)) if held else source.data
    return Done(data, tuple(outcomes))


def passed_over(row: Row, reason: str) -> Outcome:
    """What became of a unit that is left as it is for a reason."""
    return outcome(row, PASSED_OVER.get(reason, "refused"), "" if reason in PLAIN else reason)


def refused(rows: Iterable[Row], reason: str) -> list[Outcome]:
    """The outcomes of units whose whole file is left as it is."""
    return [passed_over(row, reason) for row in rows]


def outcome(row: Row, state: State, reason: str = "") -> Outcome:
    """What became of a record's unit."""
    return Outcome(state, row["path"], row["start_line"], row["kind"], row["name"], reason)
