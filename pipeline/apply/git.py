"""What git is asked: which files have changed, which there are, where a tree lies in its checkout, and for a patch.

Runs the program `git`, without a shell, with nothing of the user's or the repository's configuration that runs or
changes anything. RefusedError, as a sentence, where it is missing or cannot answer.
"""

import os
import shutil
import subprocess
import uuid
from pathlib import Path
from typing import IO

from pipeline.errors import RefusedError
from pipeline.ingest.checkout import INERT, environment

ALONE = ("-c", "core.autocrlf=false", "-c", f"core.attributesFile={os.devnull}", "-c", "diff.algorithm=histogram")
PATCH = ("--no-index", "--no-prefix", "--binary", "--full-index", "--unified=3", "--inter-hunk-context=0")
PLAIN = ("--no-ext-diff", "--no-textconv", "--no-renames", "--no-color")


def changed(root: Path, ref: str) -> set[str]:
    """The files below a folder that differ from a commit, or that git does not know and does not ignore."""
    if shutil.which("git") is None:
        raise RefusedError("select.changed: git is not installed; install it, or leave select.changed out.")
    commit = _asked(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    differ = _asked(root, *_filters(root), "diff", *PLAIN, "--name-only", "-z", "--relative", commit.strip(), "--")
    new = _asked(root, "ls-files", "--others", "--exclude-standard", "-z")
    return {name for name in (differ + new).split("\0") if name}


def files(root: Path) -> list[str] | None:
    """The files below a folder that git knows or does not ignore; None where the folder is not of a checkout."""
    try:
        names = _run(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    except FileNotFoundError:
        return None
    return None if names.returncode else sorted({*names.stdout.decode("utf-8", "surrogateescape").split("\0")} - {""})


def prefix(root: Path) -> str:
    """Where a folder lies in its checkout; empty for the top, and where there is none."""
    try:
        return _run(root, "rev-parse", "--show-prefix").stdout.decode("utf-8", "surrogateescape").rstrip("\n")
    except FileNotFoundError:
        return ""


def patch(stage: Path, target: Path) -> None:
    """Write the difference between `a/` and `b/` below a folder as a patch that `git apply` takes."""
    for side in ("a", "b"):
        (stage / side).mkdir(exist_ok=True)
    temporary = target.with_name(f".starscribe-{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("xb") as file:
            made = _run(stage, *ALONE, "diff", *PLAIN, *PATCH, "--", "a", "b", to=file)
        if made.returncode not in (0, 1):
            raise RefusedError(f"patch.path: git cannot make the patch ({_why(made)}); see that git is 2.32 or newer.")
        temporary.replace(target)
    except OSError as error:
        raise RefusedError(f"patch.path: {target} cannot be written: {error.strerror}; give another place.") from error
    finally:
        temporary.unlink(missing_ok=True)


def _asked(root: Path, *arguments: str) -> str:
    done = _run(root, *arguments)
    if done.returncode:
        raise RefusedError(
            f"select.changed: git cannot say what has changed in {root} ({_why(done)}); give a commit of its checkout."
        )
    return done.stdout.decode("utf-8", "surrogateescape")


def _why(done: "subprocess.CompletedProcess[bytes]") -> str:
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return said[0] if said else "there is no such thing"


def _filters(root: Path) -> list[str]:
    """What switches off the programs through which a repository's configuration would have its files pass."""
    names = _run(
        root, "config", "--name-only", "--get-regexp", r"^filter\..*\.(clean|process|required)$"
    ).stdout.decode()
    off = {"clean": "", "process": "", "required": "false"}
    return [part for name in names.split() for part in ("-c", f"{name}={off[name.rpartition('.')[2]]}")]


def _run(root: Path, *arguments: str, to: IO[bytes] | int = subprocess.PIPE) -> "subprocess.CompletedProcess[bytes]":
    command = ["git", *INERT, "-C", str(root), *arguments]
    return subprocess.run(command, stdout=to, stderr=subprocess.PIPE, env=environment(), check=False)
