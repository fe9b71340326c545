"""The seam to Ray Data: a data source with one read task per row group, and stages as maps over its rows.

A dataset's row is one split on its way, so that a split travels whole to one replica and block sizes do not matter.
Its work crosses between Ray's tasks pickled in one column; nothing of it reaches a file.
"""

import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Any

import pyarrow as pa
from ray.data import Datasource, ReadTask
from ray.data.block import BlockMetadata

from pipeline.config.document import Input
from pipeline.errors import StarscribeError
from pipeline.faults import reached
from pipeline.plan import Plan
from pipeline.read import read
from pipeline.schema import Split, Work
from pipeline.shard import Shard, place

Row = dict[str, Any]
LOWEST = 19  # priority, as the system counts it


class SplitSource(Datasource):
    """Reads splits: those of one row group in one task, which streams a block for each."""

    def __init__(self, plan: Plan, splits: Iterable[Split], config: Input) -> None:
        Datasource.__init__(self)
        self._tasks = [partial(blocks, *task, config) for task in tasks(plan, splits)]

    def __len__(self) -> int:
        return len(self._tasks)

    def estimate_inmemory_data_size(self) -> int | None:
        return None

    def get_read_tasks(self, *_: Any, **__: Any) -> list[ReadTask]:
        """The tasks, whatever the parallelism asked for."""
        return [ReadTask(task, _metadata()) for task in self._tasks]


def tasks(plan: Plan, splits: Iterable[Split]) -> Iterator[tuple[list[Split], Shard]]:
    """The splits, which are in order, gathered by row group, with their shard as far as that group."""
    shards = {shard.name: shard for shard in plan.shards}
    for (name, group), some in groupby(splits, lambda split: (split.shard, place(shards[split.shard], split.start))):
        yield list(some), replace(shards[name], groups=(group,))


def blocks(splits: Sequence[Split], shard: Shard, config: Input) -> Iterator[pa.Table]:
    """A block for each split, or one that carries what ended the reading to the driver."""
    give_way()
    try:
        for work in read(splits, shard, config):
            reached("split.read", work.split.id)
            yield pa.Table.from_pylist([pack(work)])
    except StarscribeError as error:
        yield pa.Table.from_pylist([carrying(error)])


def _metadata() -> BlockMetadata:
    return BlockMetadata(num_rows=None, size_bytes=None, input_files=None, exec_stats=None)


def pack(work: Work[Any]) -> Row:
    """A split's work as a dataset row."""
    return {"work": pickle.dumps(work), "error": b""}


def unpack(row: Row) -> Any:
    """A dataset row's work, or what came of it. An error that the row carries is raised."""
    value = pickle.loads(row["error"] or row["work"])  # noqa: S301 - written by this very run
    if isinstance(value, StarscribeError):
        raise value
    return value


def told(make: Callable[[], Row]) -> Row:
    """The row that a function makes; an error of ours becomes a row that carries it to the driver.

    Raised in a task it would come there as text in the middle of Ray's own, or not at all.
    """
    try:
        return make()
    except StarscribeError as error:
        return carrying(error)


def carrying(error: StarscribeError) -> Row:
    """A row that carries an error to the driver."""
    return {"work": b"", "error": pickle.dumps(error)}


def give_way() -> None:
    """Leaves the processors to generation, and takes only what it leaves idle.

    A replica's threads wait for one another, so that one of them being held up holds up all. At a tenth of its
    priority, such work took a quarter of a replica's speed on two cores and got half as far as it should; so, and where
    waiting threads sleep (`jobs.cluster.REPLICA`), it got as far as it should, and no loss could be measured. macOS has
    priorities only.
    """
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    else:
        os.setpriority(os.PRIO_PROCESS, 0, LOWEST)


def over(stage: Callable[..., Any], **settings: Any) -> Callable[[Row], Row]:
    """A stage over a split's work, with its settings, as a function over dataset rows that bears the stage's name."""

    def apply(row: Row) -> Row:
        give_way()
        return told(lambda: pack(stage(unpack(row), **settings)))

    apply.__name__ = stage.__name__
    return apply
