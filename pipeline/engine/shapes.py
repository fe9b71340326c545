"""Which numbers of rows a pass may have, such that a row's numbers do not depend on which of them it is.

Matrix products choose their way of summing by the number of rows. On one machine 16 to 512 rows of bfloat16 give a
row the same bits, on another only 48 to 320: so each linear layer is tried at load, once for each of its shapes.
Knows nothing of requests.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from pipeline.engine.linear import PackedLinear

# Numbers of rows that are tried: up to where more make nothing faster.
SMALL = (16, 32, 48, 64, 96, 128, 192, 256, 320, 384, 512)
SIZES = {"cpu": SMALL, "cuda": (*SMALL, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192)}
SAMPLE = 8  # different rows; a trial repeats them
Outcome = tuple[bytes, ...]


@torch.inference_mode()
def equal_rows(model: PreTrainedModel) -> list[int]:
    """The numbers of rows that agree, ascending: the largest set of such, or the largest number where none do."""
    sizes = SIZES[model.device.type]
    trials = [(layer, _sample(layer.in_features).to(model.device, model.dtype)) for layer in _different(model)]
    found = {size: outcome for size in sizes if (outcome := _outcome(trials, size)) is not None}
    if not found:
        return [sizes[-1]]
    common, _ = Counter(found.values()).most_common(1)[0]
    return [size for size, outcome in found.items() if outcome == common]


def _different(model: nn.Module) -> Iterator[nn.Linear | PackedLinear]:
    """One linear layer of each kind and shape."""
    seen = set()
    for layer in model.modules():
        if isinstance(layer, nn.Linear | PackedLinear):
            kind = (type(layer), layer.in_features, layer.out_features, layer.bias is None)
            if kind not in seen:
                seen.add(kind)
                yield layer


def _sample(features: int) -> Tensor:
    return torch.randn(SAMPLE, features, generator=torch.Generator().manual_seed(0))


def _outcome(trials: Iterable[tuple[nn.Module, Tensor]], size: int) -> Outcome | None:
    """What each layer makes of its sample among so many rows; None where it depends on the row's place."""
    outcome = []
    for layer, sample in trials:
        made = layer(sample.repeat(size // SAMPLE, 1)).unflatten(0, (-1, SAMPLE))
        if not torch.equal(made, made[:1].expand_as(made)):
            return None
        outcome.append(made[0].float().cpu().numpy().tobytes())
    return tuple(outcome)
