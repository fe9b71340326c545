"""Named points at which a test can stop the world, fail an operation or kill a process: off unless asked for.

`STARSCRIBE_FAULTS` names a directory whose `faults.json` lists what is to happen:

    [{"point": "commit.created", "hit": 3, "action": "kill"}]

At the third time that any process of the run comes to that point, it is killed. `hit` 0 is every time; `about` narrows
a fault to one split or unit. Each hit leaves a file `POINT.N`, by which processes count together and a test sees what
was reached. Without the variable a point costs one look at the environment.
"""

import errno
import json
import os
import signal
from pathlib import Path

VARIABLE = "STARSCRIBE_FAULTS"

POINTS = (
    "claim.before",  # the driver has a plan, and has written nothing
    "claim.created",  # the claim stands, the plan does not
    "plan.created",
    "replica.starting",  # no model is loaded yet
    "split.read",
    "split.begun",  # a replica has taken a split; none of its units is asked for
    "unit.begun",  # a unit is about to go to the engine
    "split.generated",
    "store.synced",  # the local store has its temporary file, and not yet the name
    "store.linked",  # the name stands, its folder is not synced
    "parts.before",
    "parts.written",  # all parts of an attempt are durable, nothing refers to them
    "commit.created",  # the commit stands, its parts have not got their final names
    "commit.published",  # and now they have; the driver does not know yet
    "finish.before",  # every split is committed
    "report.published",  # the report stands, the manifest does not
    "manifest.created",  # the run is complete, the driver has not ended
)


def reached(point: str, about: str = "") -> None:
    """Let happen what is planned for this point, if anything is."""
    if folder := os.environ.get(VARIABLE):
        _strike(Path(folder), point, about)


def _strike(folder: Path, point: str, about: str) -> None:
    hit = _count(folder, point)
    for fault in json.loads((folder / "faults.json").read_text()):
        if fault["point"] == point and fault["hit"] in (0, hit) and fault.get("about", "") in ("", about):
            _act(folder, fault["action"], point)


def _count(folder: Path, point: str) -> int:
    hit = 1
    while True:
        try:
            (folder / f"{point}.{hit}").touch(exist_ok=False)
            return hit
        except FileExistsError:
            hit += 1


def _act(folder: Path, action: str, point: str) -> None:
    if action == "driver":
        os.kill(int((folder / "driver.pid").read_text()), signal.SIGKILL)
    elif action in ("kill", "stop", "term"):
        os.kill(os.getpid(), {"kill": signal.SIGKILL, "stop": signal.SIGSTOP, "term": signal.SIGTERM}[action])
    elif action == "memory":
        raise MemoryError(f"fault at {point}")
    elif action == "error":
        raise RuntimeError(f"fault at {point}")
    else:
        raise OSError(getattr(errno, action), f"fault at {point}")
