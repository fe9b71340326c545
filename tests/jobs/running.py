"""Running the main job as a person does: a command in a process of its own, which can be killed and started again."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pyarrow.dataset as ds

ROOT = Path(__file__).parents[2]
CONF = ROOT / "conf"


def arguments(model: Path, shards: Path, out: Path, *more: str) -> list[str]:
    return [
        str(CONF / "template" / "alpaca.yaml"),
        *(
            "--tasks",
            "{explain: {instruction: Explain., max_tokens: 12}, docstring: {instruction: Doc., max_tokens: 8}}",
        ),
        *("--model.path", str(model), "--input.path", str(shards), "--output.path", str(out)),
        *("--input.languages", "[Python]", "--input.split_rows", "2", "--model.dtype", "float32"),
        *("--engine.step_tokens", "256", "--engine.max_requests", "8", "--limits.errors", "1"),
        *("--checks.allow_truncated", "true", "--checks.language", "null"),
        *more,
    ]


def rows(out: Path) -> list[dict[str, Any]]:
    """Every record of a run, good or not, by id."""
    tables = [ds.dataset(out / f, format="parquet").to_table() for f in ("records", "rejected") if (out / f).exists()]
    return sorted((row for table in tables for row in table.to_pylist()), key=lambda row: row["id"])


def faults(folder: Path, *those: dict[str, Any]) -> str:
    """A folder for the run's environment by which those faults strike, and which shows what points were reached."""
    folder.mkdir()
    (folder / "faults.json").write_text(json.dumps(those))
    return str(folder)


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """kill -9 for the driver and everything that it started."""
    try:
        family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
    except psutil.NoSuchProcess:
        return
    for member in family:
        try:
            member.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue
    process.wait()


def start(args: list[str], log: Path, **environment: str) -> subprocess.Popen[bytes]:
    """The job as a process that writes to a log."""
    command = [sys.executable, "-m", "jobs.document", *args]
    environment = {**os.environ, "COLUMNS": "200", **environment}
    with log.open("ab") as file:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=environment,
        )


def wait_for(condition: Any, process: subprocess.Popen[bytes], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
