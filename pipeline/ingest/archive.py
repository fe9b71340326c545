"""Zip and tar archives as sources: read as streams, never unpacked to disk, nothing outside them touched.

Names that point elsewhere, links and devices are entries with a problem; an archive that unpacks to far
more than it weighs is refused. A top folder that holds everything is not part of the paths. A zip is read
by path, a tar in its own order, since it has no other.
"""

import bz2
import gzip
import io
import lzma
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Protocol

from pipeline.config.ingest import Archive
from pipeline.errors import RefusedError
from pipeline.ingest.source import Entry, UnreadableError, unsafe

HARMLESS = 64 * 2**20
COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError)


class Stream(Protocol):
    """What bytes can be read from."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


def _gunzip(file: IO[bytes]) -> Stream:
    return gzip.GzipFile(fileobj=file)


UNPACK: dict[str, Callable[[IO[bytes]], Stream]] = {
    ".tar.gz": _gunzip,
    ".tgz": _gunzip,
    ".tar.bz2": bz2.BZ2File,
    ".tar.xz": lzma.LZMAFile,
    ".tar": lambda file: file,
}
KINDS = (".zip", *UNPACK)


def kind(path: Path) -> str | None:
    """The archive's kind by its name; null if it is none that can be read."""
    return next((suffix for suffix in KINDS if path.name.lower().endswith(suffix)), None)


class _Archive:
    """What both kinds share: the names seen once beforehand, for the top folder and for doubles."""

    prefix = ""

    def __init__(self, path: Path, repo: str | None, limits: Archive) -> None:
        self.path, self.limits = path, limits
        self.repo = repo or path.name[: -len(kind(path) or "")]
        self.commit: str | None = None
        self.notes: list[str] = []
        self.top = ""
        self.last: dict[str, int] = {}

    def surroundings(self) -> Iterator[Entry]:
        """Nothing: an archive speaks for itself."""
        return iter(())

    def _survey(self, names: Iterator[str]) -> None:
        for index, name in enumerate(names):
            if index >= self.limits.max_members:
                raise RefusedError(
                    f"{self.path} has more than {self.limits.max_members} members; "
                    "raise archive.max_members if you trust it."
                )
            self.last[name] = index
        tops = {name.partition("/")[0] if "/" in name else "" for name in self.last if not unsafe(name)}
        self.top = f"{tops.pop()}/" if len(tops) == 1 and "" not in tops else ""

    def _problem(self, name: str, index: int) -> str | None:
        if unsafe(name):
            return "unsafe_path"
        return "duplicate" if self.last[name] != index else None

    def _weigh(self, unpacked: int) -> None:
        if unpacked > HARMLESS and unpacked > self.limits.max_ratio * self.path.stat().st_size:
            raise RefusedError(
                f"{self.path} unpacks to more than {self.limits.max_ratio:g} times its size; "
                "raise archive.max_ratio if you trust it."
            )

    def _broken(self, error: Exception) -> RefusedError:
        return RefusedError(f"{self.path} cannot be read as an archive ({error}); get a whole copy of it.")


class Zip(_Archive):
    """A zip archive, by path."""

    def __init__(self, path: Path, repo: str | None, limits: Archive) -> None:
        super().__init__(path, repo, limits)
        with self._open() as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            self._survey(member.orig_filename for member in members)
            self._weigh(sum(member.file_size for member in members))
            self.commit = _commit(archive.comment.decode("ascii", "replace"))

    def entries(self) -> Iterator[Entry]:
        """Every member but the folders."""
        with self._open() as archive:
            members = enumerate(member for member in archive.infolist() if not member.is_dir())
            for index, member in sorted(members, key=lambda pair: (pair[1].orig_filename, pair[0])):
                yield self._entry(archive, member, index)

    def _entry(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, index: int) -> Entry:
        name = member.orig_filename
        problem = self._problem(name, index) or _zip_problem(member)
        if problem:
            return Entry(name, problem=problem)
        return Entry(name.removeprefix(self.top), member.file_size, lambda limit: _unzip(archive, member, limit))

    def _open(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self.path)
        except BROKEN as error:
            raise self._broken(error) from error


def _zip_problem(member: zipfile.ZipInfo) -> str | None:
    mode = member.external_attr >> 16
    if stat.S_ISLNK(mode):
        return "symlink"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "special"
    return "encrypted" if member.flag_bits & 1 else None


def _unzip(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    try:
        with archive.open(member) as file:
            return file.read(limit)
    except (*BROKEN, NotImplementedError) as error:
        raise UnreadableError(str(error)) from error


class Tar(_Archive):
    """A tar archive, compressed or not, in its own order."""

    def __init__(self, path: Path, repo: str | None, limits: Archive) -> None:
        super().__init__(path, repo, limits)
        self._survey(member.name for _, member in self._members())

    def entries(self) -> Iterator[Entry]:
        """Every member but the folders."""
        for index, (archive, member) in enumerate(self._members()):
            problem = self._problem(member.name, index) or _tar_problem(member)
            if problem:
                yield Entry(member.name, problem=problem)
            else:
                yield self._entry(archive, member)

    def _entry(self, archive: tarfile.TarFile, member: tarfile.TarInfo) -> Entry:
        def read(limit: int) -> bytes:
            try:
                file = archive.extractfile(member)
                return file.read(limit) if file else b""
            except BROKEN as error:
                raise self._broken(error) from error

        return Entry(member.name.removeprefix(self.top), member.size, read)

    def _members(self) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
        unpack = UNPACK[kind(self.path) or ".tar"]
        try:
            with (
                self.path.open("rb") as raw,
                tarfile.open(fileobj=_Scale(unpack(raw), self._weigh), mode="r|") as tar,
            ):
                self.commit = _commit(tar.pax_headers.get("comment", ""))
                for member in tar:
                    if not member.isdir():
                        yield tar, member
                    # A stream never goes back, but tarfile would keep every header it has seen.
                    tar.members = []  # type: ignore[attr-defined]  # public, but missing in typeshed
        except BROKEN as error:
            raise self._broken(error) from error


def _tar_problem(member: tarfile.TarInfo) -> str | None:
    if member.issym() or member.islnk():
        return "symlink"
    return None if member.isreg() else "special"


class _Scale(io.BufferedIOBase):
    """A stream that weighs what has been read of it."""

    def __init__(self, stream: Stream, weigh: Callable[[int], None]) -> None:
        self.stream, self.weigh, self.total = stream, weigh, 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = self.stream.read(-1 if size is None else size)
        self.total += len(data)
        self.weigh(self.total)
        return data


def _commit(comment: str) -> str | None:
    # `git archive`, and so GitHub, writes the commit as the archive's comment.
    return comment if COMMIT.fullmatch(comment) else None
