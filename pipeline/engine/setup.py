"""What an engine is made of: a model, and how much of it at once. Plain values."""

import os
from dataclasses import dataclass
from typing import Literal

from pipeline.engine.stop import Decode

DType = Literal["auto", "float32", "bfloat16", "float16", "float8"]
Device = Literal["auto", "cpu", "cuda"]


@dataclass(frozen=True, slots=True)
class Setup:
    """A model, and how much an engine holds of it at once; None where model and device decide (see `Engine`)."""

    path: str | os.PathLike[str]
    dtype: DType = "auto"
    device: Device = "auto"
    trust_remote_code: bool = False
    threads: int | None = None  # of the processor; as many as torch finds by itself, if not said
    window: int | None = None
    step_tokens: int | None = None
    max_requests: int | None = None
    memory: int | None = None
    decode: Decode | None = None
