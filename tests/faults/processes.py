"""A command and everything that it starts, ended together: no process of one run is left to meet the next.

Ray's processes leave the driver's session and outlive it. What all of them inherit is the environment, so a mark in it
tells them, and each group has a temporary directory of its own. Knows nothing of what the command does.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

ROOT = Path(__file__).parents[2]
MARK = "STARSCRIBE_MARK"


class Group:
    """Processes with one mark; leaving the `with` block ends them all."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="sf-")  # short: sockets lie below it
        own = {MARK: self._folder, "RAY_TMPDIR": self._folder, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
        self.environment = {**own, "SPT_NOENV": "1"}  # a process that writes its title must leave the mark alone

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self, command: Sequence[str], log: Path, **environment: str) -> subprocess.Popen[bytes]:
        """A process of the group that writes to a log."""
        with log.open("ab") as file:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment, **environment},
                start_new_session=True,
            )

    def members(self) -> list[psutil.Process]:
        """Every process that is alive and carries the mark."""
        mark = f"{MARK}={self._folder}".encode()
        return [process for process in psutil.process_iter() if mark in _environment(process.pid)]

    def kill(self, seconds: float = 30) -> None:
        """SIGKILL for all of them, until none is left at two looks: within `exec` a process shows no environment."""
        deadline = time.monotonic() + seconds
        quiet = 0
        while quiet < 2:
            members = self.members()
            quiet = 0 if members else quiet + 1
            for member in members:
                with suppress(psutil.NoSuchProcess):
                    member.send_signal(signal.SIGKILL)
            time.sleep(0.1)  # psutil's own waiting would reap our children, and with them their exit status
            if members and time.monotonic() > deadline:
                raise TimeoutError(f"{members} do not die")


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
