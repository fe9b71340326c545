"""The training loop: a model and batches in, the model with a lower loss out.

The learning rate rises over the warm-up and falls in a straight line to zero at the end, which is the end of the
epochs or of the time allowed, whichever comes first. Without a time limit equal seeds give equal models. Uses
accelerate, so that precision and devices are its business. Knows nothing of pairs and of files.
"""

import logging
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from accelerate import Accelerator  # type: ignore[import-untyped]
from torch.nn.functional import cross_entropy
from torch.optim import AdamW, Muon, Optimizer
from transformers import PreTrainedModel

from pipeline.config.training import Training
from pipeline.training.batches import Batch, Tokens, batches

log = logging.getLogger(__name__)
BETAS = (0.9, 0.95)
EMBEDDING = re.compile(r"\b(wte|wpe|embed_tokens|lm_head)\b")
SHOWN = 10  # steps between two lines of progress


@dataclass
class Progress:
    """How far the training is: steps and tokens done, and the share of the whole (0 to 1) that is behind it."""

    total: int
    minutes: float | None
    steps: int = 0
    tokens: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    @property
    def share(self) -> float:
        timed = self.seconds / (60 * self.minutes) if self.minutes else 0.0
        return min(1.0, max(self.tokens / self.total, timed))

    def __str__(self) -> str:
        left = self.seconds * (1 - self.share) / self.share / 60 if self.share else 0.0
        speed = self.tokens / max(self.seconds, 1e-9)
        return (
            f"step {self.steps}, {self.share:.1%}, {self.tokens:,} tokens, {speed:,.0f} tokens/s, {left:.1f} min left"
        )


def train(
    model: PreTrainedModel,
    training: Sequence[Tokens],
    validation: Sequence[Tokens],
    config: Training,
    checkpoint: Callable[[PreTrainedModel], None],
) -> Progress:
    """Train the model in place; `checkpoint` is called with it at each validation."""
    accelerator = Accelerator(mixed_precision=config.precision)
    prepared = accelerator.prepare(model)
    optimizers = [accelerator.prepare(o) for o in _optimizers(prepared, config)]
    progress = Progress(round(config.epochs * sum(len(s.ids) for s in training)), config.minutes)
    prepared.train()
    for batch in _epochs(training, config):
        if progress.share >= 1:
            break
        value = _step(accelerator, prepared, optimizers, batch, _rate(progress.share, config), config.clip)
        progress.steps += 1
        progress.tokens += batch.tokens
        if progress.steps % SHOWN == 0:
            log.info("%s, loss %.3f", progress, value)
        if progress.steps % config.every == 0:
            log.info("validation loss %.4f", evaluate(prepared, validation, config))
            checkpoint(accelerator.unwrap_model(prepared))
            prepared.train()
    return progress


def _epochs(training: Sequence[Tokens], config: Training) -> Iterator[Batch]:
    draw = random.Random(config.seed)
    while True:
        yield from batches(training, config.step_tokens, config.input_weight, draw)


def _step(
    accelerator: Accelerator,
    model: torch.nn.Module,
    optimizers: list[Optimizer],
    batch: Batch,
    rate: float,
    clip: float,
) -> float:
    for group in (group for optimizer in optimizers for group in optimizer.param_groups):
        group["lr"] = rate
    total, weight = loss(model, batch)
    mean = total / weight
    accelerator.backward(mean)
    accelerator.clip_grad_norm_(model.parameters(), clip)
    for optimizer in optimizers:
        optimizer.step()
        optimizer.zero_grad()
    return float(mean.detach())


def loss(model: torch.nn.Module, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """The weighted sum of the cross entropies of a batch [nats], and the sum of its weights."""
    device = next(model.parameters()).device
    ids, weights = batch.ids.to(device), batch.weights.to(device)
    logits = model(input_ids=ids, use_cache=False).logits[:, :-1]
    each = cross_entropy(logits.flatten(0, 1).float(), ids[:, 1:].flatten(), reduction="none")
    return (each * weights.flatten()).sum(), weights.sum()


@torch.no_grad()
def evaluate(model: torch.nn.Module, sequences: Sequence[Tokens], config: Training) -> float:
    """The mean loss on the outputs' tokens [nats]; nan where there is nothing to evaluate."""
    model.eval()
    found = [loss(model, batch) for batch in batches(sequences, config.step_tokens, 0.0, random.Random(0))]
    total, weight = (sum(float(part[i]) for part in found) for i in (0, 1))
    return total / weight if weight else float("nan")


def _rate(share: float, config: Training) -> float:
    rising = share / config.warmup if config.warmup else 1.0
    return config.rate * min(max(rising, 0.01), (1 - share) / (1 - config.warmup))


def _optimizers(model: torch.nn.Module, config: Training) -> list[Optimizer]:
    """AdamW; with muon, the layers' matrices have Muon (Jordan et al., 2024) at AdamW's step size instead."""
    decay, rate = config.weight_decay, config.rate
    vectors = [p for p in model.parameters() if p.ndim < 2]
    matrices = [p for p in model.parameters() if p.ndim >= 2]
    inner = [p for name, p in model.named_parameters() if p.ndim == 2 and not EMBEDDING.search(name)]
    if config.optimizer == "adamw":
        groups = [{"params": matrices, "weight_decay": decay}, {"params": vectors, "weight_decay": 0.0}]
        return [AdamW(groups, lr=rate, betas=BETAS)]
    known = {id(p) for p in inner}
    rest = [p for p in model.parameters() if id(p) not in known]
    muon = Muon(inner, lr=rate, weight_decay=decay, adjust_lr_fn="match_rms_adamw")
    return [muon, AdamW(rest, lr=rate, betas=BETAS, weight_decay=0.0)]
