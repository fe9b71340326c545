"""What was kept, and what was left out and why, in numbers. Knows nothing of how that was decided."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tally:
    """Counts of files; `bytes` is the size of those kept."""

    languages: Counter[str] = field(default_factory=Counter)
    licenses: Counter[str] = field(default_factory=Counter)
    encodings: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    bytes: int = 0

    @property
    def kept(self) -> int:
        """Files that became rows."""
        return self.languages.total()

    @property
    def seen(self) -> int:
        """Files looked at."""
        return self.kept + self.left_out.total()

    def keep(self, language: str, licenses: list[str], encoding: str, size: int) -> None:
        """Count one row; a file without a known licence counts as `unknown`."""
        self.languages[language] += 1
        self.licenses.update(licenses or ["unknown"])
        self.encodings[encoding] += 1
        self.bytes += size

    def summary(self) -> dict[str, Any]:
        """Every count, most first, as plain data."""
        names = ("languages", "licenses", "encodings", "left_out")
        counts = {name: dict(by_count(getattr(self, name))) for name in names}
        return {"files": self.seen, "kept": self.kept, "bytes": self.bytes, **counts}


def by_count(counts: Counter[str]) -> list[tuple[str, int]]:
    """Names and counts, most first, equal ones by name."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
