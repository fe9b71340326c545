"""Which numbers of rows a pass may have, such that a row's numbers do not depend on which of them it is.

Matrix products choose their way of summing by the number of rows. On one machine 16 to 512 rows of bfloat16 give a
row the same bits, on another only 48 to 320: so each linear layer is tried at load, once for each of its shapes. Most
bits agree in any case, since bfloat16 rounds away what sums differ in: of 1280 features to 320 on a Xeon one number in
10,000 did not, which eight rows did not show. Knows nothing of requests.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from pipeline.engine.linear import PackedLinear

# Numbers of rows that are tried: up to where more make nothing faster.
SMALL = (16, 32, 48, 64, 96, 128, 192, 256, 320, 384, 512)
SIZES = {"cpu": SMALL, "cuda": (*SMALL, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192)}
MOST_ROWS, NUMBERS = 2048, 2**21  # of a trial: so many rows that a layer makes about so many numbers of them
SHIFT = 5  # by which rows change their place
_KNOWN: WeakKeyDictionary[nn.Module, dict[int, list[int]]] = WeakKeyDictionary()  # by model and processor threads


def equal_rows(model: PreTrainedModel) -> list[int]:
    """The numbers of rows that agree, ascending: the largest set of such, or the largest number where none do."""
    known, threads = _KNOWN.setdefault(model, {}), torch.get_num_threads()
    if threads not in known:
        known[threads] = _tried(model)
    return known[threads]


@torch.inference_mode()
def _tried(model: PreTrainedModel) -> list[int]:
    sizes = SIZES[model.device.type]
    tried = [
        _kinds(layer, _sample(layer, sizes[-1]).to(model.device, model.dtype), sizes) for layer in _different(model)
    ]
    found = {size: kinds for size, *kinds in zip(sizes, *tried, strict=True) if None not in kinds}
    if not found:
        return [sizes[-1]]
    common, _ = Counter(map(tuple, found.values())).most_common(1)[0]
    return [size for size, kinds in found.items() if tuple(kinds) == common]


def _different(model: nn.Module) -> Iterator[nn.Linear | PackedLinear]:
    """One linear layer of each kind, shape and activation."""
    seen = set()
    for layer in model.modules():
        if isinstance(layer, nn.Linear | PackedLinear):
            activation = layer.activation if isinstance(layer, PackedLinear) else None
            kind = (type(layer), layer.in_features, layer.out_features, layer.bias is None, activation)
            if kind not in seen:
                seen.add(kind)
                yield layer


def _sample(layer: nn.Linear | PackedLinear, least: int) -> Tensor:
    rows = max(least, min(MOST_ROWS, NUMBERS // layer.out_features))
    return torch.randn(rows, layer.in_features, generator=torch.Generator().manual_seed(0))


def _kinds(layer: nn.Module, sample: Tensor, sizes: Sequence[int]) -> Iterator[int | None]:
    """For so many rows at a time, which kind of outcome that is; None where a row's place matters."""
    known: list[Tensor] = []
    for size in sizes:
        made = _made(layer, sample, size)
        kind = next((i for i, other in enumerate(known) if torch.equal(other, made)), len(known))
        if kind < len(known):
            yield kind
        elif torch.equal(_made(layer, sample.roll(SHIFT, 0), size), made.roll(SHIFT, 0)):
            known.append(made)
            yield kind
        else:
            yield None


def _made(layer: nn.Module, rows: Tensor, size: int) -> Tensor:
    """What a layer makes of rows, so many at a time; the last of them stand behind others that were there before."""
    left = len(rows) % size
    parts = [layer(rows[at : at + size]) for at in range(0, len(rows) - left, size)]
    return torch.cat([*parts, layer(rows[-size:])[size - left :]] if left else parts)
