"""The engine: continuous batching over any Hugging Face causal language model.

Requests (token ids, stop rules, sampling) go in, completions (token ids) come out. What a request gets
depends on the model, its number format, the kind of device and the request itself, never on what else is
being generated: every pass through the model has a fixed shape, attention is computed for each request at
sizes of its own, and random numbers are functions of (seed, position). Knows nothing of Ray, Parquet, code or
configuration files.

    request ─add─▶ scheduler ─pass─▶ runner (pack, attend, cache) ─logits─▶ sampler ─token─▶ stop ─▶ completion
"""

from pipeline.engine.async_engine import AsyncEngine
from pipeline.engine.engine import Engine, Stats
from pipeline.engine.model import load_model
from pipeline.engine.request import Completion, EngineError, Request, Sampling

__all__ = ["AsyncEngine", "Completion", "Engine", "EngineError", "Request", "Sampling", "Stats", "load_model"]
