"""How a run is going: one line that is redrawn on a terminal, or one now and then in a log file.

In: the plan and commits as they come. Out: units done of about how many, rejected, output tokens per second, time
left. How many units there will be is estimated from the rows that are still to come.
"""

import time
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from pipeline.plan import Plan
from pipeline.run import Commit
from pipeline.tally import add
from pipeline.visible import visible

LOG_SECONDS = 10.0


def say(text: str) -> None:
    """Print a line for the person who runs the job."""
    Console(soft_wrap=True, highlight=False, emoji=False).print(visible(text), markup=False)


class Progress:
    """Counts commits; a context manager that shows them while it lasts."""

    def __init__(self, plan: Plan, before: Iterable[Commit], todo: int, tasks: int) -> None:
        self._rows = {split.id: split.stop - split.start for split in plan.splits}
        self._total_rows = sum(self._rows.values())
        self._tasks = tasks
        self._records = self._rejected = self._done_rows = self._splits = 0
        for commit in before:
            self._count(commit)
        self._resumed, self._resumed_rows, self._todo = self._splits, self._done_rows, todo
        self._tokens, self._started, self._logged = 0, time.monotonic(), 0.0
        self._console = Console(soft_wrap=True, highlight=False)
        self._live = Live(
            get_renderable=lambda: Text(self.line()),
            console=self._console,
            refresh_per_second=2,
            transient=True,
        )

    def __enter__(self) -> Self:
        if self._resumed:
            say(f"Going on: {self._resumed} of {len(self._rows)} splits are committed and will not be read again.")
        say(f"{self._todo} splits to do.")
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()
        if kind is None:
            say(self.line())

    def update(self, commit: Commit) -> None:
        """Count a split that was just committed."""
        self._count(commit)
        self._tokens += commit.tally.get("total", {}).get("output_tokens", 0)
        if not self._console.is_terminal and time.monotonic() - self._logged > LOG_SECONDS:
            self._logged = time.monotonic()
            say(self.line())

    def _count(self, commit: Commit) -> None:
        status = add([commit.tally]).get("status", {})
        self._records += sum(status.values())
        self._rejected += sum(status.values()) - status.get("ok", 0)
        self._done_rows += self._rows[commit.split]
        self._splits += 1

    def line(self) -> str:
        """The state as one line."""
        seconds = time.monotonic() - self._started
        parts = (
            self._units(),
            f"{self._rejected:,} records rejected",
            f"{self._splits:,}/{len(self._rows):,} splits",
            f"{self._tokens / seconds:,.0f} tokens/s",
            f"{clock(seconds)} gone",
            self._left(seconds),
        )
        return " · ".join(part for part in parts if part)

    def _units(self) -> str:
        units = self._records // self._tasks
        if self._done_rows in (0, self._total_rows):
            return f"{units:,} units"
        return f"{units:,} of about {round(units * self._total_rows / self._done_rows):,} units"

    def _left(self, seconds: float) -> str:
        left, fresh = self._total_rows - self._done_rows, self._done_rows - self._resumed_rows
        return f"about {clock(seconds * left / fresh)} left" if left and fresh else ""


def clock(seconds: float) -> str:
    """A length of time as m:ss or h:mm:ss."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
