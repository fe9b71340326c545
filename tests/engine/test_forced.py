"""Free stretches with forced ones between them: the same tokens as by hand, whatever else is generated."""

import asyncio
import random
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoModelForCausalLM, PreTrainedModel

from pipeline.engine import AsyncEngine, Completion, EngineError, Request, Sampling, Setup, Stretch, create
from pipeline.engine.engine import Engine
from pipeline.engine.sampler import Draw, sample
from pipeline.engine.vllm import VllmEngine

from .conftest import CONFIGS, VOCABULARY, WINDOW, request_of
from .test_scheduler import LENGTHS, Driver

STOPS = frozenset(range(0, VOCABULARY, 15))
ENDS_ALL = frozenset(range(VOCABULARY))
KINDS = [Sampling(), Sampling(), Sampling(1.0), Sampling(0.8, top_p=0.9)]
ASKED = request_of(20, 6, "asked", stop_ids=STOPS, forced=((7, 8, 9), (10,)), min_tokens=1)


def ids(draw: random.Random, longest: int) -> tuple[int, ...]:
    return tuple(draw.randrange(VOCABULARY) for _ in range(draw.randint(1, longest)))


def scripts(draw: random.Random, number: int, kinds: list[Sampling]) -> list[Request]:
    """Requests of all lengths, some of which begin alike, with none to four forced stretches of up to 70 tokens."""
    head = ids(draw, 60)
    return [
        Request(
            f"{i}",
            (*draw.choice([head, ()]), *ids(draw, 90)),
            most := draw.randint(1, 12),
            sampling=draw.choice(kinds),
            seed=i,
            stop_ids=STOPS,
            forced=tuple(ids(draw, draw.choice([2, 70])) for _ in range(i % 5)),
            min_tokens=min(draw.randrange(4), most),
        )
        for i in range(number)
    ]


@pytest.fixture
def _same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each draw of a test sees the logits that any other engine's had for this seed and position."""
    seen: dict[tuple[int, int], bytes] = {}

    def compared(logits: torch.Tensor, draws: list[Draw]) -> list[int]:
        for row, draw in zip(logits, draws, strict=True):
            bits = row.float().numpy().tobytes()
            assert seen.setdefault((draw.seed, draw.position), bits) == bits
        return sample(logits, draws)

    monkeypatch.setattr("pipeline.engine.engine.sample", compared)


def answers(engine: Engine, requests: list[Request]) -> dict[str, Completion]:
    return {completion.id: completion for completion in engine.run(requests)}


def by_hand(model: PreTrainedModel, request: Request) -> Completion:
    """One call of `generate` for each free stretch, and lists put together."""
    tokens, stretches = list(request.prompt_ids), []
    for forced in (*request.forced, ()):
        made = model.generate(
            torch.tensor([tokens]),
            attention_mask=torch.ones(1, len(tokens), dtype=torch.long),
            max_new_tokens=request.max_tokens,
            min_new_tokens=request.min_tokens,
            do_sample=False,
            eos_token_id=sorted(request.stop_ids),
            pad_token_id=0,
        )[0, len(tokens) :].tolist()
        stop = made[-1] if made[-1] in request.stop_ids else None
        free = made if stop is None else made[:-1]
        stretches.append(Stretch(tuple(free), stop))
        tokens += (*free, *forced)
    output = (*tokens[len(request.prompt_ids) :], *(() if stop is None else (stop,)))
    reason = "length" if stop is None else "stop"
    return Completion(request.id, output, reason, stop, tuple(stretches) if request.forced else ())


@pytest.mark.parametrize("name", list(CONFIGS))
def test_equals_generate_called_for_each_free_stretch(model, checkpoint, name):
    plain = AutoModelForCausalLM.from_pretrained(checkpoint(name), dtype=torch.float32).eval()
    asked = scripts(random.Random(name), 10, [Sampling()])
    found = answers(Engine(model(name), step_tokens=33, max_requests=4), asked)
    assert found == {request.id: by_hand(plain, request) for request in asked}
    ends = [stretch.stop is None for completion in found.values() for stretch in completion.stretches]
    assert 0 < sum(ends) < len(ends), "stretches should end in both ways"


def test_the_reference_engine_gives_the_same(model, checkpoint):
    eager = replace(ASKED, stop_ids=frozenset(range(8, VOCABULARY)), min_tokens=3)
    asked = [*scripts(random.Random(0), 6, [Sampling()]), eager]
    reference = create("transformers", Setup(checkpoint("gpt_bigcode"), "float32", "cpu"))
    for request in asked:
        reference.add(request)
    assert {c.id: c for _ in asked for c in reference.step()} == answers(Engine(model()), asked)


@pytest.mark.usefixtures("_same_bits")
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("name", ["gpt_bigcode", "qwen2_sliding"])
def test_alone_in_any_batch_order_and_budget(model, dtype, name, attention):
    draw = random.Random(f"{dtype}{name}")
    asked = scripts(draw, 20, KINDS)
    whole = answers(Engine(model(name, dtype)), asked)
    for request in asked[:5]:
        assert answers(Engine(model(name, dtype)), [request])[request.id] == whole[request.id]
    for budget in ({"step_tokens": 33, "max_requests": 5}, {"step_tokens": 7}, {"max_requests": 1}):
        draw.shuffle(asked)
        assert answers(Engine(model(name, dtype), **budget), asked) == whole


@pytest.mark.usefixtures("_same_bits")
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_little_memory_changes_nothing(model, dtype, attention):
    asked = scripts(random.Random(1), 24, KINDS)
    engine = Engine(model(dtype=dtype))
    whole, page = answers(engine, asked), engine._runner.cache.page_bytes
    small = Engine(model(dtype=dtype), memory=9 * page)
    assert answers(small, asked) == whole
    assert small._scheduler.evictions > 0


@pytest.mark.usefixtures("_same_bits")
def test_passes_that_shrink_in_between_change_nothing(model):
    asked = scripts(random.Random(2), 24, KINDS)
    whole = answers(Engine(model()), asked)
    engine, found = Engine(model()), {}
    for request in asked:
        engine.add(request)
    while engine.has_work:
        found |= {completion.id: completion for completion in engine.step()}
        if engine.stats.steps % 4 == 0 and engine._scheduler.rows > 5:
            engine._scheduler.shrink()
    assert found == whole
    assert engine._scheduler.evictions > 0


def test_a_forced_stretch_costs_no_pass_of_its_own(model):
    engine = Engine(model())
    engine.run([request_of(20, 5, forced=((1,) * 30, (2,) * 40))])
    assert engine.stats.steps == engine.stats.output_tokens == 15
    assert engine.stats.computed_tokens == 20 + 15 + 30 + 40 - 1, "each token but the last, once"


def test_the_longest_goes_first_by_what_is_drawn(model):
    engine = Engine(model(), max_requests=1)
    for name, output, forced in (("ten", 10, ()), ("eight", 4, ((1,) * 50,)), ("twelve", 4, ((1,),) * 2)):
        engine.add(request_of(9, output, name, forced=forced))
    order = []
    while engine.has_work:
        order += [completion.id for completion in engine.step()]
    assert order == ["twelve", "ten", "eight"]


def test_what_ended_a_stretch_makes_room_for_what_is_forced(model):
    [found] = Engine(model()).run([replace(ASKED, stop_ids=ENDS_ALL, max_tokens=5, min_tokens=0)])
    ends = [stretch.stop for stretch in found.stretches]
    assert found.token_ids == (7, 8, 9, 10, ends[-1])
    assert [stretch.token_ids for stretch in found.stretches] == [(), (), ()]
    assert (found.finish_reason, found.stop) == ("stop", ends[-1])


def test_nothing_forced_is_as_before(model):
    free = replace(ASKED, forced=(), min_tokens=0)
    before = Request("asked", ASKED.prompt_ids, 6, stop_ids=STOPS)
    assert Engine(model()).run([free]) == Engine(model()).run([before])
    assert Engine(model()).run([free])[0].stretches == ()


@pytest.mark.parametrize("sampling", [Sampling(), Sampling(1.0), Sampling(1.0, top_p=0.9)])
def test_no_stretch_is_shorter_than_asked(model, sampling):
    stops = frozenset(range(8, VOCABULARY))
    asked = [
        request_of(9, 6, f"{least}", sampling=sampling, stop_ids=stops, forced=((250,),) * 3, min_tokens=least)
        for least in (0, 1, 4, 6)
    ]
    found = answers(Engine(model()), asked)
    for request in asked:
        lengths = [len(stretch.token_ids) for stretch in found[request.id].stretches]
        assert min(lengths) == request.min_tokens, "most ids end a stretch, so the shortest is as short as may be"
        assert not stops & {i for stretch in found[request.id].stretches for i in stretch.token_ids}
    assert {stretch.stop for stretch in found["6"].stretches} == {None}


def test_a_least_length_holds_where_nothing_is_forced(model):
    asked = [
        request_of(9, 6, f"{least}", stop_ids=frozenset(range(8, VOCABULARY)), min_tokens=least) for least in (0, 3)
    ]
    none, three = Engine(model()).run(asked)
    assert (len(none.token_ids), len(three.token_ids)) == (1, 4)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"forced": ((1,), ())}, "each forced stretch needs a token"),
        ({"forced": ((1,),), "max_tokens": 0, "min_tokens": 0}, "max_tokens above 0"),
        ({"forced": ((1, VOCABULARY),)}, f"token id {VOCABULARY} is not"),
        ({"stop_ids": frozenset([-1])}, "token id -1 is not"),
        ({"min_tokens": 7}, "min_tokens 7 must be from 0 to max_tokens, which is 6"),
        ({"min_tokens": -1}, "min_tokens -1"),
        ({"stop": ("x",)}, "stop strings may end inside a token"),
        ({"stop": ("x",), "forced": ()}, "stop strings may end inside a token"),
        ({"forced": ((1,) * 200, (2,) * (WINDOW - 200 - 20 - 3 * 6 + 1))}, "20 prompt tokens and 493 output tokens"),
    ],
)
def test_what_cannot_be_served_is_refused_with_a_sentence(model, rules, words):
    engine = Engine(model(), decode=str)
    with pytest.raises(EngineError, match=f"request asked: .*{words}"):
        engine.add(replace(ASKED, **rules))
    assert not engine.has_work


def test_a_window_and_a_memory_filled_to_the_brim_are_enough(model):
    forced = ((1,) * 200, (2,) * (WINDOW - 200 - 20 - 3 * 6))
    brim = replace(ASKED, stop_ids=frozenset(), forced=forced)
    page = Engine(model())._runner.cache.page_bytes
    [found] = Engine(model(), memory=8 * page).run([brim])
    assert len(found.token_ids) == WINDOW - 20
    with pytest.raises(EngineError, match="more memory than there is"):
        Engine(model(), memory=7 * page).add(brim)


@pytest.mark.parametrize("most", [1, 40])
def test_time_ends_the_whole_request(model, most):
    asked = replace(ASKED, stop_ids=frozenset(), max_tokens=most, forced=((5,),) * 9)
    late, whole = (Engine(model()).run([replace(asked, seconds=seconds)])[0] for seconds in (0.0, 600.0))
    assert late.finish_reason == "timeout"
    assert 0 < len(late.stretches) < len(whole.stretches) == 10
    assert late.token_ids == whole.token_ids[: len(late.token_ids)]


def test_many_callers_get_what_they_would_get_alone(model):
    asked = scripts(random.Random(3), 20, KINDS)
    expected = Engine(model()).run(asked)
    served = AsyncEngine(lambda: Engine(model(), step_tokens=64, max_requests=8))

    async def everyone():
        return await asyncio.gather(*(served.generate(request) for request in asked))

    assert asyncio.run(everyone()) == expected
    served.close()


def test_vllm_refuses():
    engine = object.__new__(VllmEngine)  # vLLM itself is not needed to say no
    engine._setup, engine._window, engine._ids = Setup(""), WINDOW, set()
    engine._model = SimpleNamespace(get_vocab_size=lambda: VOCABULARY)
    with pytest.raises(EngineError, match="request asked: vLLM has no forced stretches"):
        engine.add(ASKED)


class Forcing(Driver):
    """Appends up to 12 tokens at once."""

    def grow(self, ticket):
        room = self.limits[ticket] - len(self.tokens[ticket]) - 1
        draw = random.Random(f"forced{ticket}{len(self.tokens[ticket])}")
        self.tokens[ticket] += [draw.randrange(3) for _ in range(min(room, draw.choice([0, 0, 12])))]
        super().grow(ticket)


@settings(deadline=None, max_examples=50)
@given(st.lists(LENGTHS, min_size=1, max_size=25), st.integers(1, 60), st.integers(1, 20), st.integers(0, 30))
def test_each_sequence_attends_to_its_own_tokens_and_ends(lengths, rows, max_requests, spare):
    longest = max(-(-(n + m) // 8) for n, m in lengths)
    driver = Forcing(rows, min(max_requests, rows), 1 + longest + spare)
    for ticket, (prompt, output) in enumerate(lengths):
        driver.add(ticket, [ticket % 3] * prompt, output)
    driver.run(len(lengths))
