"""Where a run under faults writes: a directory, or a prefix on an S3 server behind the proxy.

Gives the place as the job's `output.path` has it, the environment that leads there, and the files that came of it.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.proxy import Proxy, Rule, between
from tests.faults.server import BUCKET, CREDENTIALS, download, served

COMMIT, PART = r"_starscribe/commits/", r"/(records|rejected)/"

# What strikes the requests of a run; what lasts without end is over when an execution has failed by it.
RULES = {
    "S3: 503 SlowDown, 8 times": Rule("503", key=COMMIT, count=8),
    "S3: 503 SlowDown for longer than the deadline": Rule("503", key=COMMIT, count=0),
    "S3: 500, 8 times": Rule("500", key=COMMIT, count=8),
    "S3: connection reset, 8 times": Rule("reset", key=COMMIT, count=8),
    "S3: answer later than the timeout": Rule("delay", "PUT", COMMIT, count=2),
    "S3: reply to the claim lost": Rule("lost", "PUT", r"run\.json"),
    "S3: reply to commits lost": Rule("lost", "PUT", COMMIT, count=3),
    "S3: reply to parts lost": Rule("lost", "PUT", PART, count=3),
    "S3: reply to the manifest lost": Rule("lost", "PUT", r"manifest\.json"),
    "S3: every put arrives twice": Rule("twice", "PUT", count=0),
    "S3: rights withdrawn once": Rule("denied", "PUT", COMMIT, first=3),
    "S3: credentials expired once": Rule("expired", key=COMMIT, first=3),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One run's output. `proxy` is what its requests went through, if any did."""

    path: str
    environment: dict[str, str]
    proxy: Proxy | None = None
    server: str = ""

    @contextmanager
    def files(self) -> Iterator[Path]:
        """The output as a local directory."""
        if self.proxy is None:
            yield Path(self.path)
            return
        with tempfile.TemporaryDirectory() as folder:
            yield download(self.server, self.path.removeprefix(f"s3://{BUCKET}/"), Path(folder))


@dataclass(frozen=True, slots=True)
class Storage:
    """A local disk, or the server at `address`."""

    address: str = ""

    @property
    def remote(self) -> bool:
        return bool(self.address)

    @staticmethod
    @contextmanager
    def opened(kind: str) -> Iterator["Storage"]:
        """`local`, or `s3` with a server of its own."""
        if kind == "local":
            yield Storage()
            return
        with served() as address:
            yield Storage(address)

    @contextmanager
    def place(self, folder: Path, rule: Rule | None = None) -> Iterator[Place]:
        """An output of a run, named like a folder that the run has to itself."""
        if not self.remote:
            yield Place(str(folder / "out"), {})
            return
        with between(self.address, *([rule] if rule else []), folder=folder / "faults") as proxy:
            environment = {**CREDENTIALS, "AWS_ENDPOINT_URL": proxy.address}
            yield Place(f"s3://{BUCKET}/{folder.name}", environment, proxy, self.address)
