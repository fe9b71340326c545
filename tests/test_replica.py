"""Equal requests of a split are found, and answered once."""

from pipeline.replica import firsts, shared
from pipeline.schema import Draft, Prompt
from tests.conftest import make_unit


def prompt(*ids: int, task: str = "explain", start: int = 0) -> Prompt:
    return Prompt(make_unit(start_byte=start), task, "", "", ids)


def test_the_first_of_equal_requests_answers_for_all() -> None:
    prompts = [prompt(1, 2), prompt(3), prompt(1, 2, start=9), prompt(), prompt(1, 2, task="docstring")]
    assert firsts(prompts) == [0, 1, 0, None, 4]


def test_what_is_shared_keeps_its_own_prompt_and_says_whose_it_is() -> None:
    prompts = [prompt(1, 2), prompt(1, 2, start=9), prompt()]
    drafts = [Draft(prompts[0], (7,), "stop", seconds=1.0), Draft(prompts[1]), Draft(prompts[2])]
    first, second, third = shared(drafts, firsts(prompts))
    assert (first.reused_from, second.reused_from, third.reused_from) == (None, 0, None)
    assert (second.prompt, second.token_ids, second.seconds) == (prompts[1], (7,), None)
    assert third.finish_reason is None
