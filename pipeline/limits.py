"""What ends a run before its end: limits that are passed for good, seen as commits come in.

In: the configuration's limits, the plan, commits. A run that is stopped loses nothing; its message says which limit to
raise to go on. What a complete run may hold is the job's last word, not this module's.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from pipeline.config.document import Limits
from pipeline.errors import StoppedError
from pipeline.plan import Plan
from pipeline.run import Commit


class Watch:
    """Adds up commits, those of earlier executions included."""

    def __init__(self, limits: Limits, plan: Plan) -> None:
        self._limits = limits
        self._rows = {split.id: split.stop - split.start for split in plan.splits}
        self._total_rows, self._done_rows = sum(self._rows.values()), 0
        self._status: Counter[str] = Counter()
        self._tokens = self._errors = 0

    def resumed(self, before: Iterable[Commit]) -> Iterator[Commit]:
        """The commits of earlier executions, counted as they are handed on."""
        for commit in before:
            self._add(commit)
            self._errors = 0
            yield commit

    def update(self, commit: Commit) -> None:
        """Count a split that was just committed. StoppedError if a limit is passed with it."""
        self._add(commit)
        for problem in (self._failing(), self._spent(), self._hopeless()):
            if problem is not None:
                raise StoppedError(problem)

    def _add(self, commit: Commit) -> None:
        status = commit.tally.get("status", {})
        self._status.update(status)
        self._done_rows += self._rows[commit.split]
        self._tokens += sum(commit.tally.get("total", {}).values())
        others = sum(status.values()) - status.get("error", 0)
        self._errors = 0 if others else self._errors + status.get("error", 0)

    def _failing(self) -> str | None:
        if self._errors < self._limits.consecutive_errors:
            return None
        return (
            f"The last {self._errors} records are errors, as many as limits.consecutive_errors "
            f"({self._limits.consecutive_errors}) allows in a row; their reasons stand under rejected/."
        )

    def _spent(self) -> str | None:
        limit = self._limits.total_tokens
        if limit is None or self._tokens <= limit:
            return None
        return f"{self._tokens:,} tokens are spent, more than limits.total_tokens ({limit:,}); raise it to go on."

    def _hopeless(self) -> str | None:
        expected = self._status.total() * self._total_rows / max(self._done_rows, 1)
        share = self._status["rejected"] / max(expected, 1)
        if share <= self._limits.rejected or self._done_rows == self._total_rows:
            return None
        return (
            f"{self._status['rejected']:,} of about {expected:,.0f} records are rejected already, more than "
            f"limits.rejected ({self._limits.rejected:.1%}) allows in the end; raise it to go on."
        )
