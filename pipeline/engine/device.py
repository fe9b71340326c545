"""What an engine computes on: its name for provenance, and how many processor threads it uses."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import torch
from transformers import PreTrainedModel


def device_name(model: PreTrainedModel) -> str:
    """The kind of device that a model is on, and which one."""
    if model.device.type == "cuda":
        return f"cuda {torch.cuda.get_device_name(model.device)}"
    threads = torch.get_num_threads()  # one thread and several can differ in the last bits of bfloat16
    return f"{model.device.type} {torch.backends.cpu.get_cpu_capability()}, {threads} threads"


def dtype_name(model: PreTrainedModel) -> str:
    """The number format of a model's weights, such as `bfloat16`."""
    return str(model.dtype).removeprefix("torch.")


def use_threads(threads: int) -> None:
    """Compute with so many processor threads in this process."""
    torch.set_num_threads(threads)


@contextmanager
def one_thread(device: torch.device) -> Iterator[None]:
    """Without sharing work among processor threads: which of them computes a row can show in its last bits."""
    before = torch.get_num_threads()
    if device.type == "cpu" and before > 1:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        if torch.get_num_threads() != before:
            torch.set_num_threads(before)


def free_memory(device: torch.device) -> int:
    """Bytes that are free on a device; on a processor within the limit of the process's control group."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return int(free)
    return min([psutil.virtual_memory().available, *_group_memory()])


def _group_memory() -> list[int]:
    """What the control group (version 2) leaves; nothing where it sets no limit."""
    group = Path("/sys/fs/cgroup")
    try:
        limit, used = ((group / name).read_text().strip() for name in ("memory.max", "memory.current"))
    except OSError:
        return []
    return [int(limit) - int(used)] if limit.isdigit() else []
