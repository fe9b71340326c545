"""An engine that many coroutines share: a thread makes it and drives its steps, each caller awaits its own completion.

OpenMP keeps a team of threads for every thread that computes, and no team waits actively once all of them together
are more than the cores. An engine that was made in one thread and driven by another used three quarters of two cores;
hence one thread does both. Knows nothing of what the requests are for.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue

from pipeline.engine.generator import Generator
from pipeline.engine.request import Completion, EngineError, Request

IDLE_SECONDS = 1.0
Ticket = tuple[Request, "Future[Completion]"]


class AsyncEngine:
    """Serves `generate` to any number of event loops at once.

    A request that cannot be served fails its own caller only. A failure of the engine itself fails everyone
    who waits, then and later, and is kept in `broken`: the engine's memory can no longer be trusted.
    """

    def __init__(self, make: Callable[[], Generator], beat: Callable[[], None] = lambda: None) -> None:
        """`beat` is called before each step, and each second where there is nothing to do. Raises what `make` does."""
        self._beat = beat
        self._inbox: SimpleQueue[Ticket | None] = SimpleQueue()
        self._waiting: dict[str, Future[Completion]] = {}
        self._lock = threading.Lock()
        self._ended: Exception | None = None
        self._broken: Exception | None = None
        self._dtype = self._device = ""
        made: Future[None] = Future()
        self._thread = threading.Thread(target=self._live, args=(make, made), name="engine", daemon=True)
        self._thread.start()
        made.result()

    @property
    def dtype(self) -> str:
        """The number format of the weights."""
        return self._dtype

    @property
    def device(self) -> str:
        """The kind of device, and which one."""
        return self._device

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

    def _live(self, make: Callable[[], Generator], made: "Future[None]") -> None:
        try:
            engine = make()
        except BaseException as error:  # noqa: BLE001 (it is raised where the engine was asked for)
            made.set_exception(error)
        else:
            self._dtype, self._device = engine.dtype, engine.device  # asked here: each thread counts threads of its own
            made.set_result(None)
            self._drive(engine)

    def _drive(self, engine: Generator) -> None:
        try:
            while self._receive(engine):
                for completion in engine.step():
                    _settle(self._waiting.pop(completion.id), completion)
            self._end(EngineError("the engine was closed."))
        except Exception as error:  # noqa: BLE001 (whatever it is, the callers must hear of it, not wait for ever)
            self._broken = error
            self._end(EngineError(f"the engine broke: {type(error).__name__}: {error}"), error)

    def _receive(self, engine: Generator) -> bool:
        """Takes in what has come, waiting only where there is nothing else to do; False when it is time to
        end.
        """
        while True:
            self._beat()
            try:
                ticket = self._inbox.get(block=not engine.has_work, timeout=IDLE_SECONDS)
            except Empty:
                if engine.has_work:
                    return True
                continue
            if ticket is None:
                return False
            self._admit(engine, *ticket)

    def _admit(self, engine: Generator, request: Request, future: "Future[Completion]") -> None:
        try:
            engine.add(request)
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
