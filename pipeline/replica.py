"""One model on one device, owned by one Ray actor: a split's prompts in, its drafts out.

The actor is asynchronous and takes several splits at once, so that the engine never drains between them. Prompts with
equal token ids are generated once in a split. What goes wrong with one request becomes that draft's error; whatever
goes wrong beyond that ends the process, which Ray replaces: a broken engine, memory that runs out, a step that does not
end (`pipeline.heartbeat`). Units that end replicas are found and set aside (`pipeline.tries`).
"""

import asyncio
import gc
import os
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from tenacity import Retrying, retry_if_not_exception_type, stop_after_attempt, wait_exponential

from pipeline import tokenizer
from pipeline.config.document import Document
from pipeline.engine import AsyncEngine, Completion, Generator, Request, Sampling, Setup, create
from pipeline.errors import StarscribeError, StoppedError
from pipeline.faults import reached
from pipeline.gate import Gate
from pipeline.hashes import digest
from pipeline.heartbeat import Heartbeat
from pipeline.schema import Draft, Prompt, Work
from pipeline.source import Row, carrying, pack, unpack
from pipeline.tries import SUSPECT, Trial, Tries
from pipeline.weights import Weights

STARTS = 3  # of a replica's model, before the run ends
KILLER = "kills_replica"  # the reason of a unit that was set aside


class Replica:
    """A Ray Data callable over rows that hold a split's prompts."""

    def __init__(self, config: Document, weights: Weights, threads: int | None, tries: Tries) -> None:
        self._config, self._weights, self._tries, self._gate = config, weights, tries, Gate()
        self._failed: StarscribeError | None = None
        try:
            time.sleep(2 ** tries.starting() - 1)
            reached("replica.starting")
            beat = Heartbeat(config.cluster.stuck_seconds).beat
            self._engine = AsyncEngine(partial(made, config, weights, threads), beat)
            tries.started()
            gc.freeze()  # what a model and its libraries are made of stays: collecting need not look through it
        except StarscribeError as error:  # the first split carries it to the driver; Ray would only start it again
            self._failed = error

    async def __call__(self, row: Row) -> Row:
        """The row with every prompt of its split answered, equal prompts once."""
        try:
            if self._failed is not None:
                raise self._failed
            return pack(await self._answered(unpack(row)))
        except StarscribeError as error:
            return carrying(error)
        except Exception:  # noqa: BLE001 - Ray would retry in this same process, which can no longer be trusted
            traceback.print_exc()
            os._exit(1)

    async def _answered(self, work: Work[Prompt]) -> Work[Draft]:
        split, first = work.split.id, firsts(work.items)
        deaths = await asyncio.to_thread(self._tries.deaths, split)
        async with self._gate.alone() if deaths >= SUSPECT else self._gate.together():
            trial = await asyncio.to_thread(self._tries.begin, split, deaths)
            reached("split.begun", split)
            asked = [self._asked(work, i, trial) for i in range(len(work.items)) if first[i] == i]
            answers = iter([await one for one in asked] if trial.alone else await asyncio.gather(*asked))
            if trial.alone:
                await asyncio.to_thread(self._tries.survived, split)
        reached("split.generated", split)
        drafts = [next(answers) if first[i] == i else Draft(prompt) for i, prompt in enumerate(work.items)]
        return Work(work.split, tuple(shared(drafts, first)), work.skipped)

    async def _asked(self, work: Work[Prompt], ordinal: int, trial: Trial) -> Draft:
        prompt, split = work.items[ordinal], work.split.id
        if prompt.unit.id in {work.items[i].unit.id for i in trial.aside}:
            return Draft(prompt, error=KILLER)
        if trial.alone:
            await asyncio.to_thread(self._tries.tried, split, trial, ordinal)
        reached("unit.begun", prompt.unit.name)
        return await self._generate(prompt, f"{split}:{ordinal}")

    async def _generate(self, prompt: Prompt, name: str) -> Draft:
        request = self.request(prompt, name)
        started = time.perf_counter()
        try:
            completion = await self._engine.generate(request)
        except StarscribeError as error:
            if self._engine.broken:
                os._exit(1)  # Ray would retry on this same broken actor; a dead one is replaced
            return Draft(prompt, error=f"generation: {error}")
        if completion.finish_reason == "timeout":
            return Draft(prompt, error="timeout")
        return Draft(
            prompt,
            token_ids=completion.token_ids,
            stretches=stretches(prompt, completion),
            finish_reason=completion.finish_reason,
            seed=request.seed,
            dtype=self._engine.dtype,
            device=self._engine.device,
            seconds=time.perf_counter() - started,
            generated_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def request(self, prompt: Prompt, name: str) -> Request:
        """The engine's request for a prompt; its seed depends on the prompt, so equal prompts draw equal numbers."""
        config, sampling, stop_ids = self._config, self._config.sampling, frozenset(self._weights.stop_ids)
        if prompt.form is not None:
            stop_ids |= tokenizer.load(self._weights.path).breaks
        return Request(
            id=name,
            prompt_ids=prompt.token_ids,
            max_tokens=config.tasks[prompt.task].max_tokens,
            sampling=Sampling(sampling.temperature, sampling.top_p, sampling.top_k),
            seed=int(digest(sampling.seed, prompt.sha256)[:15], 16),
            stop_ids=stop_ids,
            stop=(*config.template.stop, *config.model.stop) if prompt.form is None else (),
            seconds=config.limits.unit_seconds,
            forced=prompt.forced,
            min_tokens=0 if prompt.form is None else 1,
        )


def made(config: Document, weights: Weights, threads: int | None) -> Generator:
    """The configured engine with the run's model, over so many processor threads if that is said.

    What fails without a reason of ours is tried again, `STARTS` times in all; then it is a StoppedError.
    """
    setup = Setup(
        path=weights.path,
        dtype=config.model.dtype,
        device=config.cluster.device,
        trust_remote_code=config.model.trust_remote_code,
        threads=threads,
        window=weights.window,
        step_tokens=config.engine.step_tokens,
        max_requests=config.engine.max_requests,
        memory=config.engine.memory_bytes,
        decode=tokenizer.load(weights.path).decode,
    )
    again = Retrying(
        retry=retry_if_not_exception_type(StarscribeError),
        wait=wait_exponential(),
        stop=stop_after_attempt(STARTS),
        reraise=True,
    )
    try:
        return again(create, config.engine.name, setup)
    except StarscribeError:
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise StoppedError(f"The model {weights.id} could not be started, {STARTS} times over. {reason}") from error


def stretches(prompt: Prompt, completion: Completion) -> tuple[tuple[int, ...], ...]:
    """What the model wrote into a form, each entry with the token that ended it."""
    if prompt.form is None:
        return ()
    found = tuple((*s.token_ids, *(() if s.stop is None else (s.stop,))) for s in completion.stretches)
    return found or (completion.token_ids,)


def firsts(prompts: Sequence[Prompt]) -> list[int | None]:
    """For each prompt the place of the first with the same request, maybe its own; None where nothing is asked."""
    seen: dict[tuple[str, str], int] = {}
    return [
        seen.setdefault((prompt.task, prompt.sha256), i) if prompt.token_ids else None
        for i, prompt in enumerate(prompts)
    ]


def shared(drafts: Sequence[Draft], first: Sequence[int | None]) -> Iterator[Draft]:
    """The drafts, those that were left to an equal prompt's made from it."""
    for i, (draft, twin) in enumerate(zip(drafts, first, strict=True)):
        if twin is None or twin == i:
            yield draft
        else:
            yield replace(drafts[twin], prompt=draft.prompt, seconds=None, reused_from=twin)
