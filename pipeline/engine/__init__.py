"""The engine: continuous batching over any Hugging Face causal language model.

Requests (token ids, stop rules, sampling, forced text) go in, completions (token ids) come out. What a request gets
depends on the model, its number format, the device and the request itself, never on what else is being generated:
passes have only numbers of rows that were found to agree, attention sums each row in an order of its own, and random
numbers are functions of (seed, position). Knows nothing of Ray, Parquet, code or configuration files.

    request ─add─▶ scheduler ─pass─▶ runner (pack, attend, cache) ─logits─▶ sampler ─token─▶ stop ─▶ completion

vLLM and `transformers.generate` stand behind the same interface (`Generator`).
"""

from pipeline.engine.async_engine import AsyncEngine
from pipeline.engine.generator import Generator, create
from pipeline.engine.request import Completion, EngineError, Request, Sampling, Stretch
from pipeline.engine.setup import Setup

__all__ = [
    "AsyncEngine",
    "Completion",
    "EngineError",
    "Generator",
    "Request",
    "Sampling",
    "Setup",
    "Stretch",
    "create",
]
