"""What a disk must be asked for: that a file or folder is on it, and not only in memory."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until the file or folder is on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
