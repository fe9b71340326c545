"""A model of a given shape with random weights, as a directory: for speed, text does not matter.

In: a shape, and a directory with a tokenizer. Out: a directory that is loaded by path. Knows nothing of engines.
"""

import shutil
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import GPTBigCodeConfig, GPTBigCodeForCausalLM
from transformers.utils import logging

from pipeline.config.benchmark import Shape
from pipeline.engine.model import choose_device
from pipeline.errors import RefusedError
from pipeline.weights import TOKENIZER_FILES

SEED = 0
SHARD = "4GB"  # of a file, which is in memory twice while it is written


def make(shape: Shape, source: Path, folder: Path) -> None:
    """Writes the model in bfloat16, with the tokenizer of `source` beside it.

    RefusedError where the vocabulary is smaller than the tokenizer's.
    """
    entries = Tokenizer.from_file(str(source / "tokenizer.json")).get_vocab_size()
    if shape.vocab < entries:
        raise RefusedError(
            f"model.shape.vocab is {shape.vocab}, but the tokenizer in {source} has {entries} entries; give that "
            "many at least."
        )
    torch.manual_seed(SEED)
    logging.disable_progress_bar()
    config = GPTBigCodeConfig(
        vocab_size=shape.vocab,
        n_embd=shape.n_embd,
        n_layer=shape.n_layer,
        n_head=shape.n_head,
        n_positions=shape.n_positions,
        bos_token_id=0,
        eos_token_id=0,
        dtype=torch.bfloat16,
    )
    with choose_device("auto"):  # a GPU draws in a moment what takes a processor minutes
        model = GPTBigCodeForCausalLM._from_config(config, dtype=torch.bfloat16)
    model.save_pretrained(folder, max_shard_size=SHARD)
    for name in TOKENIZER_FILES:
        if (source / name).exists():
            shutil.copy(source / name, folder / name)
