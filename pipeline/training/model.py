"""The model that training begins with, and the directory that it ends in.

In: an architecture, or the directory of a model. Out: a transformers model; safetensors on disk.
"""

import copy
import math
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, GPTBigCodeConfig, GPTBigCodeForCausalLM, PreTrainedModel

from pipeline.config.training import Architecture
from pipeline.errors import RefusedError

END_ID = 0  # <|endoftext|> is the first special token of a new tokenizer


def new(shape: Architecture, vocabulary: int) -> PreTrainedModel:
    """A GPTBigCode model with random weights, from torch's current random state."""
    config = GPTBigCodeConfig(
        vocab_size=vocabulary,
        n_positions=shape.window,
        n_embd=shape.width,
        n_layer=shape.layers,
        n_head=shape.heads,
        multi_query=True,
        attn_pdrop=0.0,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        bos_token_id=END_ID,
        eos_token_id=END_ID,
        pad_token_id=END_ID,
    )
    model = GPTBigCodeForCausalLM(config)
    with torch.no_grad():
        model.transformer.wpe.weight.copy_(sinusoids(shape.window, shape.width) * config.initializer_range)
    return model


def sinusoids(positions: int, width: int) -> torch.Tensor:
    """Sinusoidal position embeddings [positions, width] of root mean square 1 (Vaswani et al., 2017, 3.5).

    As a beginning for learned ones they show relative positions from the first step on, also where data is rare.
    """
    rates = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000.0) / width))
    angles = torch.arange(positions)[:, None] * rates
    return math.sqrt(2) * torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)[:, :width]


def load(path: str) -> PreTrainedModel:
    """A model from a local directory or the local cache, in fp32; RefusedError where it cannot be loaded."""
    try:
        model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
            path, dtype=torch.float32, use_safetensors=True, local_files_only=True, trust_remote_code=False
        )
    except (OSError, ValueError) as error:
        raise RefusedError(f"The model {path} cannot be loaded: {error}. Give the directory of a model.") from error
    return model


def save(model: PreTrainedModel, folder: Path) -> None:
    """Write the model in bfloat16, as safetensors; tied weights are written once."""
    whole = model.state_dict()
    cast = {tensor.data_ptr(): tensor.to(torch.bfloat16) for tensor in whole.values()}
    state = {name: cast[tensor.data_ptr()] for name, tensor in whole.items()}
    model.save_pretrained(folder, state_dict=state)
    config = copy.deepcopy(model.config)  # as saved it names the dtype of the model in memory
    config.dtype = torch.bfloat16
    config.save_pretrained(folder)
