"""A model directory in, a model ready for the engine out: safetensors only, from local files only.

Knows nothing of requests.
"""

import os
from pathlib import Path

import torch
from safetensors import SafetensorError
from transformers import AutoConfig, AutoModelForCausalLM, PretrainedConfig, PreTrainedModel

from pipeline.engine import attention, experts, float8
from pipeline.engine.block import add_in_place
from pipeline.engine.linear import pack_linears
from pipeline.engine.norm import compile_norms
from pipeline.engine.rotary import tabulate
from pipeline.engine.setup import Device, DType
from pipeline.engine.stack import stack_layers
from pipeline.errors import RefusedError

# With these, what a token's position means depends on the longest sequence beside it in the batch.
ENTANGLED_ROPE = ("dynamic", "longrope")


def load_model(
    path: str | os.PathLike[str],
    dtype: DType = "auto",
    device: Device = "auto",
    trust_remote_code: bool = False,
) -> PreTrainedModel:
    """The causal language model in a directory, or of an id in the local Hugging Face cache, in eval mode.

    `auto` is CUDA where there is one, and bfloat16 where the device computes with it, else float32; `float8` is
    bfloat16 with linear layers in 8 bits. Raises RefusedError for a missing model, one without safetensors, and one
    that the engine cannot drive.
    """
    where = choose_device(device)
    attention.register()
    experts.register()
    try:
        config = AutoConfig.from_pretrained(path, local_files_only=True, trust_remote_code=trust_remote_code)
        _check_config(path, config)
        model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
            path,
            config=config,
            dtype=choose_dtype("bfloat16" if dtype == "float8" else dtype, where),
            attn_implementation=attention.NAME,
            experts_implementation=experts.NAME,
            local_files_only=True,
            use_safetensors=True,
            device_map=where if where.type == "cuda" else None,  # straight into its memory
            trust_remote_code=trust_remote_code,
        )
    except (OSError, ValueError, SafetensorError) as error:
        raise RefusedError(_sentence(path, error)) from error
    _check_model(path, model)
    model.train(False).requires_grad_(False).to(where)
    if dtype == "float8":
        float8.convert(model)
    pack_linears(model)
    compile_norms(model)
    add_in_place(model)
    stack_layers(model)
    tabulate(model)
    return model


def choose_device(device: Device) -> torch.device:
    """The device to compute on. Raises RefusedError where CUDA is asked for and absent."""
    if device == "cuda" and not torch.cuda.is_available():
        raise RefusedError("device cuda: this machine has no CUDA device that torch can use; take cpu or auto.")
    return torch.device("cuda" if device != "cpu" and torch.cuda.is_available() else "cpu")


def choose_dtype(dtype: DType, device: torch.device) -> torch.dtype:
    """The number format for the weights; `auto` as said in `load_model`. Raises RefusedError for `float8`."""
    if dtype == "float8":
        raise RefusedError("dtype float8: only the native engine computes in it; take bfloat16 for others.")
    if dtype == "auto":
        fast = device.type == "cuda" or torch.cpu._is_avx512_bf16_supported()
        return torch.bfloat16 if fast else torch.float32
    return {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}[dtype]


def _check_config(path: str | os.PathLike[str], config: PretrainedConfig) -> None:
    rope = (getattr(config.get_text_config(), "rope_parameters", None) or {}).get("rope_type")
    if rope in ENTANGLED_ROPE:
        raise RefusedError(
            f"{path}: {rope} position embeddings make a text depend on the length of its neighbours; use another "
            "model, or take `rope_scaling` out of its config.json and stay in the original window."
        )


def _check_model(path: str | os.PathLike[str], model: PreTrainedModel) -> None:
    if not getattr(model, "_supports_attention_backend", False):
        raise RefusedError(
            f"{path}: {type(model).__name__} has attention of its own, which the engine cannot drive; "
            "use a model whose class supports attention backends, such as GPTBigCode, Starcoder2, Llama or Qwen."
        )


def _sentence(path: str | os.PathLike[str], error: Exception) -> str:
    folder = Path(path)
    if not folder.is_dir():
        return (
            f"There is no model {path}, neither as a directory nor in the local Hugging Face cache; "
            f"get it with `hf download {path}`, or give the path of a directory."
        )
    if not any(folder.glob("*.safetensors")):
        return (
            f"{path} holds no .safetensors file, and other weight files are not opened, since they can run code; "
            "convert them once where you trust them: load with transformers, then save_pretrained(…)."
        )
    return f"The model in {path} cannot be loaded: {' '.join(str(error).split())}"
