"""An engine that many coroutines share: a thread drives the steps, each caller awaits its own completion.

Knows nothing of what the requests are for.
"""

import asyncio
import threading
from concurrent.futures import Future
from queue import Empty, SimpleQueue

from pipeline.engine.generator import Generator
from pipeline.engine.request import Completion, EngineError, Request

Ticket = tuple[Request, "Future[Completion]"]


class AsyncEngine:
    """Serves `generate` to any number of event loops at once.

    A request that cannot be served fails its own caller only. A failure of the engine itself fails everyone
    who waits, then and later, and is kept in `broken`: the engine's memory can no longer be trusted.
    """

    def __init__(self, engine: Generator) -> None:
        self._engine = engine
        self._inbox: SimpleQueue[Ticket | None] = SimpleQueue()
        self._waiting: dict[str, Future[Completion]] = {}
        self._lock = threading.Lock()
        self._ended: Exception | None = None
        self._broken: Exception | None = None
        self._thread = threading.Thread(target=self._drive, name="engine", daemon=True)
        self._thread.start()

    @property
    def broken(self) -> Exception | None:
        """What broke the engine, if anything did."""
        return self._broken

    async def generate(self, request: Request) -> Completion:
        """The completion of a request. Raises EngineError where it does not fit, or the engine broke or was
        closed.
        """
        future: Future[Completion] = Future()
        with self._lock:
            if self._ended is not None:
                raise EngineError(f"request {request.id}: {self._ended}") from self._ended
            self._inbox.put((request, future))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Ends the thread after the step it is in; who still waits gets an EngineError."""
        self._inbox.put(None)
        self._thread.join()

    def _drive(self) -> None:
        try:
            while self._receive():
                for completion in self._engine.step():
                    _settle(self._waiting.pop(completion.id), completion)
            self._end(EngineError("the engine was closed."))
        except Exception as error:  # noqa: BLE001 (whatever it is, the callers must hear of it, not wait for ever)
            self._broken = error
            self._end(EngineError(f"the engine broke: {type(error).__name__}: {error}"), error)

    def _receive(self) -> bool:
        """Takes in what has come, waiting only where there is nothing else to do; False when it is time to
        end.
        """
        while True:
            try:
                ticket = self._inbox.get(block=not self._engine.has_work)
            except Empty:
                return True
            if ticket is None:
                return False
            self._admit(*ticket)

    def _admit(self, request: Request, future: "Future[Completion]") -> None:
        try:
            self._engine.add(request)
        except Exception as error:  # noqa: BLE001 (the border of one request: its caller gets the error)
            _settle(future, error)
        else:
            self._waiting[request.id] = future

    def _end(self, reason: EngineError, cause: Exception | None = None) -> None:
        reason.__cause__ = cause
        with self._lock:
            self._ended = reason
        while not self._inbox.empty():
            if ticket := self._inbox.get():
                _settle(ticket[1], reason)
        for future in self._waiting.values():
            _settle(future, reason)
        self._waiting.clear()


def _settle(future: "Future[Completion]", outcome: Completion | Exception) -> None:
    if not future.set_running_or_notify_cancel():
        return  # The caller has gone.
    if isinstance(outcome, Completion):
        future.set_result(outcome)
    else:
        future.set_exception(outcome)
