"""What a request gets does not depend on what else is generated, bit for bit: batch, order, budgets, prefixes."""

import random
from dataclasses import replace

import pytest
import torch

from pipeline.engine import Engine, Sampling
from pipeline.engine.batch import Span
from pipeline.engine.runner import Runner
from pipeline.engine.scheduler import OUTPUT_ROWS, PROMPT_ROWS

from .conftest import request_of

SAMPLINGS = [Sampling(), Sampling(1.0), Sampling(0.8, top_p=0.9), Sampling(1.2, top_k=20)]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("name", ["gpt_bigcode", "llama", "qwen2_sliding"])
def test_alone_in_any_batch_and_in_any_order(model, dtype, name):
    draw = random.Random(f"{dtype}{name}")
    asked = [
        request_of(draw.randint(1, 300), draw.randint(1, 30), f"{i}", sampling=draw.choice(SAMPLINGS), seed=i)
        for i in range(24)
    ]
    alone = {r.id: Engine(model(name, dtype), step_tokens=512, max_requests=64).run([r])[0] for r in asked[:12]}
    whole: dict[str, object] = {}
    for step_tokens, max_requests in ((256, 5), (512, 64)):
        draw.shuffle(asked)
        engine = Engine(model(name, dtype), step_tokens=step_tokens, max_requests=max_requests)
        found = {completion.id: completion for completion in engine.run(asked)}
        assert alone == {key: found[key] for key in alone}
        assert whole in ({}, found)
        whole = dict(found)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_neighbours_change_no_bit_of_the_logits(model, dtype, threads):
    torch.set_num_threads(threads)
    runner = Runner(model("gpt_bigcode", dtype), 512, 80)
    runner.clear(list(range(1, runner.pages)))
    draw = random.Random(0)
    spans = [
        Span([draw.randrange(300) for _ in range(n)], 0, [1 + 2 * i, 2 + 2 * i]) for i, n in enumerate((40, 128, 3, 70))
    ]
    together = runner.run(spans, PROMPT_ROWS, [0, 1, 2, 3])
    for i, span in enumerate(spans):
        assert torch.equal(runner.run([span], PROMPT_ROWS, [0])[0], together[i])
    following = [Span([5], span.end, span.pages) for span in spans]
    crowd = [Span([9], 0, [9 + i]) for i in range(60)]
    together = runner.run([*crowd, *following], OUTPUT_ROWS, [60, 61, 62, 63])
    for i, span in enumerate(following):
        assert torch.equal(runner.run([span], OUTPUT_ROWS, [0])[0], together[i])


def test_memory_left_by_another_request_never_reaches_the_next(model):
    asked = request_of(20, 20, "clean")
    expected = Engine(model(), step_tokens=256, max_requests=2).run([asked])
    engine = Engine(model(), step_tokens=256, max_requests=2)
    engine.run([request_of(300, 100, "before"), request_of(250, 10, "beside")])
    for keys, values in engine._runner._cache._layers.values():
        keys[128:] = float("nan")
        values[128:] = float("nan")
    assert engine.run([asked]) == expected


def test_output_depends_on_the_seed_and_the_prompt_only(model):
    asked = request_of(30, 40, "a", sampling=Sampling(1.0), seed=1)
    engine = Engine(model(), step_tokens=256, max_requests=8)
    same, other = replace(asked, id="b"), replace(asked, id="c", seed=2)
    first, second, third = (completion.token_ids for completion in engine.run([asked, same, other]))
    assert first == second
    assert first != third


def test_few_requests_at_a_time_still_serve_many(model):
    engine = Engine(model(), step_tokens=129, max_requests=1)
    asked = [request_of(5, 3, f"{i}") for i in range(20)]
    assert [c.id for c in engine.run(asked)] == [r.id for r in asked]
    assert engine.stats.prompt_tokens == 100
    assert engine.stats.output_tokens == 60
