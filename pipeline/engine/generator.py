"""What every engine is to those who use it, and which there are: requests in, completions out, step by step.

torch and transformers take seconds to import, so that only what creates an engine does.
"""

from typing import TYPE_CHECKING, Literal, Protocol

from pipeline.engine.request import Completion, Request
from pipeline.engine.setup import Setup

if TYPE_CHECKING:
    from pipeline.engine.engine import Engine

Name = Literal["native", "vllm", "transformers"]


class Generator(Protocol):
    """Takes requests in by `add`, gives their completions back by `step`. One thread at a time may use it."""

    @property
    def dtype(self) -> str:
        """The number format of the weights, such as `bfloat16`."""

    @property
    def device(self) -> str:
        """The kind of device, and which one."""

    @property
    def has_work(self) -> bool:
        """Whether `step` has anything to do or to give back."""

    def add(self, request: Request) -> None:
        """Takes a request in. Raises EngineError, and takes nothing in, where it cannot be served."""

    def step(self) -> list[Completion]:
        """Goes on a little; what has ended."""


def create(name: Name, setup: Setup) -> Generator:
    """An engine by its name. RefusedError where the model cannot be loaded, ImportError where vLLM is missing."""
    if setup.threads is not None:
        from pipeline.engine.device import use_threads

        use_threads(setup.threads)
    if name == "native":
        return _native(setup)
    if name == "transformers":
        from pipeline.engine.reference import ReferenceEngine

        return ReferenceEngine(setup)
    from pipeline.engine.vllm import VllmEngine

    return VllmEngine(setup)


def _native(setup: Setup) -> "Engine":
    from pipeline.engine.engine import Engine
    from pipeline.engine.model import load_model

    return Engine(
        load_model(setup.path, setup.dtype, setup.device, setup.trust_remote_code),
        step_tokens=setup.step_tokens,
        max_requests=setup.max_requests,
        window=setup.window,
        memory=setup.memory,
        decode=setup.decode,
    )
