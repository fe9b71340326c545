"""A source in, the licences of each of its files out: those of the nearest folder upwards that tells any.

In one folder, licence files come before package metadata. An installed distribution speaks for the folders
that its RECORD lists. A file that nothing speaks for has no licence: none is ever guessed.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from pipeline.ingest.license_metadata import READERS, metadata_ids
from pipeline.ingest.license_text import license_ids
from pipeline.ingest.source import Entry, UnreadableError

LICENSE_FILE = re.compile(r"^(?:UN)?(?:LICEN[CS]E|COPYING|COPYRIGHT)(?:[._-].*)?$", re.I)
CODE = (".py", ".js", ".ts", ".go", ".rs", ".c", ".h", ".java", ".rb")
DISTRIBUTION = re.compile(r"^(?P<site>.*?)(?P<name>[^/]+\.dist-info)/(?P<file>.+)$")
MAX_BYTES = 8 * 2**20

Ids = set[str]


def is_candidate(path: str) -> bool:
    """Whether a file of that path may say a licence, or whose it is."""
    name = PurePosixPath(path).name
    if name == "RECORD":
        return path.endswith(".dist-info/RECORD")
    return name in READERS or (LICENSE_FILE.match(name) is not None and not name.lower().endswith(CODE))


class Licenses:
    """What the licence files and metadata of one source say, by folder."""

    def __init__(self) -> None:
        self.texts: dict[str, Ids] = defaultdict(set)
        self.metadata: dict[str, Ids] = defaultdict(set)
        self.owned: dict[str, list[str]] = {}

    def add_all(self, entries: Iterable[Entry], prefix: str = "") -> None:
        """Take in every candidate among the entries, which lie in the folder `prefix`."""
        for entry in entries:
            if entry.problem is None and entry.size <= MAX_BYTES and is_candidate(entry.path):
                self._add(str(PurePosixPath(prefix, entry.path)), entry)

    def _add(self, path: str, entry: Entry) -> None:
        try:
            text = entry.read(MAX_BYTES).decode("utf-8", "replace")
        except UnreadableError:
            return
        folder, name = _parent(path), PurePosixPath(path).name
        if distribution := DISTRIBUTION.match(path):
            folder = distribution["site"] + distribution["name"]
        if name == "RECORD":
            self.owned[folder] = _recorded(text, _parent(folder))
        elif name in READERS:
            self.metadata[folder].update(metadata_ids(name, text))
        else:
            self.texts[folder].update(license_ids(text))

    def settle(self) -> None:
        """Give what distributions say to the folders and modules they own; call once, after all entries."""
        for folder, paths in self.owned.items():
            # What a wheel's makers declare comes first: its licence files include those of what it bundles.
            ids = self.metadata[folder] or self.texts[folder]
            for path in paths:
                self.metadata[path].update(ids)

    def of(self, path: str) -> list[str]:
        """The sorted SPDX ids of a file."""
        for place in (path, *map(_name, PurePosixPath(path).parents)):
            if ids := self.texts.get(place) or self.metadata.get(place):
                return sorted(ids)
        return []


def _recorded(text: str, site: str) -> list[str]:
    paths = (PurePosixPath(row[0]) for row in csv.reader(text.splitlines()) if row)
    owned = {path.parent if len(path.parts) > 1 else path for path in paths}
    inside = (path for path in owned if ".." not in path.parts and not path.is_absolute())
    return sorted(str(PurePosixPath(site, path)) for path in inside)


def _parent(path: str) -> str:
    return _name(PurePosixPath(path).parent)


def _name(path: PurePosixPath) -> str:
    return "" if path == PurePosixPath() else str(path)
