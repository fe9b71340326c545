"""Which numbers of rows a pass may have, such that a row's numbers do not depend on which of them it is.

Matrix products choose their way of summing by the number of rows. On one machine 16 to 512 rows of bfloat16 give a
row the same bits, on another only 48 to 320: so each product of a model is tried at load, once for each of its shapes.
A packed layer computes other numbers in pieces that agree. Most bits agree in any case, since bfloat16 rounds away what
sums differ in: of 1280 features to 320 on a Xeon one number in 10,000 did not, which eight rows did not show. Layers in
tiles need no trial: they sum in one order. Knows nothing of requests.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.nn.functional import linear
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from pipeline.engine import experts
from pipeline.engine.float8 import Float8Linear
from pipeline.engine.linear import PackedLinear, cut

# Numbers of rows that are tried: up to where more make nothing faster.
SMALL = (16, 32, 48, 64, 96, 128, 192, 256, 320, 384, 512)
STEP = 16  # of numbers of rows, where all agree
SIZES = {"cpu": SMALL, "cuda": (*SMALL, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192)}
MOST_ROWS, NUMBERS = 2048, 2**21  # of a trial: so many rows that a layer makes about so many numbers of them
Compute = Callable[[Tensor], Tensor]
Kinds = Sequence[int | None]  # of a product, for each number of rows that is tried
SHIFT = 5  # by which rows change their place


@dataclass(frozen=True, slots=True)
class Found:
    """Numbers of rows that agree: those that a pass may have and, by the kind of a packed layer, those of a piece."""

    passes: list[int]
    pieces: dict[Hashable, tuple[int, ...]]


_KNOWN: WeakKeyDictionary[nn.Module, dict[int, Found]] = WeakKeyDictionary()  # by model and processor threads


def settle(model: PreTrainedModel) -> list[int]:
    """Lets the layers compute only numbers of rows that agree; those that a pass may have, ascending.

    That is the largest set of such, or the largest number where none do.
    """
    known, threads = _KNOWN.setdefault(model, {}), torch.get_num_threads()
    if threads not in known:
        known[threads] = _tried(model)
    found = known[threads]
    for product in _products(model):
        if product.packed is not None:
            product.packed.sizes = found.pieces[product.kind]
    experts.settle(model, found.passes)
    return found.passes


@torch.inference_mode()
def _tried(model: PreTrainedModel) -> Found:
    sizes = SIZES[model.device.type]
    if not any(_products(model)):
        return Found(list(range(STEP, sizes[-1] + 1, STEP)), {})
    whole, pieces = list[Kinds](), dict[Hashable, tuple[int, ...]]()
    for product in _different(model):
        kinds = list(_kinds(product.compute, product.sample(sizes[-1]).to(model.device, model.dtype), sizes))
        if product.packed is None:
            whole.append(kinds)
        else:
            pieces[product.kind] = _largest(sizes, [kinds])
    passes = [size for size in _largest(sizes, whole) if all(cut(size, some) for some in pieces.values())]
    return Found(passes or [sizes[-1]], pieces)


def _largest(sizes: Sequence[int], tried: Sequence[Kinds]) -> tuple[int, ...]:
    """The numbers of rows at which all products have the kinds that they have most often; none where none agree."""
    found = {size: kinds for size, *kinds in zip(sizes, *tried, strict=True) if None not in kinds}
    common = Counter(map(tuple, found.values())).most_common(1)
    return tuple(size for size, kinds in found.items() if tuple(kinds) == common[0][0])


@dataclass(frozen=True, slots=True)
class Product:
    """Something in a model that multiplies rows by weights; what has the same `kind` chooses the same way.

    `packed`: the layer, if it is one that can compute rows in pieces.
    """

    kind: Hashable
    features: int
    outputs: int
    compute: Compute
    packed: PackedLinear | None = None

    def sample(self, least: int) -> Tensor:
        """Rows to try it with."""
        rows = max(least, min(MOST_ROWS, NUMBERS // self.outputs))
        return torch.randn(rows, self.features, generator=torch.Generator().manual_seed(0))


def _different(model: PreTrainedModel) -> Iterable[Product]:
    """One product of each kind and shape."""
    return {product.kind: product for product in _products(model)}.values()


def _products(model: PreTrainedModel) -> Iterator[Product]:
    for layer in model.modules():
        weight = getattr(layer, "weight", None)
        if isinstance(layer, PackedLinear):
            wide, narrow = layer.in_features, layer.out_features
            yield Product((wide, narrow, layer.bias is None, layer.activation), wide, narrow, layer.whole, layer)
        elif isinstance(layer, nn.Linear | Float8Linear):
            wide, narrow = layer.in_features, layer.out_features
            yield Product((type(layer), wide, narrow, layer.bias is None), wide, narrow, layer)
        elif isinstance(layer, Conv1D):  # of GPT-2: a linear layer with its weight the other way round
            wide, narrow = layer.weight.shape
            yield Product((Conv1D, wide, narrow), wide, narrow, layer)
        elif isinstance(weight, Tensor) and weight.ndim == 2 and not isinstance(layer, nn.Embedding):  # a router
            narrow, wide = weight.shape
            yield Product((type(layer), wide, narrow), wide, narrow, partial(linear, weight=weight))
    for module in experts.experts_of(model):
        size = model.config.get_text_config().hidden_size
        yield Product((type(module), size), size, size, partial(experts.exactly, module, 0))


def _kinds(compute: Compute, sample: Tensor, sizes: Sequence[int]) -> Iterator[int | None]:
    """For so many rows at a time, which kind of outcome that is; None where a row's place matters, and for numbers
    of rows that the device cannot compute.
    """
    known: list[Tensor] = []
    for size in sizes:
        try:
            made = _made(compute, sample, size)
        except RuntimeError:
            yield None
            continue
        kind = next((i for i, other in enumerate(known) if torch.equal(other, made)), len(known))
        if kind < len(known):
            yield kind
        elif torch.equal(_made(compute, sample.roll(SHIFT, 0), size), made.roll(SHIFT, 0)):
            known.append(made)
            yield kind
        else:
            yield None


def _made(compute: Compute, rows: Tensor, size: int) -> Tensor:
    """What is made of rows, so many at a time; the last of them stand behind others that were there before."""
    left = len(rows) % size
    parts = [compute(rows[at : at + size]) for at in range(0, len(rows) - left, size)]
    return torch.cat([*parts, compute(rows[-size:])[size - left :]] if left else parts)
