"""What ends replicas: a split that was begun and never came to its end is known by its marks, and so is the unit.

A replica marks a split when it begins it; marks that are there already tell of replicas that died in it. After the
second death the split's units go to the engine one after another with nothing beside them, each marked before, and the
last one after: if the replica dies between, the last mark names the unit, and the next replica sets it aside. Marks
belong to one execution, so that a driver that was killed leaves no suspicion behind. Knows nothing of Ray or models.
"""

import uuid
from dataclasses import dataclass, field

from pipeline.errors import StoppedError
from pipeline.store import Store

SUSPECT = 2  # deaths after which a split's units are tried alone
SPARE = 4  # more deaths, with no unit to blame, before the run ends
REPLICAS = "replicas"  # in the place of a split: marks of replicas that start


@dataclass(slots=True)
class Trial:
    """One replica's try at a split.

    `alone`: its units go one by one; `aside`: ordinals of those that ended a replica; up to `survived` all were tried.
    """

    alone: bool
    aside: set[int] = field(default_factory=set)
    survived: int = -1


class Tries:
    """The marks of one execution in a store."""

    def __init__(self, store: Store, run_id: str, replicas: int = 1) -> None:
        self._store, self._root, self._replicas = store, f"_starscribe/tries/{run_id}", replicas

    def starting(self) -> int:
        """Mark the start of a replica; how many starts before it came to nothing.

        StoppedError where there is no sense in another.
        """
        starts = self._marks(REPLICAS, "starting")
        failed = max(0, len(starts) - len(self._marks(REPLICAS, "started")) - self._replicas + 1)
        if failed > SPARE:
            raise StoppedError(
                f"{failed} replicas died before they were ready: the machine's and Ray's logs say why (memory, in most "
                "cases). Mend that."
            )
        self._claim("starting", len(starts))
        return failed

    def started(self) -> None:
        """Mark that a replica is ready."""
        self._claim("started", len(self._marks(REPLICAS, "started")))

    def _claim(self, kind: str, number: int) -> None:
        while not self._mark(REPLICAS, kind, number):
            number += 1

    def deaths(self, split: str) -> int:
        """How many replicas began a split and died in it."""
        return len(self._marks(split, "begun"))

    def begin(self, split: str, deaths: int) -> Trial:
        """Mark a split as begun, after so many deaths. StoppedError where there is no unit to blame for them."""
        trial = self._suspicious(split) if deaths >= SUSPECT else Trial(alone=False)
        if deaths >= SUSPECT + SPARE + len(trial.aside):
            raise StoppedError(
                f"{deaths} replicas died in split {split}, and no unit of it is to blame: the machine's and Ray's logs "
                "say why. Mend that."
            )
        self._mark(split, "begun", deaths)
        return trial

    def _suspicious(self, split: str) -> Trial:
        tried, aside = self._marks(split, "tried"), set(self._marks(split, "aside"))
        if tried and tried[-1] not in aside.union(self._marks(split, "survived")):
            self._mark(split, "aside", tried[-1])
            aside.add(tried[-1])
        return Trial(True, aside, tried[-1] if tried else -1)

    def tried(self, split: str, trial: Trial, ordinal: int) -> None:
        """Say that a unit goes to the engine now, alone; what a replica survived needs no mark again."""
        if ordinal > trial.survived:
            self._mark(split, "tried", ordinal)

    def survived(self, split: str) -> None:
        """Say that the unit which was tried last did no harm."""
        for ordinal in self._marks(split, "tried")[-1:]:
            self._mark(split, "survived", ordinal)

    def _mark(self, split: str, kind: str, number: int) -> bool:
        return self._store.create(f"{self._root}/{split}/{kind}-{number:08d}", uuid.uuid4().bytes)

    def _marks(self, split: str, kind: str) -> list[int]:
        names = (name.partition("-") for name in self._store.names(f"{self._root}/{split}"))
        return [int(number) for name, _, number in names if name == kind]
