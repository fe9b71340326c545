"""What became of one unit, and the counts of it: plain data."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

State = Literal["documented", "kept", "stale", "refused", "no_place", "not_selected"]


class LeftOutError(Exception):
    """A file or a unit is left as it is; the argument is the reason's name."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Outcome:
    """A unit, where its record has it, and what became of it."""

    state: State
    path: str
    line: int
    kind: str
    name: str
    reason: str = ""

    def __str__(self) -> str:
        why = f" ({self.reason})" if self.reason else ""
        return f"{self.path}:{self.line}: {self.state}: {self.kind} {self.name}{why}"


@dataclass(slots=True)
class Tally:
    """How many units came to what, for which reason, and how many files changed."""

    units: Counter[tuple[State, str]] = field(default_factory=Counter)
    files: int = 0

    def add(self, outcomes: Iterable[Outcome], changed: bool) -> None:
        """Count the units of a file."""
        self.units.update((outcome.state, outcome.reason) for outcome in outcomes)
        self.files += changed

    def of(self, state: State) -> int:
        """The number of units that came to this."""
        return sum(count for (found, _), count in self.units.items() if found == state)
