"""Where training text comes from: the standard library and installed distributions of one or more interpreters.

In: the `sources` section. Out: sources (name, version, licence) with their files. Knows nothing of what is in a file.
"""

import re
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from pipeline.config.training import Sources
from pipeline.training.licenses import permissive

STANDARD_LIBRARY = "Python standard library"
# Tests, generated code, other people's code inside a package (its licence is not the package's), translations of data.
SKIPPED = re.compile(
    r"(^|/)(_?tests?|testing|_vendor|vendor(ed)?|externals?|third_party|thirdparty_files|_distutils|site-packages"
    r"|idlelib|turtledemo|lib2to3|pydoc_data|__pycache__|unicodedata_db)/"
    r"|(^|/)(test_[^/]*|[^/]*_test|conftest|[^/]*_pb2(_grpc)?|[^/]*_generated|_version|modular_[^/]*|mathtext)\.py$"
)
LARGEST = 300_000  # bytes; larger files are tables


@dataclass(frozen=True, slots=True)
class Source:
    """A body of code under one licence."""

    name: str
    version: str
    license: str
    files: tuple[tuple[str, Path], ...]


def sources(config: Sources) -> Iterator[Source]:
    """The sources that may be used, in a stable order; a distribution that is installed twice counts once."""
    if config.standard_library:
        yield standard_library()
    seen: set[str] = set()
    roots = config.roots or [sysconfig.get_path("purelib")]
    for distribution in sorted(distributions(path=roots), key=lambda d: d.name.lower()):
        license_id = permissive(distribution)
        if license_id is None or distribution.name.lower() in seen or distribution.name in config.without:
            continue
        seen.add(distribution.name.lower())
        yield Source(distribution.name, distribution.version, license_id, tuple(_files(distribution)))


def standard_library() -> Source:
    """The running interpreter's own library."""
    root = Path(sysconfig.get_path("stdlib"))
    paths = ((path.relative_to(root).as_posix(), path) for path in sorted(root.rglob("*.py")))
    version = ".".join(map(str, sys.version_info[:3]))
    return Source(STANDARD_LIBRARY, version, "PSF-2.0", tuple((n, p) for n, p in paths if _wanted(n, p)))


def _files(distribution: Distribution) -> Iterator[tuple[str, Path]]:
    for file in sorted(distribution.files or [], key=str):
        path = Path(str(file.locate()))
        if file.suffix == ".py" and _wanted(str(file), path):
            yield str(file), path


def _wanted(name: str, path: Path) -> bool:
    return not SKIPPED.search(name) and not name.startswith("..") and path.is_file() and path.stat().st_size < LARGEST
