"""What an engine computes on: its name for provenance, and how many processor threads it uses."""

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
