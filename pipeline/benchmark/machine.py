"""The yardstick: what machine and model are, and how fast the machine multiplies matrices.

Runs in a process of its own, like an engine. Knows nothing of rows or engines.
"""

import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import torch
import transformers
from torch import Tensor, nn
from transformers import AutoConfig, AutoModelForCausalLM, PretrainedConfig

from pipeline.benchmark.engines import prepare
from pipeline.config.benchmark import Benchmark
from pipeline.engine.float8 import NUMBER, Float8Linear, scaled
from pipeline.engine.linear import PackedLinear
from pipeline.engine.model import choose_device, choose_dtype
from pipeline.engine.tiles import TiledLinear, tileable
from pipeline.weights import Weights

# Rows and width of the square weight: large enough that more gives no higher rate, small enough for any machine.
SIZES = {"cpu": (512, 2048), "cuda": (8192, 8192)}
SECONDS, LEAST, IN_A_ROW = 0.2, 5, 10  # for so long, and so often at least; so many at once on a GPU


@dataclass(frozen=True, slots=True)
class Facts:
    """The machine, and the model's numbers. Parameters: `body` without embeddings and without `head`, the last layer.

    In a mixture of experts `body` counts them all.
    """

    processor: str
    cores: int
    threads: int
    device: str
    python: str
    torch: str
    transformers: str
    dtype: str
    architecture: str
    width: int
    layers: int
    heads: int
    vocabulary: int
    body: int
    head: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The facts, and the machine's rate just now [FLOP/s]."""

    facts: Facts
    peak: float


class Machine:
    """Measures the machine's peak in the number format that the engines use."""

    def __init__(self, config: Benchmark, weights: Weights) -> None:
        prepare(config)
        self._device = choose_device(config.device)
        self._dtype = NUMBER if config.model.dtype == "float8" else choose_dtype(config.model.dtype, self._device)
        self._facts = self._describe(config, weights)

    def __call__(self, _: None) -> Reading:
        """The peak as the median over some products, of the fastest way to compute them."""
        rows, width = SIZES[self._device.type]
        times = [self._typical(product) for product in self._products(rows, width)]
        return Reading(self._facts, 2 * rows * width * width / min(times))

    def _typical(self, product: Callable[[], Tensor]) -> float:
        times: list[float] = []
        while len(times) < LEAST or sum(times) < SECONDS:
            times.append(self._seconds(product))
        return median(times)

    @torch.inference_mode()
    def _products(self, rows: int, width: int) -> list[Callable[[], Tensor]]:
        """A matrix product in all ways that engines have: on processors by oneDNN and, of bfloat16, in tiles."""
        one, other = (torch.randn(n, width, device=self._device) for n in (rows, width))
        if self._dtype == NUMBER:
            narrow = Float8Linear(nn.Linear(width, width, bias=False, device=self._device))
            numbers, scales = scaled(one.bfloat16())
            return [lambda: narrow.product(numbers, scales, torch.bfloat16)]
        one, other = one.to(self._dtype), other.to(self._dtype)
        if self._device.type == "cuda":
            return [lambda: one @ other]
        layer = nn.Linear(width, width, bias=False, dtype=self._dtype)
        layer.weight.data = other
        return [partial(packed, one) for packed in (PackedLinear(layer), *([TiledLinear(layer)] * tileable(layer)))]

    def _seconds(self, product: Callable[[], Tensor]) -> float:
        """Of one product: on a GPU of one among some that follow each other, since it idles where it is waited for."""
        times, began = (IN_A_ROW if self._device.type == "cuda" else 1), time.perf_counter()
        for _ in range(times):
            product()
        if self._device.type == "cuda":
            torch.cuda.synchronize()
        return (time.perf_counter() - began) / times

    def _describe(self, config: Benchmark, weights: Weights) -> Facts:
        remote = config.model.trust_remote_code
        settings = AutoConfig.from_pretrained(weights.path, local_files_only=True, trust_remote_code=remote)
        text = settings.get_text_config()
        body, head = parameters(settings, remote)
        cuda = self._device.type == "cuda"
        return Facts(
            processor=processor(),
            cores=len(os.sched_getaffinity(0)),
            threads=torch.get_num_threads(),
            device=torch.cuda.get_device_name() if cuda else f"cpu {torch.backends.cpu.get_cpu_capability()}",
            python=platform.python_version(),
            torch=torch.__version__,
            transformers=transformers.__version__,
            dtype=str(self._dtype).removeprefix("torch."),
            architecture=text.model_type,
            width=text.hidden_size,
            layers=text.num_hidden_layers,
            heads=text.num_attention_heads,
            vocabulary=text.vocab_size,
            body=body,
            head=head,
        )


def parameters(config: PretrainedConfig, trust_remote_code: bool = False) -> tuple[int, int]:
    """Parameters that a token is multiplied with: those of the layers, and those of the last one, to the vocabulary."""
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config, trust_remote_code=trust_remote_code)
    head = model.get_output_embeddings().weight
    apart = {id(head), *(id(module.weight) for module in model.modules() if isinstance(module, nn.Embedding))}
    body = sum(p.numel() for p in model.parameters() if id(p) not in apart)
    return body, head.numel()


def processor() -> str:
    """The processor's name, as the system gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
