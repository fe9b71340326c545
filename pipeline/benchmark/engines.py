"""The engines that are compared: rows in, exactly `max_tokens` output tokens for each out, greedy, nothing ends early.

Another engine is another entry of ENGINES: something that takes configuration and model, and gives a function from
rows to token ids. Runs in a process of its own; knows nothing of rounds or clocks.
"""

import sys
from collections.abc import Callable, Sequence
from ctypes.util import find_library
from functools import partial
from pathlib import Path
from typing import Any

import torch
from transformers import ContinuousBatchingConfig
from transformers.utils import logging

from pipeline.benchmark.rows import Row
from pipeline.config.benchmark import Benchmark
from pipeline.engine import Request, Setup, create
from pipeline.engine.device import use_threads
from pipeline.engine.generator import Name
from pipeline.engine.reference import plain_model
from pipeline.errors import StarscribeError, UsageError
from pipeline.peer import vllm_version
from pipeline.weights import Weights

Tokens = list[list[int]]
Run = Callable[[Sequence[Row]], Tokens]
NO_TOKEN = -1  # ends nothing


class Stepped:
    """An engine that the main job can use, by its name there."""

    def __init__(self, config: Benchmark, weights: Weights, name: Name) -> None:
        prepare(config)
        self._engine = create(name, setup(config, weights))

    def __call__(self, rows: Sequence[Row]) -> Tokens:
        """The output tokens of each row, in order."""
        for i, row in enumerate(rows):
            self._engine.add(Request(str(i), row.prompt_ids, row.max_tokens))
        made: dict[str, tuple[int, ...]] = {}
        while self._engine.has_work:
            made |= {completion.id: completion.token_ids for completion in self._engine.step()}
        return [list(made[str(i)]) for i in range(len(rows))]


class Generate:
    """`transformers.generate`, `batch` rows at a time, as model cards show it.

    Batches are static: padded on the left to the longest prompt, and running until the longest output is done. So rows
    with prompts of about equal length go together, as is usual where nobody knows yet how long outputs will be.
    """

    def __init__(self, config: Benchmark, weights: Weights, batch: int) -> None:
        prepare(config)
        self._batch, self._model = batch, plain_model(setup(config, weights))

    def __call__(self, rows: Sequence[Row]) -> Tokens:
        """The output tokens of each row, in order."""
        order = sorted(range(len(rows)), key=lambda i: (len(rows[i].prompt_ids), rows[i].max_tokens))
        made: dict[int, list[int]] = {}
        for start in range(0, len(order), self._batch):
            some = order[start : start + self._batch]
            made |= zip(some, self._generate([rows[i] for i in some]), strict=True)
        return [made[i] for i in range(len(rows))]

    @torch.inference_mode()
    def _generate(self, rows: Sequence[Row]) -> Tokens:
        width, new = max(len(row.prompt_ids) for row in rows), max(row.max_tokens for row in rows)
        padding = [width - len(row.prompt_ids) for row in rows]
        ids = [[0] * pad + list(row.prompt_ids) for pad, row in zip(padding, rows, strict=True)]
        mask = [[0] * pad + [1] * (width - pad) for pad in padding]
        made = self._model.generate(  # type: ignore[operator]  # transformers types it as a tensor or a module
            input_ids=torch.tensor(ids, device=self._model.device),
            attention_mask=torch.tensor(mask, device=self._model.device),
            min_new_tokens=new,
            max_new_tokens=new,
        )
        return [row[width : width + asked.max_tokens] for row, asked in zip(made.tolist(), rows, strict=True)]


class ContinuousBatching:
    """transformers' own continuous batching."""

    def __init__(self, config: Benchmark, weights: Weights) -> None:
        prepare(config)
        self._model = plain_model(setup(config, weights))
        self._model.generation_config.eos_token_id = NO_TOKEN
        # Pages for the default workload; by itself it takes nearly all memory, which other processes here need.
        self._config = ContinuousBatchingConfig(
            max_memory_percent=0.3, max_batch_tokens=config.engine.step_tokens or 512
        )

    def __call__(self, rows: Sequence[Row]) -> Tokens:
        """The output tokens of each row, in order. StarscribeError where one failed."""
        made: dict[str, list[int]] = {}
        batching: Any = self._model.continuous_batching_context_manager  # transformers types it as a tensor
        with batching(continuous_batching_config=self._config) as manager:
            for i, row in enumerate(rows):
                manager.add_request(list(row.prompt_ids), str(i), row.max_tokens, eos_token_id=NO_TOKEN)
            while len(made) < len(rows):
                if (result := manager.get_result(timeout=1)) is None:
                    if not manager.is_running():
                        raise StarscribeError("transformers' continuous batching ended before its requests did.")
                elif result.error is not None:
                    raise StarscribeError(f"transformers' continuous batching failed: {result.error}")
                elif result.is_finished():
                    made[result.request_id] = result.generated_tokens
        return [made[str(i)] for i in range(len(rows))]


def setup(config: Benchmark, weights: Weights) -> Setup:
    """The model and what an engine holds at once, as configured."""
    return Setup(
        path=weights.path,
        dtype=config.model.dtype,
        device=config.device,
        trust_remote_code=config.model.trust_remote_code,
        window=weights.window,
        step_tokens=config.engine.step_tokens,
        max_requests=config.engine.max_requests,
        memory=config.engine.memory_bytes,
    )


def prepare(config: Benchmark) -> None:
    """This process for an engine: as many threads for each (torch's own choice where none are given), no chatter."""
    logging.disable_progress_bar()
    if config.engine.threads is not None:
        use_threads(config.engine.threads)


ENGINES: dict[str, Callable[[Benchmark, Weights], Run]] = {
    "native": partial(Stepped, name="native"),
    "vllm": partial(Stepped, name="vllm"),
    "continuous_batching": ContinuousBatching,
    "generate": partial(Generate, batch=1),
    "generate_batched": partial(Generate, batch=32),
}


def check(names: Sequence[str]) -> None:
    """UsageError for a name that is no engine."""
    for name in names:
        if name not in ENGINES:
            raise UsageError(f"engines: there is no engine {name!r}. Allowed: {', '.join(ENGINES)}.")
    if "vllm" in names:
        vllm_version()


def environment(name: str) -> dict[str, str]:
    """Variables that an engine's process is to start with: libraries that make vLLM faster on processors, where found.

    tcmalloc from the system, Intel's OpenMP from the package that vLLM's build for processors brings.
    """
    tcmalloc, openmp = find_library("tcmalloc_minimal"), Path(sys.prefix, "lib", "libiomp5.so")
    found = [*([tcmalloc] if tcmalloc else []), *([str(openmp)] if openmp.exists() else [])]
    return {"LD_PRELOAD": ":".join(found)} if name == "vllm" and found and not torch.cuda.is_available() else {}
