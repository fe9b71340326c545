"""A fault: what strikes where and when. Most strike from inside (`pipeline.faults`), some from here.

kill    SIGKILL for the process that comes to the point       all     SIGKILL for everything, at the point
driver  SIGKILL for the driver; the rest lives on as it can   drain   SIGTERM for the driver
stop    SIGSTOP for the process that comes to the point       node    SIGKILL for the raylet of a node
ENOSPC, EIO, memory, error    an exception at the point
"""

import json
import os
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

OUTSIDE = ("all", "drain", "node")
WORDS = {
    "kill": "process killed",
    "driver": "driver killed, the rest lives on",
    "all": "everything killed",
    "stop": "process stopped (SIGSTOP)",
    "drain": "SIGTERM",
    "node": "node lost (raylet killed)",
    "ENOSPC": "disk full",
    "EIO": "disk fails",
    "memory": "out of memory",
    "error": "exception",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Strikes at the `hit`th time that any process comes to the point; 0 is every time."""

    action: str
    point: str
    hit: int = 1
    about: str = ""

    @property
    def name(self) -> str:
        return f"{WORDS[self.action]} at {self.point}"


class Strikes:
    """The faults of one run, over all its executions."""

    def __init__(self, folder: Path, faults: Iterable[Fault]) -> None:
        self.folder, self._faults = folder, list(faults)
        self._waiting = [fault for fault in self._faults if fault.action in OUTSIDE]
        folder.mkdir(parents=True)
        inside = [_inside(fault) for fault in self._faults if fault.action not in ("drain", "node")]
        (folder / "faults.json").write_text(json.dumps(inside))

    def begun(self, driver: int) -> None:
        """Name the driver of an execution."""
        (self.folder / "driver.pid").write_text(str(driver))

    def strike(self, everything: Callable[[], None], node: Callable[[], None]) -> None:
        """Strike from outside where it is time."""
        for fault in [fault for fault in self._waiting if self.reached(fault)]:
            self._waiting.remove(fault)
            if fault.action == "all":
                everything()
            elif fault.action == "node":
                node()
            else:
                with suppress(ProcessLookupError):
                    os.kill(int((self.folder / "driver.pid").read_text()), signal.SIGTERM)

    def reached(self, fault: Fault) -> bool:
        """Whether any process came to the point so often."""
        return (self.folder / f"{fault.point}.{max(fault.hit, 1)}").exists()

    def struck(self) -> bool:
        """Whether every fault had its occasion."""
        return all(self.reached(fault) for fault in self._faults)


def _inside(fault: Fault) -> dict[str, object]:
    action = "stop" if fault.action == "all" else fault.action  # what comes to the point waits there for its end
    planned: dict[str, object] = {"point": fault.point, "hit": fault.hit, "action": action}
    return planned | ({"about": fault.about} if fault.about else {})
