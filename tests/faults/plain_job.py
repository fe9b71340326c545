"""The job that others would write: plain Ray Data with Ray's own checkpoint, at its best.

Small blocks, so that a commit covers ten rows; the model in an actor; the checkpoint on, beside the output, with the
rows' ids. It comes to the points below, which are laid around Ray's own functions in its processes, and is the same
job otherwise. Knows nothing of Starscribe but of how its faults strike.

    model.begun                      a row is at the model
    pending.before, pending.written  the checkpoint's file with the ids of a write task, not renamed yet
    data.half, data.written          half of the task's data file; all of it
    committed                        the checkpoint's file has its final name
    job.done                         all is written, the process has not ended
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset
import ray
from ray.data import ActorPoolStrategy, DataContext
from ray.data.checkpoint import CheckpointConfig
from ray.data.checkpoint.checkpoint_writer import BatchBasedCheckpointWriter

from pipeline.faults import VARIABLE, reached

ROWS = 10  # of a block, a batch and a commit
SECONDS = 0.02  # that the model takes for a row

Batch = dict[str, Any]


class Model:
    """Stands for a language model: takes its time, and says something that depends on the row alone."""

    def __call__(self, batch: Batch) -> Batch:
        for id_ in batch["id"]:
            reached("model.begun", str(id_))
            time.sleep(SECONDS)
        return batch | {"text": [content[::-1] for content in batch["content"]]}


def install() -> None:
    """Lay the points around Ray's functions, in a process that Ray starts."""
    _around(BatchBasedCheckpointWriter, "write_pending_checkpoint", "pending.before", "pending.written")
    _around(BatchBasedCheckpointWriter, "commit_checkpoint", "data.written", "committed")
    if "data.half" in (Path(os.environ[VARIABLE]) / "faults.json").read_text():
        pyarrow.dataset.write_dataset = _halting(pyarrow.dataset.write_dataset)


def _around(owner: type, name: str, before: str, after: str) -> None:
    inner = getattr(owner, name)

    def outer(*args: Any, **kwargs: Any) -> Any:
        reached(before)
        result = inner(*args, **kwargs)
        reached(after)
        return result

    setattr(owner, name, outer)


def _halting(write: Callable[..., None]) -> Callable[..., None]:
    def written(data: list[pa.Table], schema: pa.Schema, **kwargs: Any) -> None:
        write(data=pa.RecordBatchReader.from_batches(schema, _halves(pa.concat_tables(data))), **kwargs)

    return written


def _halves(table: pa.Table) -> Iterator[pa.RecordBatch]:
    for row in range(len(table)):  # one by one: the writer opens the file after the first few batches
        if row == len(table) // 2:
            time.sleep(0.5)
            reached("data.half")
        yield from table.slice(row, 1).to_batches()


def main() -> None:
    """Read, map, write."""
    arguments = _arguments()
    ray.init(
        address="local",
        num_cpus=arguments.cpus,
        include_dashboard=False,
        runtime_env={"worker_process_setup_hook": "tests.faults.plain_job.install"},
    )
    context = DataContext.get_current()
    context.use_datasource_v2 = False  # the newer reader makes one block, and so one commit, of all shards
    context.max_errored_blocks = arguments.errored
    context.checkpoint_config = CheckpointConfig(
        "id", arguments.out + "-checkpoint", delete_checkpoint_on_success=not arguments.keep
    )
    rows = ray.data.read_parquet(arguments.shards, override_num_blocks=arguments.blocks)
    done = rows.map_batches(Model, batch_size=ROWS, compute=ActorPoolStrategy(size=1))
    done.write_parquet(arguments.out, mode=arguments.mode)
    reached("job.done")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("shards")
    parser.add_argument("out")
    parser.add_argument("--blocks", type=int, required=True)
    parser.add_argument("--cpus", type=int, default=4)
    parser.add_argument("--errored", type=int, default=0)
    parser.add_argument("--mode", default="append")
    parser.add_argument("--keep", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
