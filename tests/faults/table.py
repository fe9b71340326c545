"""What came of the runs of a campaign, and their table in Markdown: a line for each kind of fault."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

COUNTS = ("struck", "lost", "doubled", "unreadable", "different")
HEAD = ("fault", "runs", "struck", "rows lost", "doubled", "unreadable parts", "rows that differ", "starts", "s more")
TRIES = 5  # starts of a command after which a person is needed


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run under one fault; `struck` if the fault came to pass."""

    fault: str
    struck: bool
    lost: int
    doubled: int
    unreadable: int
    different: int
    starts: int
    seconds: float

    @property
    def good(self) -> bool:
        """Whether nothing is missing, and nobody had to help."""
        return not (self.lost or self.doubled or self.unreadable or self.different or self.starts > TRIES)


def table(outcomes: Sequence[Outcome]) -> str:
    """The table: sums over the runs of a fault, the most starts, the median of the time over an undisturbed run."""
    kinds = sorted({outcome.fault for outcome in outcomes})
    lines = [_line(kind, [outcome for outcome in outcomes if outcome.fault == kind]) for kind in kinds]
    return "\n".join([_row(HEAD), "|---" * len(HEAD) + "|", *lines, _line("**all**", outcomes)]) + "\n"


def _line(name: str, runs: Sequence[Outcome]) -> str:
    sums = [str(sum(getattr(run, count) for run in runs)) for count in COUNTS]
    starts, more = max(run.starts for run in runs), statistics.median(run.seconds for run in runs)
    return _row([name, str(len(runs)), *sums, str(starts), f"{more:.0f}"])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
