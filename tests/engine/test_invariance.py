"""What a request gets does not depend on what else is generated, bit for bit: batch, order, prefixes, memory."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import Qwen3MoeConfig, Qwen3MoeForCausalLM

from pipeline.engine import Request, Sampling
from pipeline.engine.batch import Span
from pipeline.engine.engine import AHEAD, Engine
from pipeline.engine.linear import PackedLinear
from pipeline.engine.model import load_model
from pipeline.engine.runner import Runner

from .conftest import CONFIGS, VOCABULARY, request_of

BUNDLED = Path(__file__).parents[2] / "conf/model/bundled"
SAMPLINGS = [Sampling(), Sampling(1.0), Sampling(0.8, top_p=0.9), Sampling(1.2, top_k=20)]
BUDGETS = [{}, {"step_tokens": 33, "max_requests": 5}, {"step_tokens": 200}, {"max_requests": 1}]


def workload(draw: random.Random, number: int) -> list[Request]:
    """Requests of all lengths and both ways of sampling, some of which begin alike."""
    heads = [[draw.randrange(VOCABULARY) for _ in range(length)] for length in (0, 40, 150)]
    return [
        Request(
            f"{i}",
            draw.choice(heads) + [draw.randrange(VOCABULARY) for _ in range(draw.randint(1, 200))],
            draw.randint(1, 30),
            sampling=draw.choice(SAMPLINGS),
            seed=i,
        )
        for i in range(number)
    ]


def answers(engine: Engine, requests: list[Request]) -> dict[str, tuple[int, ...]]:
    return {completion.id: completion.token_ids for completion in engine.run(requests)}


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("name", list(CONFIGS))
def test_alone_in_any_batch_order_and_budget(model, dtype, name, attention):
    draw = random.Random(f"{dtype}{name}")
    asked = workload(draw, 20)
    whole = answers(Engine(model(name, dtype)), asked)
    for request in asked[:5]:
        assert answers(Engine(model(name, dtype)), [request])[request.id] == whole[request.id]
    for budget in BUDGETS:
        draw.shuffle(asked)
        engine = Engine(model(name, dtype), **budget)
        cut = draw.randrange(len(asked))
        assert answers(engine, asked[:cut]) | answers(engine, asked[cut:]) == whole


def mixture(folder: Path) -> Path:
    """A mixture of experts whose widths are those of small models in use."""
    torch.manual_seed(0)
    sizes = {"vocab_size": 6_000, "hidden_size": 320, "moe_intermediate_size": 1280, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 8, "num_key_value_heads": 2, "head_dim": 40}
    config = Qwen3MoeConfig(num_experts=6, num_experts_per_tok=2, initializer_range=0.1, **sizes, **heads)
    Qwen3MoeForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)
    return folder


@pytest.mark.parametrize(("make", "number"), [(lambda _: BUNDLED, 96), (mixture, 24)], ids=["bundled", "mixture"])
def test_a_model_of_usual_widths_gives_the_same_with_few_beside_and_with_many(make, number, tmp_path):
    model, draw = load_model(make(tmp_path)), random.Random(0)
    prompts = [[draw.randrange(6_000) for _ in range(draw.randint(20, 200))] for _ in range(number)]
    asked = [Request(f"{i}", prompt, 48, sampling=Sampling(1.0), seed=i) for i, prompt in enumerate(prompts)]
    assert answers(Engine(model, max_requests=number // 8), asked) == answers(Engine(model), asked)


def test_products_that_agree_in_few_rows_only_give_the_same_in_large_passes(checkpoint, monkeypatch):
    def uneven(self, rows):
        count = rows.shape[-2]
        return whole(self, rows) * (1 if count in (48, 64, 96) else 1 + count / 1000)

    whole = PackedLinear.whole
    monkeypatch.setattr(PackedLinear, "whole", uneven)
    model, asked = load_model(checkpoint("llama"), "float32"), workload(random.Random(2), 24)
    assert Engine(model)._runner.rows == 512
    assert answers(Engine(model, max_requests=3, step_tokens=48), asked) == answers(Engine(model), asked)


@pytest.fixture(params=[0, 1], ids=["at once", "ahead"])
def ahead(request, monkeypatch):
    """Passes that wait for the device while it computes one, as on a GPU."""
    monkeypatch.setitem(AHEAD, "cpu", request.param)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_arrivals_between_steps_change_nothing(model, dtype, ahead):
    draw = random.Random(dtype)
    asked = workload(draw, 30)
    whole = answers(Engine(model(dtype=dtype)), asked)
    engine, found, waiting = Engine(model(dtype=dtype), step_tokens=64), {}, list(asked)
    while waiting or engine.has_work:
        for _ in range(min(draw.randrange(3), len(waiting))):
            engine.add(waiting.pop())
        found |= {completion.id: completion.token_ids for completion in engine.step()}
    assert found == whole


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_little_memory_changes_nothing(model, dtype, attention, ahead):
    asked = workload(random.Random(1), 24)
    engine = Engine(model(dtype=dtype))
    whole, page = answers(engine, asked), engine._runner.cache.page_bytes
    small = Engine(model(dtype=dtype), memory=8 * page)
    assert answers(small, asked) == whole
    assert small._scheduler.evictions > 0


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory"), MemoryError("no memory for scores")])
@pytest.mark.parametrize("seed", range(4))
def test_memory_that_runs_out_at_random_steps_changes_nothing(model, monkeypatch, error, seed, ahead):
    draw = random.Random(seed)
    asked = workload(draw, 24)
    whole = answers(Engine(model()), asked)
    engine = Engine(model())
    run, failures = engine._runner.run, 0

    def fails_sometimes(spans, sampled):
        nonlocal failures
        made = run(spans, sampled)  # so that keys and values are written, and then lost sight of
        if failures < 6 and draw.random() < 0.2:
            failures += 1
            raise error
        return made

    monkeypatch.setattr(engine._runner, "run", fails_sometimes)
    assert answers(engine, asked) == whole
    assert failures > 2
    assert engine._scheduler.rows < engine._runner.rows


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_neighbours_change_no_bit_of_the_logits(model, dtype, threads):
    torch.set_num_threads(threads)
    runner = Runner(model("gpt_bigcode", dtype), 512)
    draw = random.Random(0)
    spans = [
        Span([draw.randrange(VOCABULARY) for _ in range(n)], 0, range(1 + 3 * i, 4 + 3 * i), n)
        for i, n in enumerate((40, 128, 3, 70))
    ]
    together = runner.run(spans, [0, 1, 2, 3])
    for i, span in enumerate(spans):
        assert torch.equal(runner.run([span], [0])[0], together[i])
    following = [Span([5], span.end, span.pages, span.end) for span in spans]
    crowd = [Span([9], 0, [20 + i], 1) for i in range(60)]
    together = runner.run([*crowd, *following], [60, 61, 62, 63])
    for i, span in enumerate(following):
        assert torch.equal(runner.run([span], [0])[0], together[i])


def test_output_depends_on_the_seed_and_the_prompt_only(model):
    asked = request_of(30, 40, "a", sampling=Sampling(1.0), seed=1)
    same, other = replace(asked, id="b"), replace(asked, id="c", seed=2)
    found = answers(Engine(model()), [asked, same, other])
    assert found["a"] == found["b"] != found["c"]


def test_few_requests_at_a_time_still_serve_many(model):
    engine = Engine(model(), step_tokens=129, max_requests=1)
    asked = [request_of(5, 3, f"{i}") for i in range(20)]
    assert [c.id for c in engine.run(asked)] == [r.id for r in asked]
    assert engine.stats.output_tokens == 60
    assert engine.stats.computed_tokens == 140


def test_memory_that_holds_nothing_is_refused(model):
    with pytest.raises(Exception, match="hold none of its pages"):
        Engine(model(), memory=10)
