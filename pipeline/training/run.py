"""One training from configuration to model directory: gather, tokenize, train, validate, write."""

import logging
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from pipeline.config.training import Finetune
from pipeline.errors import RefusedError
from pipeline.training import card, model, samples, tokenizer, trainer
from pipeline.training.batches import rendered, sequence
from pipeline.training.pairs import Pair, gather

log = logging.getLogger(__name__)
ON_THE_WAY, AT_THE_END = 192, 1000  # held-out pairs of a validation


def finetune(config: Finetune) -> None:
    """Train as configured; the model, its tokenizer and its card are in `output.path` at the end.

    Raises RefusedError for data or a model that cannot be read.
    """
    pairs = gather(config.data, config.tasks, config.training.seed)
    log.info("%d pairs to train on, %d to validate with", len(pairs.training), len(pairs.validation))
    words, net = beginning(config, pairs.training)
    end = net.config.eos_token_id
    longest = min(config.training.longest, net.config.max_position_embeddings)
    training, validation = (
        [s for s in (sequence(config.template, words, end, p) for p in part) if len(s.ids) <= longest]
        for part in (pairs.training, pairs.validation)
    )
    if not training:
        raise RefusedError(
            f"No pair fits {longest} tokens; raise training.longest, or take a model with a longer window."
        )
    log.info("%d and %d of them fit, %d tokens", len(training), len(validation), sum(len(s.ids) for s in training))
    log.info("%d parameters", sum(p.numel() for p in net.parameters()))
    folder = Path(config.output.path)
    progress = trainer.train(
        net,
        training,
        validation[:ON_THE_WAY],
        config.training,
        lambda m: write(m, words, checkpoints(folder)),
    )
    write(net, words, folder)
    net.bfloat16()  # as it is written
    final = trainer.evaluate(net, validation[:AT_THE_END], config.training)
    log.info("done: %s; validation loss %.4f", progress, final)
    found = samples.draw(net, words, config.template, pairs.validation)
    minutes = progress.seconds / 60
    result = card.Result(net.num_parameters(), progress.steps, progress.tokens, minutes, final, found)
    card.write(folder, config, pairs, result)
    log.info("%s\nThe model is in %s.", samples.report(found), folder)


def beginning(config: Finetune, pairs: list[Pair]) -> tuple[Tokenizer, PreTrainedModel]:
    """The tokenizer and the model to begin with: those of a directory, or new ones."""
    torch.manual_seed(config.training.seed)
    if config.model is not None:
        return tokenizer.load(Path(config.model)), model.load(config.model)
    assert config.architecture is not None
    texts = (rendered(config.template, pair)[0] + f"\n{pair.output}" for pair in pairs)
    words = tokenizer.train(texts, config.architecture.vocabulary)
    return words, model.new(config.architecture, words.get_vocab_size())


def write(net: PreTrainedModel, words: Tokenizer, folder: Path) -> None:
    """The model and its tokenizer as a directory."""
    model.save(net, folder)
    tokenizer.save(words, folder, net.config.max_position_embeddings)


def checkpoints(folder: Path) -> Path:
    """Where the last checkpoint lies: beside the model."""
    return folder.with_name(f"{folder.name}.checkpoint")
