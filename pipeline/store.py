"""Where a run's files lie: create-if-absent, read, list, and nothing else.

The commit protocol needs no more than this of a disk or an object store: no overwriting, no renaming, no deleting.
`Store` is what the pipeline knows; `LocalStore` keeps it on a POSIX file system. Names are relative, with slashes.
Knows nothing of splits or Parquet.
"""

import contextlib
import errno
import os
import uuid
from pathlib import Path
from typing import Protocol

from pipeline.errors import RefusedError, StoppedError

OUTAGES = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ESTALE, errno.ETIMEDOUT)


class Store(Protocol):
    """The few operations on which exactly-once rests."""

    def create(self, name: str, data: bytes) -> bool:
        """Make `name` hold `data`, durably and whole, if there is no such name; say whether this call did."""

    def publish(self, source: str, target: str) -> None:
        """Let `target` hold what `source` holds, unless there is such a name already."""

    def read(self, name: str) -> bytes | None:
        """What `name` holds; None if there is no such name."""

    def names(self, folder: str) -> list[str]:
        """Names directly in a folder, sorted; none if there is no such folder."""


class LocalStore:
    """A `Store` on a POSIX file system that has hard links.

    `create` writes a temporary file, syncs it, and links it to its name: link() is atomic and fails where the name
    exists, so of several writers exactly one wins and a reader sees all of the file or none. A kill leaves at most
    a temporary file in `_starscribe/tmp`, which nobody reads.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self._root = Path(root)

    def create(self, name: str, data: bytes) -> bool:
        target = self._root / name
        if target.exists():
            return False
        temporary = self._root / "_starscribe" / "tmp" / f"{uuid.uuid4().hex}.tmp"
        try:
            temporary.parent.mkdir(parents=True, exist_ok=True)
            _write_synced(temporary, data)
            return _link(temporary, target)
        except OSError as error:
            if error.errno in OUTAGES:
                raise StoppedError(f"Cannot write {target}: {error.strerror}. Make room or mend the disk.") from error
            raise RefusedError(
                f"Cannot write {target}: {error.strerror or error}. "
                f"Check the rights and the free space of {self._root}."
            ) from error
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink()

    def publish(self, source: str, target: str) -> None:
        _link(self._root / source, self._root / target)

    def read(self, name: str) -> bytes | None:
        try:
            return (self._root / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def names(self, folder: str) -> list[str]:
        try:
            return sorted(path.name for path in (self._root / folder).iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _link(source: Path, target: Path) -> bool:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileExistsError:
        return False
    _sync_folder(target.parent)
    return True


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
