"""What came of runs under faults, against the undisturbed run; and the table of it, in Markdown.

In: the Parquet files of an output, as any reader finds them. Knows nothing of how they were made.
"""

import json
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

COLUMNS = {
    "lost": "rows lost",
    "doubled": "rows doubled",
    "changed": "rows changed",
    "unreadable": "unreadable parts",
    "meanwhile": "unreadable before the restart",
    "stuck": "needs a person",
}
Text = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of an output: how often each id stands there, what it says as a hash, where it comes from."""

    ids: Counter[str] = field(default_factory=Counter)
    hashes: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)


def found(out: Path, folders: Iterable[str], hashed: Text, label: Text) -> Found:
    """What a plain glob over the folders gives, and which files of it cannot be read."""
    seen = Found()
    for path in sorted(path for folder in folders for path in (out / folder).glob("*.parquet")):
        seen.parts.append(path.relative_to(out).as_posix())
        try:
            rows = pq.read_table(path, page_checksum_verification=True).to_pylist()
        except (OSError, pa.ArrowException):
            seen.unreadable.append(str(path))
            continue
        seen.ids.update(row["id"] for row in rows)
        seen.hashes.update((row["id"], hashed(row)) for row in rows)
        seen.labels.update((row["id"], label(row)) for row in rows)
    return seen


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run under faults, with all its executions.

    `unlisted` counts parts that a glob and the manifest do not have in common, `meanwhile` unreadable ones after an
    execution that failed, `rights` requests for more than to get, list and put what is not there; `seconds` are those
    over an undisturbed run.
    """

    fault: str
    lost: int = 0
    doubled: int = 0
    changed: int = 0
    unreadable: int = 0
    unlisted: int = 0
    meanwhile: int = 0
    rights: int = 0
    tries: int = 1
    stuck: bool = False
    seconds: float = 0.0
    note: str = ""

    @property
    def bad(self) -> bool:
        wrong = (self.lost, self.doubled, self.changed, self.unreadable, self.unlisted, self.rights)
        return any(wrong) or self.stuck

    def compared(self, whole: Found, now: Found, excused: str = "$^") -> "Outcome":
        """With what is wrong in an output, beside rows whose label a fault excuses."""
        expected = {id_ for id_, label in whole.labels.items() if not re.search(excused, label)}
        return replace(
            self,
            lost=len(expected - now.ids.keys()),
            doubled=sum(count - 1 for count in now.ids.values()),
            changed=sum(now.hashes[id_] != whole.hashes[id_] for id_ in expected & now.hashes.keys()),
            unreadable=len(now.unreadable),
        )


def table(outcomes: Iterable[Outcome]) -> str:
    """The outcomes by fault, in the order in which they came, and all together."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.fault, []).append(outcome)
    every = [outcome for group in groups.values() for outcome in group]
    heads = ["fault", "runs", *COLUMNS.values(), "most starts", "median s over undisturbed"]
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *(_line(name, group) for name, group in groups.items())]
    return "".join(f"| {' | '.join(line)} |\n" for line in [*lines, _line("**all**", every)])


def _line(name: str, group: list[Outcome]) -> list[str]:
    sums = [str(sum(getattr(outcome, column) for outcome in group)) for column in COLUMNS]
    over = statistics.median([outcome.seconds for outcome in group] or [0])
    return [name, str(len(group)), *sums, str(max((outcome.tries for outcome in group), default=0)), f"{over:.0f}"]


def save(outcomes: Iterable[Outcome], path: Path, **about: Any) -> None:
    """The outcomes one by one, as JSON, with what else is known of them; their table beside it."""
    outcomes = list(outcomes)
    path.write_text(json.dumps({**about, "outcomes": [asdict(outcome) for outcome in outcomes]}, indent=1))
    path.with_suffix(".md").write_text(table(outcomes))
