"""A directory on disk as a source: regular files only, links never followed.

Also finds the licence files above it, where the directory is part of a project, of an installed package or
of Python's own library. Knows nothing of git.
"""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipeline.ingest.licenses import is_candidate
from pipeline.ingest.source import Entry, UnreadableError, unsafe

PROJECT = (".git", "pyproject.toml", "setup.py", "setup.cfg", "package.json", "Cargo.toml", "go.mod")
INSTALLED = ("site-packages", "dist-packages")
FOREIGN = ("node_modules", "vendor", "third_party", ".venv", "venv")


class Directory:
    """The files below a directory, by path; `context` is the folder whose licences govern it."""

    commit = None

    def __init__(self, root: Path, repo: str | None = None) -> None:
        self.root = root.resolve()
        self.repo = repo or self.root.name
        self.notes: list[str] = []
        self.context = governing(self.root)
        self.prefix = posix(self.root.relative_to(self.context))

    def entries(self) -> Iterator[Entry]:
        """Every file below the root, ordered by the bytes of its path."""
        return self._below(self.root)

    def _below(self, folder: Path) -> Iterator[Entry]:
        try:
            with os.scandir(folder) as found:
                items = sorted(found, key=_order)
        except OSError:
            yield Entry(self._name(folder), problem="unreadable")
            return
        for item in items:
            if item.is_dir(follow_symlinks=False):
                yield from self._below(Path(item.path))
            else:
                yield self._entry(item)

    def _entry(self, item: "os.DirEntry[str]") -> Entry:
        path = self._name(Path(item.path))
        if unsafe(path):
            return Entry(path, problem="unsafe_path")
        if item.is_symlink():
            return Entry(path, problem="symlink")
        if not item.is_file(follow_symlinks=False):
            return Entry(path, problem="special")
        return file_entry(path, Path(item.path))

    def _name(self, path: Path) -> str:
        return posix(path.relative_to(self.root))

    def surroundings(self) -> Iterator[Entry]:
        """Licence files and package metadata between the root and the folder that governs it, inclusive."""
        if self.context.name in INSTALLED:
            yield from self._distributions()
            return
        for folder in self.root.parents if self.prefix else ():
            for path in sorted(folder.iterdir()):
                if path.is_file() and is_candidate(path.name):
                    yield file_entry(posix(path.relative_to(self.context)), path)
            if folder == self.context:
                return

    def _distributions(self) -> Iterator[Entry]:
        for path in sorted(self.context.glob("*.dist-info/**/*")):
            name = posix(path.relative_to(self.context))
            if path.is_file() and is_candidate(name):
                yield file_entry(name, path)


def posix(path: Path) -> str:
    """A relative path with `/`; the folder itself is empty."""
    return "" if path == Path() else str(PurePosixPath(path))


def _order(item: "os.DirEntry[str]") -> bytes:
    return os.fsencode(item.name) + (b"/" if item.is_dir(follow_symlinks=False) else b"")


def file_entry(name: str, path: Path) -> Entry:
    """A regular file on disk; one that cannot be looked at says so."""
    try:
        size = path.lstat().st_size
    except OSError:
        return Entry(name, problem="unreadable")
    return Entry(name, size, lambda limit: _read(path, limit))


def _read(path: Path, limit: int) -> bytes:
    # Between listing and opening, another process may have put a link or a pipe there.
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            return file.read(limit)
    except OSError as error:
        raise UnreadableError(str(error)) from error


def governing(root: Path) -> Path:
    """The folder whose licence files speak for the root: a project, package folder or Python library.

    The root itself, where nothing above it is known to belong to it.
    """
    for folder in (root, *root.parents):
        if folder != root and folder.name in INSTALLED:
            return folder
        if _is_project(folder):
            return folder
        if folder.name in (*FOREIGN, *INSTALLED):
            return root
    return root


def _is_project(folder: Path) -> bool:
    python_library = (folder / "os.py").is_file() and (folder / "LICENSE.txt").is_file()
    return python_library or any((folder / name).exists() for name in PROJECT)
