"""The source tree: files by the paths of records, which cannot lead out of it, read whole and replaced at once.

In: relative paths, with slashes. A tree may have a `Stage`, a folder that takes what is written, so that the tree
itself stays as it is. Knows nothing of what is in a file.
"""

import contextlib
import os
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path

from pipeline.apply.outcome import LeftOutError
from pipeline.disk import sync
from pipeline.errors import RefusedError, StoppedError
from pipeline.ingest.source import unsafe
from pipeline.local_store import OUTAGES


class Tree:
    """The files below a folder. RefusedError if there is no such folder."""

    def __init__(self, path: str, max_bytes: int, stage: "Stage | None" = None) -> None:
        if not Path(path).is_dir():
            raise RefusedError(f"tree.path: there is no folder {path}; give the one that the sources lie in.")
        self.root = Path(path).resolve()
        self._max_bytes, self._stage = max_bytes, stage

    def locate(self, path: str) -> str:
        """The path, without links, of a regular file of the tree. LeftOutError if it is none, or outside."""
        if unsafe(path) or ".git" in path.casefold().split("/"):
            raise LeftOutError("outside")
        try:
            found = (self.root / path).resolve(strict=True)
            mode = found.stat().st_mode
        except (OSError, RuntimeError) as error:
            raise LeftOutError("gone") from error
        if not found.is_relative_to(self.root) or ".git" in found.relative_to(self.root).parts:
            raise LeftOutError("outside")
        if not stat.S_ISREG(mode):
            raise LeftOutError("not_a_file")
        return found.relative_to(self.root).as_posix()

    def read(self, path: str) -> bytes:
        """The bytes of a file that was located, as they are by now. LeftOutError if it is unreadable or too large."""
        if self._stage and (staged := self._stage.read(path)) is not None:
            return staged
        try:
            with os.fdopen(os.open(self.root / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
                data = file.read(self._max_bytes + 1)
        except OSError as error:
            raise LeftOutError("unreadable") from error
        if len(data) > self._max_bytes:
            raise LeftOutError("too_large")
        return data

    def write(self, path: str, old: bytes, new: bytes) -> None:
        """Replace a file that was read. LeftOutError if somebody else has changed it in between."""
        if self.read(path) != old:
            raise LeftOutError("changed_meanwhile")
        if self._stage:
            self._stage.write(path, old, new, (self.root / path).stat().st_mode)
        else:
            replace(self.root / path, new, (self.root / path).stat().st_mode)


class Stage:
    """A folder with the files that were written, as they were (`a/`) and as they became (`b/`), below a prefix."""

    def __init__(self, folder: Path, prefix: str = "") -> None:
        self.folder, self._prefix = folder, prefix

    def read(self, path: str) -> bytes | None:
        """What was written to a path, if anything was."""
        try:
            return (self.folder / "b" / self._prefix / path).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, path: str, old: bytes, new: bytes, mode: int) -> None:
        """Keep what a path becomes, and what it was at first."""
        for side, data in (("a", old), ("b", new)):
            target = self.folder / side / self._prefix / path
            if side == "b" or not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
                target.chmod(stat.S_IMODE(mode) | stat.S_IRUSR | stat.S_IWUSR)


def replace(target: Path, data: bytes, mode: int) -> None:
    """Let a file hold other bytes, all of them or none.

    LeftOutError without the right to, StoppedError where the disk is full or fails.
    """
    temporary = target.with_name(f".starscribe-{uuid.uuid4().hex}.tmp")
    try:
        with _gone_after(temporary):
            _write(temporary, data, mode)
            temporary.replace(target)
            sync(target.parent)
    except OSError as error:
        if error.errno in OUTAGES:
            raise StoppedError(f"Cannot write {target}: {error.strerror}. Make room or mend the disk.") from error
        raise LeftOutError("not_writable") from error


def _write(path: Path, data: bytes, mode: int) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fchmod(file.fileno(), stat.S_IMODE(mode))
        os.fsync(file.fileno())


@contextlib.contextmanager
def _gone_after(path: Path) -> Iterator[None]:
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
