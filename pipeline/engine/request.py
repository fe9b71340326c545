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
    after its first token it is ended as it is (not by vLLM).

    With `forced` token ids the output is free stretches with forced ones between them: where a free stretch ends, by
    one of `stop_ids` or after `max_tokens` of its own, the next forced one goes in as if it had been generated, in the
    place of the stop id. `min_tokens` of a free stretch are drawn before a stop id may be. Neither goes with `stop`
    strings, which may end inside a token.
    """

    id: str
    prompt_ids: Sequence[int]
    max_tokens: int
    sampling: Sampling = Sampling()
    seed: int = 0
    stop_ids: frozenset[int] = frozenset()
    stop: tuple[str, ...] = ()
    seconds: float | None = None
    forced: tuple[tuple[int, ...], ...] = ()
    min_tokens: int = 0

    @property
    def most_drawn(self) -> int:
        """How many tokens are drawn at most."""
        return self.max_tokens * (len(self.forced) + 1)

    @property
    def most_tokens(self) -> int:
        """How many tokens the output has at most, forced ones included."""
        return self.most_drawn + sum(map(len, self.forced))


@dataclass(frozen=True, slots=True)
class Stretch:
    """The tokens of a free stretch, and the stop id that ended it, which is none of them; None where none did."""

    token_ids: tuple[int, ...]
    stop: int | None


@dataclass(frozen=True, slots=True)
class Completion:
    """The tokens that continue a prompt, the one which ended them included, as `transformers.generate`
    returns them.

    `stop` is the token id or the string that ended the output; None where its length did. `stretches` are the free ones
    of a request with forced ones, none of any other; those that a timeout did not let begin are missing.
    """

    id: str
    token_ids: tuple[int, ...]
    finish_reason: FinishReason
    stop: int | str | None
    stretches: tuple[Stretch, ...] = ()
