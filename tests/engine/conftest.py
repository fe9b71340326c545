"""Small random checkpoints of each architecture, saved as safetensors and loaded by path, and requests for them."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    GPTBigCodeConfig,
    LlamaConfig,
    PretrainedConfig,
    PreTrainedModel,
    Qwen2Config,
    Qwen3Config,
    Qwen3MoeConfig,
    Starcoder2Config,
)

from pipeline.engine import Request, kernel
from pipeline.engine.model import DType, load_model
from pipeline.engine.triton_cache import TritonCache

VOCABULARY, WINDOW = 300, 512

# A wide spread of weights makes greedy output wander instead of repeating one token.
COMMON = {"vocab_size": VOCABULARY, "initializer_range": 0.3}
BIGCODE = COMMON | {"n_positions": WINDOW, "n_embd": 64, "n_layer": 2, "n_head": 4}
SHAPE = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4}
MODERN = COMMON | SHAPE | {"num_key_value_heads": 2, "max_position_embeddings": WINDOW}

CONFIGS: dict[str, PretrainedConfig] = {
    "gpt_bigcode": GPTBigCodeConfig(**BIGCODE),
    "gpt_bigcode_multi_head": GPTBigCodeConfig(multi_query=False, scale_attn_weights=False, **BIGCODE),
    "starcoder2": Starcoder2Config(sliding_window=100, **MODERN),
    "llama": LlamaConfig(**MODERN),
    "qwen2": Qwen2Config(**MODERN),
    "qwen2_sliding": Qwen2Config(use_sliding_window=True, sliding_window=70, max_window_layers=1, **MODERN),
    "qwen3": Qwen3Config(head_dim=16, **MODERN),
    "qwen3_moe": Qwen3MoeConfig(head_dim=16, moe_intermediate_size=32, num_experts=4, num_experts_per_tok=2, **MODERN),
}

# Prompt and output lengths: one token, around the cuts and pages, a window filled to the brim.
LENGTHS = [(1, 40), (3, 20), (127, 5), (128, 5), (129, 9), (200, 60), (472, 40), (511, 1), (300, 30)]


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Tiny matrices gain nothing by threads, and threads that wait for busy cores make tests crawl."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The directory of a checkpoint by the name of its architecture, made when first asked for."""
    root = tmp_path_factory.mktemp("checkpoints")

    def make(name: str) -> Path:
        if not (root / name).exists():
            torch.manual_seed(0)
            AutoModelForCausalLM.from_config(CONFIGS[name]).save_pretrained(root / name)
        return root / name

    return make


@pytest.fixture(scope="session")
def model(checkpoint: Callable[[str], Path]) -> Callable[..., PreTrainedModel]:
    """A model for the engine by architecture and number format; loaded once."""
    loaded: dict[tuple[str, str], PreTrainedModel] = {}

    def load(name: str = "gpt_bigcode", dtype: DType = "float32") -> PreTrainedModel:
        if (name, dtype) not in loaded:
            loaded[name, dtype] = load_model(checkpoint(name), dtype)
        return loaded[name, dtype]

    return load


@pytest.fixture(params=["compiled", "torch"])
def attention(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to attend."""
    if request.param == "torch":
        for cache in (kernel.KernelCache, TritonCache):
            monkeypatch.setattr(cache, "usable", lambda *_: False)
    elif not torch.cuda.is_available() and kernel.library() is None:
        pytest.skip("the compiled attention was not built: pip install -e . with a C compiler")


def request_of(prompt: int, output: int, name: str = "", **rules: object) -> Request:
    """A request with a random prompt that depends on its lengths and name only."""
    name = name or f"{prompt}+{output}"
    draw = random.Random(name)
    return Request(name, [draw.randrange(VOCABULARY) for _ in range(prompt)], output, **rules)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def requests() -> list[Request]:
    return [request_of(prompt, output) for prompt, output in LENGTHS]
