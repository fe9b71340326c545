"""The heart: schedule, run, sample, finish.

Requests go in by `add`, completions come out of `step`. One thread at a time may use an engine; `AsyncEngine`
serves many callers. Knows nothing of Ray, Parquet or code.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from pipeline.engine.batch import Span
from pipeline.engine.device import device_name, dtype_name, fetched
from pipeline.engine.flight import Flight, problem_of
from pipeline.engine.pages import Pages
from pipeline.engine.request import Completion, EngineError, Request
from pipeline.engine.runner import Runner
from pipeline.engine.sampler import sample
from pipeline.engine.scheduler import Pass, Piece, Scheduler
from pipeline.engine.stop import Decode

# Passes that may wait for the device while it computes one: planning them takes no time of it then.
AHEAD = {"cpu": 0, "cuda": 1}


@dataclass(slots=True)
class Stats:
    """What an engine has done so far: tokens drawn, tokens that went through the model, seconds spent in steps."""

    steps: int = 0
    output_tokens: int = 0
    computed_tokens: int = 0
    seconds: float = 0.0


class Engine:
    """Continuous batching over a model from `load_model`.

    `step_tokens`: most tokens in one step, prompts and outputs together; `max_requests`: most requests in
    generation at once; `window`: longest prompt and output together, the model's own if None; `memory`: bytes for keys
    and values; `decode`: token ids to text, for stop strings. What is None follows from model and device. None of them
    changes the tokens of a request. Raises EngineError where memory does not hold the least.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        *,
        step_tokens: int | None = None,
        max_requests: int | None = None,
        window: int | None = None,
        memory: int | None = None,
        decode: Decode | None = None,
    ) -> None:
        self.window = _window(model, window)
        self.stats = Stats()
        self._decode = decode
        self._model = model
        self._runner = Runner(model, self.window, step_tokens, max_requests, memory)
        cache = self._runner.cache
        pages = Pages(cache.pages, cache.page)
        self._scheduler = Scheduler(self._runner.rows, self._runner.max_requests, pages)
        self._ahead = AHEAD[model.device.type]
        self._running: deque[tuple[Pass, Callable[[], list[int]]]] = deque()
        self._flights: dict[int, Flight] = {}
        self._ready: list[Completion] = []
        self._ids: set[str] = set()
        self._tickets = 0

    @property
    def dtype(self) -> str:
        """The number format of the weights."""
        return dtype_name(self._model)

    @property
    def device(self) -> str:
        """The kind of device, and which one."""
        return device_name(self._model)

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
        self._scheduler.add(self._tickets, flight.tokens, request.most_drawn)
        self._tickets += 1

    def step(self) -> list[Completion]:
        """One pass: a token for each request in generation, and prompts as far as `step_tokens` goes.

        On a GPU it is sent off, and what comes back is from the one before. Where memory does not suffice for it, the
        next ones are half as large. EngineError where none is small enough.
        """
        began = time.perf_counter()
        done, self._ready = self._ready, []
        launched = self._launch()
        if self._running and (not launched or len(self._running) > self._ahead):
            done += self._collect()
        self._ids -= {completion.id for completion in done}
        self.stats.steps += 1
        self.stats.seconds += time.perf_counter() - began
        return done

    def _launch(self) -> bool:
        """Sends the next pass off, if there is one; behind another only a full one, so that none is split in two."""
        work = self._scheduler.plan()
        if not work.pieces or (self._running and work.tokens < self._scheduler.rows):
            return False
        try:
            tokens = self._run(work)
        except (MemoryError, torch.OutOfMemoryError) as error:
            if not self._running and not self._scheduler.shrink():
                raise EngineError(f"There is no memory for a single token: {error}") from error
            return False
        self._scheduler.launch(work)
        self._running.append((work, tokens))
        return True

    def _collect(self) -> list[Completion]:
        """Waits for the oldest pass; the requests that end with it."""
        work, tokens = self._running.popleft()
        drawn = tokens()
        self._scheduler.commit(work)
        return self._push(work, drawn)

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

    def _run(self, work: Pass) -> Callable[[], list[int]]:
        """The next tokens of the pieces to be sampled, once they are there."""
        self._runner.cache.copy(work.copies)
        work.copies.clear()
        spans = [self._span(piece) for piece in work.pieces]
        sampled = [i for i, piece in enumerate(work.pieces) if piece.sample]
        logits = self._runner.run(spans, sampled)
        return fetched(sample(logits, [self._flights[work.pieces[i].sequence.ticket].draw for i in sampled]))

    def _span(self, piece: Piece) -> Span:
        sequence = piece.sequence
        return Span(sequence.tokens[piece.start : piece.end], piece.start, sequence.pages, sequence.prompt)

    def _push(self, work: Pass, tokens: list[int]) -> list[Completion]:
        """Appends each token to its request; the requests that end with it."""
        self.stats.output_tokens += len(tokens)
        self.stats.computed_tokens += work.tokens
        done: list[Completion] = []
        for piece, token in zip((piece for piece in work.pieces if piece.sample), tokens, strict=True):
            ticket = piece.sequence.ticket
            if completion := self._flights[ticket].push(token):
                done.append(completion)
                self._scheduler.finish(ticket)
                del self._flights[ticket]
        return done

    def _check(self, request: Request) -> None:
        problem = problem_of(request, self.window, self._runner.vocabulary, self._decode)
        if request.id in self._ids:
            problem = "another request with this id is in flight; give each its own."
        elif problem is None and not self._scheduler.pages.fits(len(request.prompt_ids) + request.most_tokens):
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
