"""The command line: help, and exit statuses for what can be wrong with it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def starscribe(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "200"}
    command = [sys.executable, "-m", "jobs.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)


def test_without_arguments_it_says_how_to_use_it() -> None:
    assert starscribe().returncode == 2
    assert starscribe("--help").returncode == 0
    assert "document" in starscribe("--help").stdout


def test_help_of_a_job_lists_every_key() -> None:
    done = starscribe("document", "--help")
    assert done.returncode == 0
    assert "--input.path  (needed)" in done.stdout
    assert "--sampling.temperature  [0.0]" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        (["documnet"], 2, "no job 'documnet'"),
        (["document", "conf/absent.yaml"], 2, "conf/absent.yaml"),
        (["document", "conf/demo.yaml", "--input.path", "x"], 2, "output"),
        (["document", "conf/demo.yaml", "--output.pth", "x"], 2, "Did you mean output.path?"),
    ],
)
def test_bad_usage_is_a_sentence_and_a_status(arguments: list[str], status: int, text: str) -> None:
    done = starscribe(*arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert text in done.stderr
    assert "Traceback" not in done.stderr
