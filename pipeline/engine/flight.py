"""One request on its way: its tokens so far, and whether it has come to its end. Knows nothing of the others."""

import time
from collections import deque
from itertools import chain

from pipeline.engine.request import Completion, FinishReason, Request, Stretch
from pipeline.engine.sampler import Draw
from pipeline.engine.stop import Decode, Stop

NONE: frozenset[int] = frozenset()


class Flight:
    """A request in flight. `tokens` are those of the prompt and, behind them, of the output.

    `stretches`: the free ones that have ended, where the request has forced ones.
    """

    def __init__(self, request: Request, decode: Decode | None) -> None:
        self.request = request
        self.prompt = len(request.prompt_ids)
        self.tokens = list(request.prompt_ids)
        self.stretches: list[Stretch] = []
        self._free = self.prompt
        self._forced = deque(request.forced)
        self._began: float | None = None
        self._stop = Stop(request.stop_ids, request.stop, decode)

    @property
    def draw(self) -> Draw:
        """How the next token is drawn."""
        request, at = self.request, len(self.tokens)
        barred = request.stop_ids if at - self._free < request.min_tokens else NONE
        return Draw(request.sampling, request.seed, at - self.prompt, barred)

    def push(self, token: int) -> Completion | None:
        """Appends the next token, and what is forced behind it; the completion, if it is the last."""
        self.tokens.append(token)
        stop = self._stop.push(token)
        reason = self._reason(stop)
        if reason is None:
            return None
        if self.request.forced:
            self._note()
        if self._forced and reason != "timeout":
            self._force()
            return None
        made = tuple(self.tokens[self.prompt :])
        return Completion(self.request.id, made, reason, stop, tuple(self.stretches))

    def _reason(self, stop: int | str | None) -> FinishReason | None:
        """Why a free stretch ends here, if it does; too late is the whole request, unless it ends anyway."""
        if self._forced and self._late():
            return "timeout"
        if stop is not None:
            return "stop"
        if len(self.tokens) - self._free >= self.request.max_tokens:
            return "length"
        return "timeout" if self._late() else None

    def _note(self) -> None:
        """Keeps the free stretch that ends here."""
        *others, last = self.tokens[self._free :]
        ended = last in self.request.stop_ids
        self.stretches.append(Stretch(tuple(others), last) if ended else Stretch((*others, last), None))

    def _force(self) -> None:
        """Appends the next forced stretch, in the place of the token that ended the free one."""
        if self.stretches[-1].stop is not None:
            self.tokens.pop()
        self.tokens.extend(self._forced.popleft())
        self._free = len(self.tokens)

    def _late(self) -> bool:
        if self.request.seconds is None:
            return False
        self._began = self._began or time.monotonic()
        return time.monotonic() - self._began > self.request.seconds


def problem_of(request: Request, window: int, vocabulary: int, decode: Decode | None) -> str | None:
    """Why a request cannot be served, as a sentence; None where nothing is wrong with it."""
    prompt = len(request.prompt_ids)
    masked = request.stop_ids if request.min_tokens else NONE
    given = chain(request.prompt_ids, *request.forced, masked)
    outside = next((i for i in given if not 0 <= i < vocabulary), None)
    if not prompt:
        return "the prompt is empty; give it at least one token."
    if request.max_tokens < 0:
        return f"max_tokens {request.max_tokens} is negative."
    if outside is not None:
        return f"token id {outside} is not in the model's vocabulary of {vocabulary}."
    if prompt + request.most_tokens > window:
        return (
            f"{prompt} prompt tokens and {request.most_tokens} output tokens exceed the window of {window}; "
            "cut the prompt, or ask for fewer tokens."
        )
    if request.stop and (decode is None or "" in request.stop):
        return "stop strings need an engine with `decode`, and none of them may be empty."
    return _problem_of_stretches(request)


def _problem_of_stretches(request: Request) -> str | None:
    if not 0 <= request.min_tokens <= request.max_tokens:
        return f"min_tokens {request.min_tokens} must be from 0 to max_tokens, which is {request.max_tokens}."
    if request.stop and (request.forced or request.min_tokens):
        return "stop strings may end inside a token; give stop ids where there are forced stretches or min_tokens."
    if request.forced and (request.max_tokens == 0 or not all(request.forced)):
        return "each forced stretch needs a token, and the free ones a max_tokens above 0."
    return None
