"""The longest shared prefix, against a look at all prompts."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.engine.prefixes import Prefixes, shared_length

PROMPT = st.lists(st.integers(0, 2), max_size=8)


@given(st.lists(st.tuples(PROMPT, st.booleans()), max_size=12), PROMPT)
def test_equals_a_search_of_all(prompts, asked):
    prefixes = Prefixes()
    for ticket, (prompt, _) in enumerate(prompts):
        prefixes.add(prompt, ticket, tuple(prompt))
    for ticket, (prompt, leaves) in enumerate(prompts):
        if leaves:
            prefixes.remove(prompt, ticket)
    owner, shared = prefixes.find(asked)
    assert shared == max((shared_length(asked, p) for p, leaves in prompts if not leaves), default=0)
    assert shared == (shared_length(asked, owner) if owner is not None else 0)


def test_shared_length():
    assert shared_length([1, 2, 3], [1, 2, 4, 5]) == 2
    assert shared_length([], [1]) == 0
    assert shared_length([1, 2], [1, 2, 3]) == 2
