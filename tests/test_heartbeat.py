"""A process that stands still is ended, one that goes on is not."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

PROGRAM = """
import os, signal, sys, time
from pipeline.heartbeat import Heartbeat

heartbeat = Heartbeat(0.4)
if sys.argv[1] == "silent":
    time.sleep(1.2)
else:
    for _ in range(30):
        heartbeat.beat()
        time.sleep(0.04)
    if sys.argv[1] == "stops":
        os.kill(os.getpid(), signal.SIGSTOP)
    if sys.argv[1] == "hangs":
        time.sleep(60)
heartbeat.close()
"""


@pytest.mark.parametrize(
    ("what", "status"), [("ends", 0), ("silent", 0), ("hangs", -signal.SIGKILL), ("stops", -signal.SIGKILL)]
)
def test_only_what_stands_still_after_its_first_beat_is_ended(what: str, status: int) -> None:
    process = subprocess.run([sys.executable, "-c", PROGRAM, what], timeout=30, check=False)
    assert process.returncode == status


def test_the_watcher_goes_when_its_process_is_gone() -> None:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, "hangs"])
    children: list[psutil.Process] = []
    deadline = time.monotonic() + 20
    while not children and time.monotonic() < deadline:
        children = psutil.Process(process.pid).children()
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert children
    assert psutil.wait_procs(children, timeout=5)[1] == []
