"""Greedy fp32 output is that of `transformers.generate`, token for token, on each architecture."""

import pytest
import torch
from transformers import AutoModelForCausalLM, PreTrainedModel

from pipeline.engine import Request
from pipeline.engine.engine import Engine

from .conftest import CONFIGS, WINDOW, request_of


def reference(model: PreTrainedModel, request: Request, stop_ids: list[int] | None = None) -> tuple[int, ...]:
    prompt = torch.tensor([list(request.prompt_ids)])
    output = model.generate(
        prompt,
        attention_mask=torch.ones_like(prompt),
        max_new_tokens=request.max_tokens,
        do_sample=False,
        eos_token_id=stop_ids,
        pad_token_id=0,
    )
    return tuple(output[0, len(request.prompt_ids) :].tolist())


@pytest.fixture(params=list(CONFIGS))
def pair(request, model, checkpoint):
    plain = AutoModelForCausalLM.from_pretrained(checkpoint(request.param), dtype=torch.float32)
    return model(request.param), plain.eval()


def test_equals_generate_with_requests_arriving_between_steps(pair, requests):
    ours, plain = pair
    engine = Engine(ours, step_tokens=160, max_requests=3)
    done, waiting = {}, list(requests)
    while waiting or engine.has_work:
        if waiting:
            engine.add(waiting.pop(0))
        done |= {completion.id: completion for completion in engine.step()}
    for request in requests:
        assert done[request.id].token_ids == reference(plain, request), request.id
        assert done[request.id].finish_reason == "length"
    assert len(set(done["200+60"].token_ids)) > 10, "degenerate output would prove little"


def test_stop_ids_end_the_output_as_eos_does(pair, requests):
    ours, plain = pair
    request = requests[5]
    free = reference(plain, request)
    stop_ids = frozenset({free[0], free[7]})
    for ids in (frozenset({free[7]}), stop_ids):
        asked = Request("r", request.prompt_ids, request.max_tokens, stop_ids=ids)
        [completion] = Engine(ours, step_tokens=512, max_requests=4).run([asked])
        assert completion.token_ids == reference(plain, request, list(ids))
        assert (completion.finish_reason, completion.stop) == ("stop", completion.token_ids[-1])
    assert completion.token_ids == free[:1], "an answer of length 0 is its stop token alone"


def test_a_window_filled_to_the_brim(pair):
    ours, plain = pair
    requests = [request_of(WINDOW - n, n, max(f"brim{n}", "")) for n in (1, 2, 100)]
    for request, completion in zip(requests, Engine(ours, step_tokens=512, max_requests=8).run(requests), strict=True):
        assert completion.token_ids == reference(plain, request)
