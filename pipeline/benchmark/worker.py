"""One process for one engine: it is built there, and called there, while the others wait.

In: what builds it, then arguments one at a time. Out: what it returns, the seconds of the call, and the most memory
that the process ever held. Knows nothing of engines.
"""

import gc
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

import torch

from pipeline.errors import StarscribeError

A = TypeVar("A")
B = TypeVar("B")
PATIENCE = 2.0  # seconds for an idle process to end by itself


@dataclass(frozen=True, slots=True)
class Answer(Generic[B]):
    """What a call gave, how long it took [s], and peaks of memory so far [bytes]: the process's, and its GPU's."""

    value: B
    seconds: float
    memory: int
    device_memory: int


class Worker(Generic[A, B]):
    """A process that holds `make(*arguments)`, something to call, with `environment` beside this process's variables.

    Used as a context, it ends with it.

    `startup` [s] is the time until it could be called first: process, imports, model. Raises StarscribeError where
    the process fails or is killed.
    """

    def __init__(
        self,
        name: str,
        make: Callable[..., Callable[[A], B]],
        *arguments: Any,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        began, context = time.perf_counter(), get_context("spawn")
        self._name = name
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, make, arguments), name=name)
        with _environment(environment or {}):
            self._process.start()
        theirs.close()
        self._receive()
        self.startup = time.perf_counter() - began

    def __call__(self, argument: A) -> Answer[B]:
        """Calls what the process holds."""
        self._pipe.send(argument)
        answer: Answer[B] = self._receive()
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
        self._process.join(PATIENCE)
        self._process.terminate()  # where it was in the middle of a call
        self._process.join()

    def _receive(self) -> Any:
        try:
            answer = self._pipe.recv()
        except EOFError:
            self._process.join()
            raise StarscribeError(
                f"The process of {self._name} ended with status {self._process.exitcode} (-9: killed, most often for "
                "want of memory); take fewer or shorter requests, or leave this engine out of `engines`."
            ) from None
        if isinstance(answer, StarscribeError):
            self._process.join()
            raise answer
        return answer


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """With these variables set, which a process that is started now inherits."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _serve(pipe: Connection, make: Callable[..., Callable[[Any], Any]], arguments: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends this process
    try:
        call = make(*arguments)
        gc.freeze()  # as replicas do: what an engine is made of stays
        pipe.send(None)
        while True:
            pipe.send(_measured(call, pipe.recv()))
    except EOFError:
        return
    except StarscribeError as error:
        pipe.send(error)
    except Exception:  # noqa: BLE001 (the border of a process: whatever it is, the parent must hear of it)
        pipe.send(StarscribeError(traceback.format_exc()))


def _measured(call: Callable[[A], B], argument: A) -> Answer[B]:
    began = time.perf_counter()
    value = call(argument)
    seconds = time.perf_counter() - began
    return Answer(value, seconds, _peak_memory(), torch.cuda.max_memory_allocated() if torch.cuda.is_available() else 0)


def _peak_memory() -> int:
    """The most memory that this process held [bytes].

    `getrusage` would count the parent's, too, which a new process inherits on Linux.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
