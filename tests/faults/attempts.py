"""A command started again until it is done, as a scheduler does it, while faults strike.

After a driver's death the next execution starts at once, beside whatever of the last one is still alive; one that does
not end in time is ended from outside, which a person would have to do.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.fault import Strikes
from tests.faults.processes import Group

TRIES, HANGS = 5, 2
PATIENCE = 400.0  # seconds for one execution; an undisturbed one takes a tenth, an outage of the store up to 300


@dataclass(frozen=True, slots=True)
class Attempts:
    """Exit statuses in order, None where an execution had to be ended; seconds that they took together."""

    statuses: tuple[int | None, ...]
    seconds: float
    good: Collection[int]

    @property
    def stuck(self) -> bool:
        return None in self.statuses or self.statuses[-1] not in self.good


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is run: `drivers` of it at once the first time, until it ended well `ends` times."""

    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    drivers: int = 1
    ends: int = 1
    good: Collection[int] = (0,)
    patience: float = PATIENCE


def attempts(
    what: Attempt,
    strikes: Strikes,
    look: Callable[[], None] = lambda: None,
    node: Callable[[], None] = lambda: None,
) -> Attempts:
    """Run a command until it is done, `TRIES` times at most; `look` is called after each abnormal end."""
    statuses: list[int | None] = []
    seconds = 0.0
    with Group() as group:
        while (
            sum(status in what.good for status in statuses) < what.ends
            and len(statuses) < TRIES
            and statuses.count(None) < HANGS
        ):
            began = time.monotonic()
            statuses.append(_execute(what, strikes, group, node, what.drivers if not statuses else 1))
            seconds += time.monotonic() - began
            if statuses[-1] not in what.good:
                look()
        return Attempts(tuple(statuses), seconds, what.good)


def _execute(what: Attempt, strikes: Strikes, group: Group, node: Callable[[], None], drivers: int) -> int | None:
    environment = {**what.environment, "STARSCRIBE_FAULTS": str(strikes.folder)}
    processes = [group.start(what.command, what.log, **environment) for _ in range(drivers)]
    strikes.begun(processes[0].pid)
    deadline = time.monotonic() + what.patience
    while any(process.poll() is None for process in processes):
        strikes.strike(group.kill, node)
        if time.monotonic() > deadline:
            group.kill()
            for process in processes:
                process.wait()
            return None
        time.sleep(0.02)
    return next((process.returncode for process in processes if process.returncode), 0)
