"""A run's files on a POSIX file system that has hard links.

A file gets its name by link(), which is atomic and fails where the name is taken: of several writers exactly one wins,
and a reader sees all of the file or none. Files and folders are synced. A kill leaves at most a temporary file that
nobody reads. Knows nothing of splits or Parquet.
"""

import contextlib
import errno
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

from pipeline.disk import sync
from pipeline.errors import RefusedError, StoppedError
from pipeline.faults import reached

OUTAGES = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ESTALE, errno.ETIMEDOUT)
TEMPORARY = "_starscribe/tmp"


class LocalStore:
    """A `Store` below a directory.

    RefusedError where rights or hard links are missing, StoppedError where the disk is full or fails.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self._root = Path(root)

    def create(self, name: str, data: bytes) -> bool:
        target = self._root / name
        if target.exists():
            return False
        temporary = self._root / TEMPORARY / f"{uuid.uuid4().hex}.tmp"
        with _told(target):
            try:
                _make_folder(temporary.parent)
                _write_synced(temporary, data)
                reached("store.synced", name)
                return _link(temporary, target)
            finally:
                with contextlib.suppress(OSError):
                    temporary.unlink()

    def publish(self, source: str, target: str) -> None:
        with _told(self._root / target):
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


@contextlib.contextmanager
def _told(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in OUTAGES:
            raise StoppedError(f"Cannot write {target}: {error.strerror}. Make room or mend the disk.") from error
        raise RefusedError(
            f"Cannot write {target}: {error.strerror or error}. "
            "Check the rights, and that the file system can be written to and has hard links."
        ) from error


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _link(source: Path, target: Path) -> bool:
    _make_folder(target.parent)
    try:
        os.link(source, target)
    except FileExistsError:
        return False
    reached("store.linked", target.name)
    sync(target.parent)
    return True


def _make_folder(path: Path) -> None:
    if not path.is_dir():
        _make_folder(path.parent)
        path.mkdir(exist_ok=True)
        sync(path.parent)
