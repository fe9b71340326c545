"""Where a run's files lie: create-if-absent, read, list, and nothing else.

The commit protocol needs no more than this of a disk or an object store: no overwriting, no renaming, no deleting.
`Store` is what the pipeline knows. A local directory links temporary files to their names (`local_store`), S3 puts
conditionally (`s3_store`). Google's store would do it with `ifGenerationMatch=0`, Azure's with `If-None-Match: *`, HDFS
by writing a temporary file and renaming it without overwriting: each is one class with these four operations. Names
are relative, with slashes. Knows nothing of splits or Parquet.
"""

import uuid
from typing import Protocol

from pipeline.errors import RefusedError
from pipeline.local_store import LocalStore

S3 = "s3://"


class Store(Protocol):
    """The few operations on which exactly-once rests."""

    def create(self, name: str, data: bytes) -> bool:
        """Make `name` hold `data`, durably and whole, if there is no such name; say whether it holds this call's.

        A call that is repeated because its reply was lost says what the first one would have said.
        """

    def publish(self, source: str, target: str) -> None:
        """Let `target` hold what `source` holds, unless there is such a name already."""

    def read(self, name: str) -> bytes | None:
        """What `name` holds; None if there is no such name."""

    def names(self, folder: str) -> list[str]:
        """Names directly in a folder, sorted; none if there is no such folder."""


def opened(path: str) -> Store:
    """The store of an output: a local directory, or `s3://bucket/prefix`. RefusedError for anything else."""
    if path.startswith(S3):
        return _bucket(path)
    if "://" in path:
        raise RefusedError(f"output.path {path} is neither a local directory nor s3://bucket/prefix; give one of them.")
    return LocalStore(path)


def _bucket(path: str) -> Store:
    try:
        from pipeline.s3_store import S3Store
    except ImportError as error:
        raise RefusedError(f"output.path {path} needs boto3: install starscribe[s3].") from error
    bucket, _, prefix = path.removeprefix(S3).partition("/")
    return S3Store(bucket, prefix)


def probe(store: Store) -> None:
    """RefusedError if the store lets a second writer have a name: nothing would be committed once there."""
    name = f"_starscribe/probes/{uuid.uuid4().hex}"
    if not store.create(name, b"1") or store.create(name, b"2") or store.read(name) != b"1":
        raise RefusedError(
            "The output's store does not refuse a name that is taken (If-None-Match), so that two attempts could both "
            "be committed; set output.path to a store that does."
        )
