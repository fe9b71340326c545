"""The heart: schedule, run, sample, finish.

Requests go in by `add`, completions come out of `step`. One thread at a time may use an engine; `AsyncEngine`
serves many callers. Knows nothing of Ray, Parquet or code.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from torch import Tensor
from transformers import PreTrainedModel

from pipeline.engine.batch import Span
from pipeline.engine.flight import Flight, problem_of
from pipeline.engine.request import Completion, EngineError, Request
from pipeline.engine.runner import Runner
from pipeline.engine.sampler import sample
from pipeline.engine.scheduler import Pass, Scheduler
from pipeline.engine.stop import Decode


@dataclass(slots=True)
class Stats:
    """What an engine has done so far: tokens that went through the model; `seconds` is time spent in steps."""

    steps: int = 0
    passes: int = 0
    prompt_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0


class Engine:
    """Continuous batching over a model from `load_model`.

    `step_tokens`: most tokens in one step, prompts and outputs together; `max_requests`: most requests in
    generation at once; `window`: longest prompt and output together, the model's own if None; `decode`: token
    ids to text, for stop strings. None of them changes the tokens of a request. Raises EngineError where they
    contradict one another.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        *,
        step_tokens: int,
        max_requests: int,
        window: int | None = None,
        decode: Decode | None = None,
    ) -> None:
        self.window = _window(model, window)
        self.stats = Stats()
        self._decode = decode
        self._runner = Runner(model, self.window, max_requests)
        self._scheduler = Scheduler(step_tokens, max_requests, self._runner.pages)
        self._flights: dict[int, Flight] = {}
        self._ready: list[Completion] = []
        self._ids: set[str] = set()
        self._tickets = 0

    @property
    def has_work(self) -> bool:
        """Whether `step` has anything to do or to give back."""
        return bool(self._flights or self._ready)

    def add(self, request: Request) -> None:
        """Takes a request in. Raises EngineError, and takes nothing in, where it cannot be served."""
        self._check(request)
        self._ids.add(request.id)
        if request.max_tokens == 0:
            self._ready.append(Completion(request.id, (), "length", None))
            return
        self._flights[self._tickets] = flight = Flight(request, self._decode)
        self._scheduler.add(self._tickets, flight.prompt, request.max_tokens, request.prefix_length)
        self._tickets += 1

    def step(self) -> list[Completion]:
        """One step: a token for each request in generation, and prompts as far as `step_tokens` goes."""
        began = time.perf_counter()
        done, self._ready = self._ready, []
        self._runner.clear(self._scheduler.admit())
        for work in self._scheduler.plan():
            done += self._push(work, self._run(work))
        self._ids -= {completion.id for completion in done}
        self.stats.steps += 1
        self.stats.seconds += time.perf_counter() - began
        return done

    def run(self, requests: Iterable[Request]) -> list[Completion]:
        """Completions of all requests, in their order; those of requests added before stay for the next
        `step`.

        Raises EngineError for the first request that cannot be served; those before it are then in flight.
        """
        wanted = list(requests)
        for request in wanted:
            self.add(request)
        done: dict[str, Completion] = {}
        while any(request.id not in done for request in wanted):
            done |= {completion.id: completion for completion in self.step()}
        mine = [done.pop(request.id) for request in wanted]
        self._keep(done.values())
        return mine

    def _keep(self, others: Iterable[Completion]) -> None:
        self._ready += others
        self._ids |= {completion.id for completion in self._ready}

    def _run(self, work: Pass) -> Tensor:
        """Logits of the pieces to be sampled."""
        spans = [self._span(piece.ticket, piece.start, piece.end) for piece in work.pieces]
        self.stats.passes += 1
        self.stats.prompt_tokens += 0 if work.output else sum(len(span.tokens) for span in spans)
        return self._runner.run(spans, work.rows, [i for i, piece in enumerate(work.pieces) if piece.sample])

    def _span(self, ticket: int, start: int, end: int) -> Span:
        return Span(self._flights[ticket].tokens[start:end], start, self._scheduler.pages_of(ticket))

    def _push(self, work: Pass, logits: Tensor) -> list[Completion]:
        """Draws a token for each piece to be sampled; the requests that end with it."""
        tickets = [piece.ticket for piece in work.pieces if piece.sample]
        tokens = sample(logits, [self._flights[ticket].draw for ticket in tickets])
        self.stats.output_tokens += len(tokens)
        done: list[Completion] = []
        for ticket, token in zip(tickets, tokens, strict=True):
            if completion := self._flights[ticket].push(token):
                done.append(completion)
                self._scheduler.finish(ticket)
                del self._flights[ticket]
        return done

    def _check(self, request: Request) -> None:
        problem = problem_of(request, self.window, self._runner.vocabulary, self._decode)
        if request.id in self._ids:
            problem = "another request with this id is in flight; give each its own."
        elif problem is None and not self._scheduler.fits(len(request.prompt_ids) + request.max_tokens):
            problem = "its keys and values need more memory than there is; ask for fewer tokens."
        if problem:
            raise EngineError(f"request {request.id}: {problem}")


def _window(model: PreTrainedModel, window: int | None) -> int:
    own: int | None = getattr(model.config.get_text_config(), "max_position_embeddings", None)
    if window is not None and own is not None and window > own:
        raise EngineError(f"window {window} is longer than the {own} tokens that the model was made for.")
    if window is None and own is None:
        raise EngineError("The model does not say how long its window is; set `window`.")
    return window or own or 0
