"""Small source trees for the tests of ingest: on disk, in git, and a way to read any of them."""

import os
import subprocess
from pathlib import Path
from typing import Any

from pipeline.config.ingest import Archive, Filters, Ingest, Shards, Source
from pipeline.ingest import Tally, open_source, rows_of

MIT = """MIT License

Copyright (c) 2024 Somebody

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def plant(root: Path, files: dict[str, bytes | str]) -> Path:
    """Write the files below the root."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def git(root: Path, *arguments: str) -> str:
    """Run git there as nobody in particular; what it prints."""
    who = {f"GIT_{role}_{what}": "a@b.c" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    plain = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", "-C", str(root), *arguments]
    done = subprocess.run(command, env=os.environ | who | plain, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def repository(root: Path, files: dict[str, bytes | str]) -> Path:
    """A git repository with one commit of these files."""
    plant(root, files)
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    return root


def ingest(path: Path, limits: Archive | None = None, **filters: Any) -> tuple[dict[str, Any], Tally]:
    """The rows of a source by path, and the tally."""
    config = Ingest(source=Source(paths=[str(path)]), output=Shards(path="-"), filters=Filters(**filters))
    tally = Tally()
    found = list(rows_of(open_source(path, limits=limits), config, tally))
    return {row["max_stars_repo_path"]: row for row in found}, tally
