"""One request on its way: its tokens so far, and whether it has come to its end. Knows nothing of the others."""

import time

from pipeline.engine.request import Completion, FinishReason, Request
from pipeline.engine.sampler import Draw
from pipeline.engine.stop import Decode, Stop


class Flight:
    """A request in flight. `tokens` are those of the prompt and, behind them, of the output."""

    def __init__(self, request: Request, decode: Decode | None) -> None:
        self.request = request
        self.prompt = len(request.prompt_ids)
        self.tokens = list(request.prompt_ids)
        self._began: float | None = None
        self._stop = Stop(request.stop_ids, request.stop, decode)

    @property
    def draw(self) -> Draw:
        """How the next token is drawn."""
        return Draw(self.request.sampling, self.request.seed, len(self.tokens) - self.prompt)

    def push(self, token: int) -> Completion | None:
        """Appends the next token; the completion, if it is the last."""
        self.tokens.append(token)
        stop = self._stop.push(token)
        full = len(self.tokens) - self.prompt >= self.request.max_tokens
        if stop is None and not full and not self._late():
            return None
        made = tuple(self.tokens[self.prompt :])
        reason: FinishReason = "stop" if stop is not None else "length" if full else "timeout"
        return Completion(self.request.id, made, reason, stop)

    def _late(self) -> bool:
        if self.request.seconds is None:
            return False
        self._began = self._began or time.monotonic()
        return time.monotonic() - self._began > self.request.seconds


def problem_of(request: Request, window: int, vocabulary: int, decode: Decode | None) -> str | None:
    """Why a request cannot be served, as a sentence; None where nothing is wrong with it."""
    prompt = len(request.prompt_ids)
    outside = next((i for i in request.prompt_ids if not 0 <= i < vocabulary), None)
    if not prompt:
        return "the prompt is empty; give it at least one token."
    if request.max_tokens < 0:
        return f"max_tokens {request.max_tokens} is negative."
    if outside is not None:
        return f"token id {outside} is not in the model's vocabulary of {vocabulary}."
    if prompt + request.max_tokens > window:
        return (
            f"{prompt} prompt tokens and {request.max_tokens} output tokens exceed the window of {window}; "
            "cut the prompt, or ask for fewer tokens."
        )
    if request.stop and (decode is None or "" in request.stop):
        return "stop strings need an engine with `decode`, and none of them may be empty."
    return None
