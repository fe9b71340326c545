"""What is asked of the engine, and what it gives back. Plain values: no torch, no state."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.errors import StarscribeError

FinishReason = Literal["stop", "length", "timeout"]


class EngineError(StarscribeError):
    """The engine cannot do what is asked: a request that does not fit, or a model it cannot drive."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is drawn. Temperature 0 takes the likeliest; top_k 0 and top_p 1 leave nothing out.

    Raises EngineError for values out of range.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0

    def __post_init__(self) -> None:
        if not self.temperature >= 0:
            raise EngineError(f"temperature {self.temperature} is negative; 0 is greedy, 1 leaves the odds alone.")
        if not 0 < self.top_p <= 1:
            raise EngineError(f"top_p {self.top_p} is no probability mass; give a number above 0, at most 1.")
        if self.top_k < 0:
            raise EngineError(f"top_k {self.top_k} is negative; 0 considers every token.")


@dataclass(frozen=True, slots=True)
class Request:
    """A prompt and the rules of its continuation.

    `stop_ids` end the output at once; `stop` strings end it as soon as they stand in the decoded output. `seconds`
    after its first token it is ended as it is (native engine only).
    """

    id: str
    prompt_ids: Sequence[int]
    max_tokens: int
    sampling: Sampling = Sampling()
    seed: int = 0
    stop_ids: frozenset[int] = frozenset()
    stop: tuple[str, ...] = ()
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """The tokens that continue a prompt, the one which ended them included, as `transformers.generate`
    returns them.

    `stop` is the token id or the string that ended the output; None where its length did.
    """

    id: str
    token_ids: tuple[int, ...]
    finish_reason: FinishReason
    stop: int | str | None
