"""A path in, the source that it is out: checkout, directory or archive."""

from pathlib import Path

from pipeline.config.ingest import Archive
from pipeline.errors import RefusedError
from pipeline.ingest.archive import KINDS, Tar, Zip, kind
from pipeline.ingest.checkout import Checkout, is_checkout
from pipeline.ingest.directory import Directory
from pipeline.ingest.source import Source


def open_source(path: Path, repo: str | None = None, limits: Archive | None = None) -> Source:
    """The source at a path, looked over but not yet read.

    Raises RefusedError if there is nothing, nothing readable, or an archive of an unknown or dangerous kind.
    """
    if path.is_dir():
        return Checkout(path, repo) if is_checkout(path) else _directory(path, repo)
    if not path.exists():
        raise RefusedError(f"source.paths: there is no {path}; give a directory, a git checkout or an archive.")
    if not path.is_file() or kind(path) is None:
        raise RefusedError(
            f"source.paths: {path} is no directory and no archive of a known kind ({', '.join(KINDS)}); "
            "give the folder that holds it, or pack it anew."
        )
    make = Zip if kind(path) == ".zip" else Tar
    return make(path, repo, limits or Archive())


def _directory(path: Path, repo: str | None) -> Directory:
    try:
        next(path.iterdir(), None)
    except OSError as error:
        raise RefusedError(f"source.paths: {path} cannot be read ({error.strerror}); check its permissions.") from error
    return Directory(path, repo)
