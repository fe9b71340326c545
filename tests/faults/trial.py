"""One run to be made under faults: which strike, and what else is unusual about it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from tests.faults.fault import Fault
from tests.faults.proxy import Rule


@dataclass(frozen=True, slots=True)
class Trial:
    """What a run meets. `options` are the job's own, `rule` strikes requests, `damage` is done to one shard.

    So many `drivers` start at once, and `ends` executions are to end with one of the statuses `good`. Rows whose label
    `excused` matches are bound to be missing, or other than they were.
    """

    name: str
    faults: tuple[Fault, ...] = ()
    options: tuple[str, ...] = ()
    rule: Rule | None = None
    remote: bool = False
    drivers: int = 1
    ends: int = 1
    good: tuple[int, ...] = (0,)
    damage: Callable[[Path], None] | None = None
    excused: str = "$^"


def truncate(shard: Path) -> None:
    """Cut the second half off."""
    shard.write_bytes(shard.read_bytes()[: shard.stat().st_size // 2])


def flip(shard: Path) -> None:
    """Change one bit of a page that has a checksum."""
    group = pq.read_metadata(shard).row_group(0)
    content = next(c for c in map(group.column, range(group.num_columns)) if c.path_in_schema == "content")
    data = bytearray(shard.read_bytes())
    data[content.data_page_offset + content.total_compressed_size - 4] ^= 1
    shard.write_bytes(data)
