"""The engines that are compared: rows in, exactly `max_tokens` output tokens for each out, greedy, nothing ends early.

Another engine is another entry of ENGINES: something that takes configuration and model, and gives a function from
rows to token ids. Runs in a process of its own; knows nothing of rounds or clocks.
"""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from transformers import AutoModelForCausalLM, GenerationConfig, PreTrainedModel
from transformers.utils import logging

from pipeline.benchmark.rows import Row
from pipeline.config.benchmark import Benchmark
from pipeline.engine import Engine, Request, load_model
from pipeline.engine.device import use_threads
from pipeline.engine.model import choose_device, choose_dtype
from pipeline.errors import UsageError
from pipeline.weights import Weights

Tokens = list[list[int]]
Run = Callable[[Sequence[Row]], Tokens]


class Native:
    """Our engine."""

    def __init__(self, config: Benchmark, weights: Weights) -> None:
        prepare(config)
        model = load_model(weights.path, config.model.dtype, config.device, config.model.trust_remote_code)
        self._engine = Engine(
            model,
            step_tokens=config.engine.step_tokens,
            max_requests=config.engine.max_requests,
            window=weights.window,
        )

    def __call__(self, rows: Sequence[Row]) -> Tokens:
        """The output tokens of each row, in order."""
        requests = [Request(str(i), row.prompt_ids, row.max_tokens) for i, row in enumerate(rows)]
        return [list(completion.token_ids) for completion in self._engine.run(requests)]


class Generate:
    """`transformers.generate`, `batch` rows at a time, as model cards show it.

    Batches are static: padded on the left to the longest prompt, and running until the longest output is done. So rows
    with prompts of about equal length go together, as is usual where nobody knows yet how long outputs will be.
    """

    def __init__(self, config: Benchmark, weights: Weights, batch: int) -> None:
        prepare(config)
        self._batch, self._model = batch, _plain_model(config, weights)

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


def _plain_model(config: Benchmark, weights: Weights) -> PreTrainedModel:
    device = choose_device(config.device)
    model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
        weights.path,
        dtype=choose_dtype(config.model.dtype, device),
        local_files_only=True,
        use_safetensors=True,
        trust_remote_code=config.model.trust_remote_code,
    )
    model.generation_config = GenerationConfig(do_sample=False, pad_token_id=0)  # without an end token: EOS is ignored
    model.train(False).to(device)
    return model


def prepare(config: Benchmark) -> None:
    """This process for an engine: as many threads for each (torch's own choice where none are given), no chatter."""
    logging.disable_progress_bar()
    if config.engine.threads is not None:
        use_threads(config.engine.threads)


ENGINES: dict[str, Callable[[Benchmark, Weights], Run]] = {
    "native": Native,
    "generate": partial(Generate, batch=1),
    "generate_batched": partial(Generate, batch=32),
}


def check(names: Sequence[str]) -> None:
    """UsageError for a name that is no engine."""
    for name in names:
        if name not in ENGINES:
            raise UsageError(f"engines: there is no engine {name!r}. Allowed: {', '.join(ENGINES)}.")
