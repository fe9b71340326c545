"""What a source of files is, whatever it is kept in: a name, a commit where known, and entries in a fixed
order.

An entry is one file of it, or something that cannot be read as one, with its reason. Knows nothing of what
is in a file.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

DRIVE = re.compile(r"^[A-Za-z]:")


class UnreadableError(Exception):
    """One entry cannot be read; the rest of its source can."""


def nothing(limit: int) -> bytes:
    """The content of an entry that has none to give."""
    raise UnreadableError(f"no {limit} bytes, nor any")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a source: path with `/`, size in bytes, and a way to its first `limit` bytes.

    `read` works once, until the next entry is asked for, and may raise UnreadableError. `problem` names why
    the entry is not a readable file.
    """

    path: str
    size: int = 0
    read: Callable[[int], bytes] = nothing
    problem: str | None = None


class Source(Protocol):
    """A tree of files that can be gone through any number of times, always in the same order."""

    @property
    def repo(self) -> str:
        """The repository's name."""
        ...

    @property
    def commit(self) -> str | None:
        """The commit that the files are of, where known."""
        ...

    @property
    def prefix(self) -> str:
        """Where the source lies in the folder whose licences govern it; empty for the folder itself."""
        ...

    @property
    def notes(self) -> list[str]:
        """Sentences for the user."""
        ...

    def entries(self) -> Iterator[Entry]:
        """Every file, by path."""
        ...

    def surroundings(self) -> Iterator[Entry]:
        """Files above the source that may say its licence; by those paths it lies in the folder `prefix`."""
        ...


def unsafe(path: str) -> bool:
    """Whether a member's name is anything but a plain relative path that text can hold."""
    return (
        not path
        or path.startswith("/")
        or DRIVE.match(path) is not None
        or ".." in path.split("/")
        or any(c in "\\\0" or "\ud800" <= c <= "\udfff" for c in path)
    )
