"""The seam to Ray Data: a data source with one read task per split, and stages as maps over its rows.

A dataset's row is one split on its way, so that a split travels whole to one replica and block sizes do not matter.
Its work crosses between Ray's tasks pickled in one column; nothing of it reaches a file.
"""

import pickle
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import pyarrow as pa
from ray.data import Datasource, ReadTask
from ray.data.block import BlockMetadata

from pipeline.config.document import Input
from pipeline.read import read
from pipeline.run import Commit
from pipeline.schema import Split, Work

Row = dict[str, Any]


class SplitSource(Datasource):
    """Reads splits, each in a task of its own."""

    def __init__(self, splits: Sequence[Split], config: Input) -> None:
        Datasource.__init__(self)
        self._splits, self._config = splits, config

    def estimate_inmemory_data_size(self) -> int | None:
        return None

    def get_read_tasks(self, *_: Any, **__: Any) -> list[ReadTask]:
        """One task per split, whatever the parallelism asked for."""
        return [ReadTask(partial(_block, split, self._config), _metadata()) for split in self._splits]


def _metadata() -> BlockMetadata:
    return BlockMetadata(num_rows=1, size_bytes=None, input_files=None, exec_stats=None)


def _block(split: Split, config: Input) -> Iterable[pa.Table]:
    yield pa.Table.from_pylist([pack(read(split, config))])


def pack(work: Work[Any]) -> Row:
    """A split's work as a dataset row."""
    return {"split": work.split.id, "work": pickle.dumps(work)}


def unpack(row: Row) -> Work[Any]:
    """A dataset row's work."""
    work: Work[Any] = pickle.loads(row["work"])  # noqa: S301 - written by `pack` in this very run
    return work


def over(stage: Callable[..., Work[Any]], **settings: Any) -> Callable[[Row], Row]:
    """A stage over a split's work, with its settings, as a function over dataset rows that bears the stage's name."""

    def apply(row: Row) -> Row:
        return pack(stage(unpack(row), **settings))

    apply.__name__ = stage.__name__
    return apply


def receipt(conclude: Callable[..., Commit], **settings: Any) -> Callable[[Row], Row]:
    """The last stage as a function over dataset rows: of a split's work only its commit goes on."""

    def apply(row: Row) -> Row:
        return {"commit": conclude(unpack(row), **settings).dump()}

    apply.__name__ = conclude.__name__
    return apply
