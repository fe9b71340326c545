"""What the engine refuses, and how many callers share one: errors stay with whom they belong to."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch

from pipeline.engine import AsyncEngine, EngineError, Request
from pipeline.engine.device import one_thread
from pipeline.engine.engine import Engine

from .conftest import request_of


@pytest.fixture
def engine(model):
    return Engine(model(), step_tokens=512, max_requests=8, window=400)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (Request("r", [], 5), "empty"),
        (Request("r", [1, 300], 5), "token id 300"),
        (Request("r", [-1], 5), "token id -1"),
        (Request("r", [1] * 390, 11), "window of 400"),
        (Request("r", [1], -1), "negative"),
    ],
)
def test_a_request_that_does_not_fit_is_refused_with_a_sentence(engine, request_, words):
    with pytest.raises(EngineError, match=f"request r: .*{words}"):
        engine.add(request_)
    assert not engine.has_work


def test_no_tokens_asked_for_none_given(engine):
    first, second = engine.run([Request("none", [1], 0), request_of(3, 2, "some")])
    assert (first.token_ids, first.finish_reason, first.stop) == ((), "length", None)
    assert len(second.token_ids) == 2


def test_an_id_is_in_flight_once(engine):
    engine.add(request_of(3, 2, "twin"))
    with pytest.raises(EngineError, match="in flight"):
        engine.add(request_of(3, 2, "twin"))
    engine.step(), engine.step()
    engine.add(request_of(3, 2, "twin"))


def test_run_leaves_the_completions_of_others_for_step(engine):
    engine.add(request_of(3, 1, "early"))
    assert [c.id for c in engine.run([request_of(5, 4, "mine")])] == ["mine"]
    assert [c.id for c in engine.step()] == ["early"]
    assert not engine.has_work


def test_a_window_beyond_the_model_is_refused(model):
    with pytest.raises(EngineError, match="longer than the 512"):
        Engine(model(), step_tokens=512, max_requests=8, window=513)


def test_a_request_that_takes_too_long_is_ended_with_what_it_has(engine):
    (late,) = engine.run([replace(request_of(9, 50, "late"), seconds=0.0)])
    (whole,) = engine.run([replace(request_of(9, 50, "late"), seconds=600.0)])
    assert late.finish_reason == "timeout"
    assert 0 < len(late.token_ids) < 50
    assert late.token_ids == whole.token_ids[: len(late.token_ids)]
    assert whole.finish_reason == "length"


def test_many_callers_get_what_they_would_get_alone(model, engine):
    asked = [request_of(3 + i, 5 + i % 7, f"{i}") for i in range(30)]
    expected = engine.run(asked)
    served = AsyncEngine(lambda: Engine(model(), step_tokens=512, max_requests=8))

    async def everyone():
        return await asyncio.gather(*(served.generate(request) for request in asked))

    assert asyncio.run(everyone()) == expected
    assert asyncio.run(everyone()) == expected, "another event loop"
    served.close()


def test_a_bad_request_fails_its_own_caller_only(engine):
    served = AsyncEngine(lambda: engine)

    async def both():
        return await asyncio.gather(
            served.generate(Request("bad", [], 5)), served.generate(request_of(9, 5, "good")), return_exceptions=True
        )

    bad, good = asyncio.run(both())
    assert isinstance(bad, EngineError)
    assert len(good.token_ids) == 5
    assert served.broken is None
    served.close()


def test_a_caller_that_leaves_harms_nobody(engine):
    served = AsyncEngine(lambda: engine)

    async def leave_then_ask():
        left = asyncio.create_task(served.generate(request_of(9, 300, "left")))
        await asyncio.sleep(0.01)
        left.cancel()
        return await served.generate(request_of(9, 5, "stays"))

    assert len(asyncio.run(leave_then_ask()).token_ids) == 5
    assert served.broken is None
    served.close()


def test_a_broken_engine_fails_all_who_wait_and_all_who_come(engine, monkeypatch):
    served = AsyncEngine(lambda: engine)
    monkeypatch.setattr(engine._runner, "run", lambda *_: 1 / 0)

    async def several():
        return await asyncio.gather(
            *(served.generate(request_of(9, 5, f"{i}")) for i in range(3)), return_exceptions=True
        )

    for _ in range(2):
        errors = asyncio.run(several())
        assert all(isinstance(error, EngineError) and "division by zero" in str(error) for error in errors)
    assert isinstance(served.broken, ZeroDivisionError)
    served.close()


def test_close_lets_nobody_wait_for_ever(engine):
    served = AsyncEngine(lambda: engine)

    async def ask_and_close():
        task = asyncio.create_task(served.generate(request_of(9, 380, "long")))
        await asyncio.sleep(0.01)
        await asyncio.to_thread(served.close)
        with pytest.raises(EngineError, match="closed"):
            await task

    asyncio.run(ask_and_close())
    with pytest.raises(EngineError, match="closed"):
        asyncio.run(served.generate(request_of(1, 1)))


def test_the_device_tells_the_threads_that_the_engine_uses_whoever_asks_and_when(engine):
    threads = torch.get_num_threads()
    torch.set_num_threads(3)
    served = AsyncEngine(lambda: engine)
    with one_thread(torch.device("cpu")), ThreadPoolExecutor(1) as other:  # as the engine is for moments
        assert "3 threads" in other.submit(lambda: served.device).result()
    torch.set_num_threads(threads)
    served.close()
