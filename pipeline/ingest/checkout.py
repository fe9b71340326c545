"""A git checkout as a source: the files tracked at HEAD, read from git's object database.

The work tree is never read, so what a row says of its commit is true. Programs that a repository's
configuration names (hooks, filters, monitors, transports) are switched off. Knows nothing of what is in a
file.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from pipeline.errors import RefusedError
from pipeline.ingest.source import Entry, unsafe

INERT = (
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "protocol.allow=never"),
)
NOT_FILES = {"120000": "symlink", "160000": "submodule"}
REMOTE = re.compile(r"^(?:[a-z][a-z+.-]*://[^/]+/|[^/:]+:)(?P<name>.+?)/*$")


class Checkout:
    """The tree of HEAD of the repository at `root`."""

    prefix = ""

    def __init__(self, root: Path, repo: str | None = None) -> None:
        self.root = root
        self.commit: str | None = self._git("rev-parse", "--verify", "--quiet", "HEAD").strip()
        self.repo = repo or repo_name(self._optional("config", "--get", "remote.origin.url")) or self._folder()
        self.notes = self._dirt()

    def entries(self) -> Iterator[Entry]:
        """Every tracked file, in git's order (by the bytes of its path)."""
        with ExitStack() as stack:
            listing = self._start(stack, "ls-tree", "-r", "-z", "-l", "--full-tree", str(self.commit))
            blobs = self._start(stack, "cat-file", "--batch")
            for line in split(output(listing)):
                yield self._entry(line, blobs)
            # A tree that cannot be read ends the listing early.
            if listing.wait():
                raise self._lacks(f"of a folder at {self.commit}")

    def _entry(self, line: bytes, blobs: "subprocess.Popen[bytes]") -> Entry:
        head, _, name = line.partition(b"\t")
        mode, _, blob, size = head.decode().split()
        path = name.decode("utf-8", "surrogateescape")
        problem = "unsafe_path" if unsafe(path) else NOT_FILES.get(mode)
        if problem:
            return Entry(path, problem=problem)
        if not size.isdigit():
            raise self._lacks(blob)
        return Entry(path, int(size), lambda limit: self._blob(blobs, blob)[:limit])

    def _blob(self, process: "subprocess.Popen[bytes]", blob: str) -> bytes:
        assert process.stdin
        out = output(process)
        process.stdin.write(blob.encode() + b"\n")
        process.stdin.flush()
        header = out.readline().split()
        if len(header) != 3:
            raise self._lacks(blob)
        data = out.read(int(header[2]))
        out.read(1)
        return data

    def _lacks(self, thing: str) -> RefusedError:
        return RefusedError(
            f"{self.root} cannot give the git object {thing}; complete the clone with `git fetch --refetch`."
        )

    def surroundings(self) -> Iterator[Entry]:
        """Nothing: a repository speaks for itself."""
        return iter(())

    def _folder(self) -> str:
        return self.root.resolve().name.removesuffix(".git")

    def _dirt(self) -> list[str]:
        if self._git("rev-parse", "--is-bare-repository").strip() == "true":
            return []
        status = self._git(*self._no_filters(), "status", "--porcelain", "-z", "--ignore-submodules=all")
        count = len([line for line in status.split("\0") if line])
        if not count:
            return []
        return [f"{self.root} has {count} paths that differ from HEAD: HEAD is what was read, not the work tree."]

    def _no_filters(self) -> list[str]:
        names = self._optional("config", "--name-only", "--get-regexp", r"^filter\..*\.(clean|process|required)$")
        off = {"clean": "", "process": "", "required": "false"}
        return [part for name in names.split() for part in ("-c", f"{name}={off[name.rpartition('.')[2]]}")]

    def _git(self, *arguments: str) -> str:
        done = self._run(arguments)
        if done.returncode:
            why = done.stderr.decode(errors="replace").strip().splitlines()
            raise RefusedError(
                f"{self.root} cannot be read as a git checkout: {why[0] if why else 'it has no commit yet'}; "
                "commit something, repair it, or point source.paths at a folder without .git."
            )
        return done.stdout.decode("utf-8", "surrogateescape")

    def _optional(self, *arguments: str) -> str:
        return self._run(arguments).stdout.decode("utf-8", "surrogateescape").strip()

    def _run(self, arguments: Sequence[str]) -> "subprocess.CompletedProcess[bytes]":
        try:
            return subprocess.run([*self._command(), *arguments], capture_output=True, env=environment(), check=False)
        except FileNotFoundError as error:
            raise RefusedError(f"{self.root} is a git checkout, and git is not installed; install git.") from error

    def _start(self, stack: ExitStack, *arguments: str) -> "subprocess.Popen[bytes]":
        return stack.enter_context(
            subprocess.Popen(
                [*self._command(), *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
            )
        )

    def _command(self) -> list[str]:
        return ["git", *INERT, "-C", str(self.root)]


def output(process: "subprocess.Popen[bytes]") -> IO[bytes]:
    """What the process writes."""
    assert process.stdout
    return process.stdout


def split(stream: IO[bytes], size: int = 65_536) -> Iterator[bytes]:
    """The pieces of a stream between NUL bytes."""
    rest = b""
    while chunk := stream.read(size):
        *lines, rest = (rest + chunk).split(b"\0")
        yield from lines


def environment() -> dict[str, str]:
    """The environment without what points git elsewhere; no locks, prompts, replaced or fetched objects."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    quiet = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1"}
    return kept | quiet | {"GIT_NO_LAZY_FETCH": "1"}


def is_checkout(path: Path) -> bool:
    """Whether the folder is the top of a git checkout, or a bare repository."""
    return (path / ".git").exists() or all((path / name).exists() for name in ("HEAD", "objects", "refs"))


def repo_name(url: str) -> str | None:
    """`owner/name` of a remote's URL, without host and credentials; null for a path on disk."""
    match = None if url.startswith("file:") else REMOTE.match(url)
    return match["name"].removesuffix(".git").strip("/") if match else None
