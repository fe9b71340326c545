"""The model card: what a model is, what it learned from under which licences, and what it is not.

In: the configuration and the results of a training. Out: `README.md` in the model's directory.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from pipeline.config.training import Finetune
from pipeline.training.pairs import Pairs
from pipeline.training.samples import Sample, measures

SHOWN = 6  # samples


@dataclass(frozen=True, slots=True)
class Result:
    """What a training came to: its length, size and loss [nats per output token], and what the model writes."""

    parameters: int
    steps: int
    tokens: int
    minutes: float
    loss: float
    samples: Sequence[Sample]


def write(folder: Path, config: Finetune, pairs: Pairs, result: Result) -> None:
    """Write the card into the model's directory."""
    sections = [_head(config), _about(config, pairs, result), _measured(result), LIMITS, _samples(result.samples)]
    text = "\n\n".join([*sections, _sources(pairs)])
    (folder / "README.md").write_text(f"{text}\n", encoding="utf-8")


def _head(config: Finetune) -> str:
    kind = "text-generation"
    fields = {"license": "apache-2.0", "language": ["en"], "library_name": "transformers", "pipeline_tag": kind}
    base = {"base_model": config.model} if config.model else {}
    return f"---\n{yaml.safe_dump(fields | base, sort_keys=False)}---\n\n# {Path(config.output.path).name}"


def _about(config: Finetune, pairs: Pairs, result: Result) -> str:
    origin = f"fine-tuned from {config.model}" if config.model else "trained from scratch"
    return (
        f"A causal language model of {result.parameters:,} parameters, {origin} by Starscribe's `finetune` job on "
        f"{len(pairs.training):,} pairs of an instruction about code and its answer, in the prompt template "
        f"`{config.template.name}`. Training saw {result.tokens:,} tokens in {result.steps:,} steps and "
        f"{result.minutes:.0f} minutes."
    )


def _measured(result: Result) -> str:
    shares = "\n".join(f"- {name}: {share:.0%}" for name, share in measures(result.samples).items())
    return (
        f"## Measured on held-out code\n\nLoss on the answers: {result.loss:.3f} nats per token. Of "
        f"{len(result.samples)} greedy answers, share that\n\n{shares}"
    )


LIMITS = """## Limits

Nothing here checks that an answer is true. Small models copy names from the code and get the form right, while the
purpose they state is a guess from those names, and can be wrong. Answers that explain Python were taught from the
syntax tree together with the first sentence of a docstring; other languages were not seen. Read what it writes before
you publish it, and say that a machine wrote it."""


def _samples(samples: Sequence[Sample]) -> str:
    blocks = [f"{s.pair.instruction}\n\n```python\n{s.pair.input}\n```\n\n> {_quoted(s.text)}" for s in _short(samples)]
    return "\n\n".join(["## Samples, as they came", *blocks])


def _short(samples: Sequence[Sample]) -> list[Sample]:
    return [s for s in samples if s.pair.input.count("\n") < 15][:SHOWN]


def _quoted(text: str) -> str:
    return text.replace("\n", "\n> ")


def _sources(pairs: Pairs) -> str:
    rows = [f"| {s.name} | {s.version} | {s.license} | {count} |" for s, count in pairs.sources]
    head = "## Sources\n\nCode and docstrings of:\n\n| source | version | licence | pairs |\n|---|---|---|---|"
    return (
        "\n".join([head, *rows]) if rows else "## Sources\n\nPairs from files that the trainer's configuration names."
    )
