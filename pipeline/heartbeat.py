"""Ends a process that stands still: a count that it raises, and a second process that looks at it.

The watcher is a process of its own, since one that hangs in a device's driver, or is stopped by a signal, cannot look
after itself. Run as a script, this module is the watcher; it needs the standard library only.
"""

import contextlib
import mmap
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COUNT = struct.Struct("=Q")


class Heartbeat:
    """From its first beat on, kills this process with SIGKILL when it has not beaten for so many seconds."""

    def __init__(self, seconds: float) -> None:
        descriptor, path = tempfile.mkstemp(prefix="starscribe-heartbeat-")
        os.write(descriptor, COUNT.pack(0))
        self._memory, self._beats = mmap.mmap(descriptor, COUNT.size), 0
        os.close(descriptor)
        self._watcher = subprocess.Popen([sys.executable, "-S", __file__, str(os.getpid()), path, str(seconds)])

    def beat(self) -> None:
        """Say that all is well."""
        self._beats += 1
        COUNT.pack_into(self._memory, 0, self._beats)

    def close(self) -> None:
        """End the watcher."""
        self._watcher.terminate()
        self._watcher.wait()


def watch(pid: int, path: Path, seconds: float) -> None:
    """Look until the process is gone, or end it."""
    pause, last, since = min(1.0, seconds / 4), None, time.monotonic()
    with path.open("rb") as file, contextlib.suppress(ProcessLookupError):
        path.unlink()
        while os.getppid() == pid:
            seen = os.pread(file.fileno(), COUNT.size, 0)
            if seen != last or seen == COUNT.pack(0):
                last, since = seen, time.monotonic()
            elif time.monotonic() - since > seconds:
                os.kill(pid, signal.SIGKILL)
            time.sleep(pause)


if __name__ == "__main__":
    watch(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
