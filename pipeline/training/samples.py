"""What a trained model writes for held-out pairs, greedily, and plain measures of it.

In: a model, its tokenizer and pairs. Out: samples with their text, and the shares of them that end and that name
something of the code.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from pipeline.config import Template
from pipeline.training.batches import rendered
from pipeline.training.pairs import Pair
from pipeline.training.tokenizer import encode

WORD = re.compile(r"[A-Za-z_]\w{2,}")
COMMON = frozenset(
    {
        "and",
        "are",
        "class",
        "def",
        "elif",
        "else",
        "except",
        "for",
        "from",
        "import",
        "not",
        "return",
        "returns",
        "self",
        "the",
        "this",
        "try",
        "with",
    }
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A held-out pair, what the model wrote for it, and whether it came to an end by itself."""

    pair: Pair
    text: str
    ended: bool

    @property
    def names(self) -> set[str]:
        """The words of the text that are identifiers of the code."""
        return (set(WORD.findall(self.text)) & set(WORD.findall(self.pair.input))) - COMMON


@torch.no_grad()
def draw(
    model: PreTrainedModel,
    tokenizer: Tokenizer,
    template: Template,
    pairs: Sequence[Pair],
    count: int = 24,
    longest: int = 128,
) -> list[Sample]:
    """Greedy answers [at most `longest` tokens] for `count` pairs, evenly spread over those that fit."""
    model.eval()
    chosen = pairs[:: max(1, len(pairs) // count)][:count]
    prompts = [(pair, encode(tokenizer, rendered(template, pair)[0]).ids) for pair in chosen]
    room = model.config.max_position_embeddings - longest
    return [_answer(model, tokenizer, pair, ids, longest) for pair, ids in prompts if len(ids) <= room]


def _answer(model: PreTrainedModel, tokenizer: Tokenizer, pair: Pair, ids: list[int], longest: int) -> Sample:
    prompt = torch.tensor([ids], device=model.device)
    end = model.config.eos_token_id
    generate: Any = model.generate  # transformers types it as a tensor
    output = generate(
        prompt,
        attention_mask=torch.ones_like(prompt),
        max_new_tokens=longest,
        do_sample=False,
        pad_token_id=end,
    )
    new = output[0, len(ids) :].tolist()
    return Sample(pair, tokenizer.decode(new, skip_special_tokens=True).strip(), new[-1] == end)


def measures(samples: Sequence[Sample]) -> dict[str, float]:
    """Shares (0 to 1) of the samples that ended by themselves, and that name something of the code."""
    count = max(1, len(samples))
    return {
        "ended": sum(s.ended for s in samples) / count,
        "names the code": sum(bool(s.names) for s in samples) / count,
    }


def report(samples: Sequence[Sample]) -> str:
    """The samples for a person to read, and their measures."""
    shown = [f"{s.pair.instruction}\n{_head(s.pair.input)}\n--> {s.text}" for s in samples]
    shares = ", ".join(f"{name} {share:.0%}" for name, share in measures(samples).items())
    return "\n\n".join([*shown, f"{len(samples)} samples: {shares}"])


def _head(code: str) -> str:
    return "\n".join(f"    {line}" for line in code.splitlines()[:6])
