"""How many splits may wait between two steps of a job on Ray Data.

Ray itself holds a step back by the bytes of what waits, and splits are small: it would read and prompt thousands of
them before the first is committed, on a machine of few processors leave none to commit with, and hold all that waits in
the driver's memory. Knows nothing of what the steps do.
"""

from functools import partial
from typing import Any

from ray.data import DataContext
from ray.data._internal.execution.backpressure_policy import (
    ENABLED_BACKPRESSURE_POLICIES,
    ENABLED_BACKPRESSURE_POLICIES_CONFIG_KEY,
)
from ray.data._internal.execution.backpressure_policy.backpressure_policy import BackpressurePolicy
from ray.data._internal.execution.operators.input_data_buffer import InputDataBuffer


class ShortQueue(BackpressurePolicy):
    """Begins no task whose output would only wait, and stops reading for as long.

    Only a reader yields more than one block, and only it may be stopped in the middle: it holds no processor, which
    the steps behind it need to go on.
    """

    def __init__(self, *args: Any, longest: int) -> None:
        super().__init__(*args)
        self._longest = longest

    def can_add_input(self, op: Any) -> bool:
        return not self._full(op)

    def max_task_output_bytes_to_read(self, op: Any) -> int | None:
        reads = any(isinstance(before, InputDataBuffer) for before in op.input_dependencies)
        return 0 if reads and self._full(op) else None

    def _full(self, op: Any) -> bool:
        waiting = sum(self._topology[after].total_enqueued_input_blocks() for after in op.output_dependencies)
        return waiting >= self._longest


def shorten(context: DataContext, longest: int) -> None:
    """Let at most about so many blocks wait for each step."""
    policies = [*ENABLED_BACKPRESSURE_POLICIES, partial(ShortQueue, longest=longest)]
    context.set_config(ENABLED_BACKPRESSURE_POLICIES_CONFIG_KEY, policies)
