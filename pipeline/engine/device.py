"""What an engine computes on: its name for provenance, and how many processor threads it uses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import torch
from torch import Tensor
from transformers import PreTrainedModel

from pipeline.engine.float8 import NUMBER, Float8Linear


def device_name(model: PreTrainedModel) -> str:
    """The kind of device that a model is on, and which one."""
    if model.device.type == "cuda":
        return f"cuda {torch.cuda.get_device_name(model.device)}"
    threads = torch.get_num_threads()  # one thread and several can differ in the last bits of bfloat16
    return f"{model.device.type} {torch.backends.cpu.get_cpu_capability()}, {threads} threads"


def dtype_name(model: PreTrainedModel) -> str:
    """The number format of a model's weights, such as `bfloat16`: that of its linear layers, where it is 8 bits."""
    narrow = any(isinstance(layer, Float8Linear) for layer in model.modules())
    return str(NUMBER if narrow else model.dtype).removeprefix("torch.")


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


def sent(tensor: Tensor, device: torch.device) -> Tensor:
    """A tensor of the processor on its way to a device, in the order of what the device does: nobody waits."""
    return tensor if device.type == "cpu" else tensor.pin_memory().to(device, non_blocking=True)


def fetched(tensor: Tensor) -> Callable[[], list[int]]:
    """Numbers on their way to the processor; calling it waits for them."""
    if tensor.device.type == "cpu":
        return tensor.tolist
    there = torch.empty_like(tensor, device="cpu", pin_memory=True).copy_(tensor, non_blocking=True)
    arrived = torch.cuda.Event()  # type: ignore[no-untyped-call]
    arrived.record()

    def wait() -> list[int]:
        arrived.synchronize()
        return list(there.tolist())

    return wait


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
