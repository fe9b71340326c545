"""The scheduler alone: every token once, in order, within the budgets, and nobody starves."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engine.request import EngineError
from pipeline.engine.scheduler import CHUNK, OUTPUT_ROWS, PROMPT_ROWS, Scheduler, cuts_of, pages_for

LENGTHS = st.tuples(st.integers(1, 700), st.integers(1, 20), st.integers(0, 200))


def serve(scheduler, lengths, check):
    """Drives a scheduler as the engine does, one arrival per step; the order in which requests finish."""
    waiting, made, finished = dict(enumerate(lengths)), defaultdict(int), []
    arriving = list(waiting)
    for _ in range(10_000):
        if arriving:
            ticket = arriving.pop(0)
            scheduler.add(ticket, *lengths[ticket])
        scheduler.admit()
        step = scheduler.plan()
        check(step)
        for piece in (piece for work in step for piece in work.pieces if piece.sample):
            made[piece.ticket] += 1
            if made[piece.ticket] == lengths[piece.ticket][1]:
                scheduler.finish(piece.ticket)
                finished.append(piece.ticket)
        if len(finished) == len(lengths):
            return finished
    raise AssertionError(f"starved: {set(waiting) - set(finished)}")


@given(
    st.lists(LENGTHS, min_size=1, max_size=25),
    st.integers(1, 70),
    st.integers(0, 400),
    st.integers(0, 20),
)
def test_each_token_once_in_order_and_within_the_budgets(lengths, max_requests, spare, pages):
    scheduler = Scheduler(max_requests + CHUNK + spare, max_requests, 8 + pages)
    seen = defaultdict(list)

    def check(step):
        pieces = [piece for work in step for piece in work.pieces]
        assert sum(piece.end - piece.start for piece in pieces) <= scheduler.step_tokens
        assert len({piece.ticket for piece in pieces}) <= max_requests
        assert all(sum(p.end - p.start for p in work.pieces) <= work.rows for work in step)
        assert all(sum(p.sample for p in work.pieces) <= OUTPUT_ROWS for work in step)
        assert {work.rows for work in step} <= {OUTPUT_ROWS, PROMPT_ROWS}
        held = [page for ticket in {p.ticket for p in pieces} for page in scheduler.pages_of(ticket)]
        assert len(held) == len(set(held))
        assert 0 not in held
        for piece in pieces:
            seen[piece.ticket].append(piece)

    serve(scheduler, lengths, check)
    assert len(scheduler) == 0
    for ticket, (prompt, output, prefix) in enumerate(lengths):
        ends = cuts_of(prompt, prefix) + list(range(prompt + 1, prompt + output))
        assert [piece.end for piece in seen[ticket]] == ends
        assert [piece.start for piece in seen[ticket]] == [0, *ends[:-1]]
        assert [piece.sample for piece in seen[ticket]] == [end >= prompt for end in ends]


@given(st.integers(1, 2000), st.integers(0, 2000))
def test_cuts_depend_on_the_request_alone_and_share_the_prefix(prompt, prefix):
    cuts = cuts_of(prompt, prefix)
    pieces = [end - start for start, end in zip([0, *cuts], cuts, strict=False)]
    assert sum(pieces) == prompt
    assert all(0 < piece <= CHUNK for piece in pieces)
    assert prefix in cuts or not 0 < prefix < prompt


def test_the_longest_goes_first():
    scheduler = Scheduler(200, 1, 100)
    for ticket, prompt in enumerate((10, 90, 50)):
        scheduler.add(ticket, prompt, 1)
    order = []
    for _ in range(3):
        scheduler.admit()
        [work] = scheduler.plan()
        order.append(work.pieces[0].ticket)
        scheduler.finish(order[-1])
    assert order == [1, 2, 0]


def test_a_short_request_is_not_overtaken_for_ever():
    scheduler = Scheduler(400, 1, 100)
    scheduler.add(0, 1, 1)
    for ticket in range(1, 300):
        scheduler.add(ticket, 100, 1)
        scheduler.admit()
        served = scheduler.plan()[0].pieces[0].ticket
        scheduler.finish(served)
        if served == 0:
            break
    assert ticket <= 101


def test_a_request_waits_until_all_its_pages_are_free():
    scheduler = Scheduler(512, 8, 1 + pages_for(600))
    scheduler.add(0, 500, 100)
    scheduler.add(1, 10, 5)
    assert len(scheduler.admit()) == pages_for(600)
    assert {piece.ticket for work in scheduler.plan() for piece in work.pieces} == {0}
    scheduler.finish(0)
    assert len(scheduler.admit()) == 1


@pytest.mark.parametrize(("step_tokens", "max_requests"), [(CHUNK, 1), (128, 64), (512, 0)])
def test_budgets_that_leave_no_room_are_refused(step_tokens, max_requests):
    with pytest.raises(EngineError, match="step_tokens"):
        Scheduler(step_tokens, max_requests, 10)
