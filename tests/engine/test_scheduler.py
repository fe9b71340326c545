"""The scheduler alone: every token once, in order, within the budgets; nobody starves, however short memory is."""

import random
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.engine.pages import Pages
from pipeline.engine.scheduler import Scheduler

PAGE = 8
LENGTHS = st.tuples(st.integers(1, 90), st.integers(1, 20))


class Driver:
    """Drives a scheduler as the engine does, and notes for each page who wrote what where."""

    def __init__(self, rows, max_requests, pages):
        self.scheduler = Scheduler(rows, max_requests, Pages(pages, PAGE))
        self.tokens, self.limits, self.finished = {}, {}, []
        self.memory = {}  # (page, offset): the tokens up to there, as keys and values depend on them
        self.computed = defaultdict(int)

    def add(self, ticket, prompt, output):
        self.tokens[ticket], self.limits[ticket] = list(prompt), len(prompt) + output
        self.scheduler.add(ticket, self.tokens[ticket], output)

    def step(self, fails=False):
        work = self.scheduler.plan()
        pieces = {piece.sequence.ticket: piece for piece in work.pieces}
        assert len(pieces) == len(work.pieces) <= self.scheduler.max_requests
        assert sum(p.end - p.start for p in work.pieces) <= self.scheduler.rows
        for source, target in work.copies:
            for offset in range(PAGE):
                self.memory[target, offset] = self.memory.get((source, offset))
        work.copies.clear()
        self.write(work.pieces)
        if fails:
            return self.scheduler.shrink()
        self.scheduler.commit(work)
        for ticket, piece in pieces.items():
            self.computed[ticket] += piece.end - piece.start
            if piece.sample:
                self.grow(ticket)
        return True

    def write(self, pieces):
        for piece in pieces:
            for at in range(piece.start, piece.end):
                self.memory[piece.sequence.pages[at // PAGE], at % PAGE] = tuple(piece.sequence.tokens[: at + 1])
        for piece in pieces:  # what a piece attends to is its own
            for at in range(piece.end):
                found = self.memory[piece.sequence.pages[at // PAGE], at % PAGE]
                assert found == tuple(piece.sequence.tokens[: at + 1])

    def grow(self, ticket):
        self.tokens[ticket].append(random.Random(f"{ticket}{len(self.tokens[ticket])}").randrange(3))
        if len(self.tokens[ticket]) == self.limits[ticket]:
            self.scheduler.finish(ticket)
            self.finished.append(ticket)

    def run(self, number, most=5000):
        for _ in range(most):
            if len(self.finished) == number:
                return
            self.step()
        raise AssertionError(f"starved: {set(self.tokens) - set(self.finished)}")


def prompts(lengths, alike):
    """Prompts of a few different tokens, that share beginnings of `alike` tokens."""
    head = [1] * alike
    return [(head + [random.Random(i).randrange(3) for _ in range(n)])[:n] for i, (n, _) in enumerate(lengths)]


@settings(deadline=None)
@given(
    st.lists(LENGTHS, min_size=1, max_size=25), st.integers(1, 60), st.integers(1, 20), st.integers(0, 30),
    st.integers(0, 40), st.lists(st.booleans(), max_size=30),
)  # fmt: skip
def test_each_sequence_attends_to_its_own_tokens_and_ends(lengths, rows, max_requests, spare, alike, fails):
    longest = max(-(-(n + m) // PAGE) for n, m in lengths)
    driver = Driver(rows, min(max_requests, rows), 1 + longest + spare)
    for ticket, (prompt, (_, output)) in enumerate(zip(prompts(lengths, alike), lengths, strict=True)):
        driver.add(ticket, prompt, output)
        if fails and fails.pop() and driver.scheduler.rows > 1:
            driver.step(fails=True)
        else:
            driver.step()
    driver.run(len(lengths))
    pages = driver.scheduler.pages
    held = {page for sequence in driver.scheduler._kept.values() for page in sequence.pages}
    assert pages.free + len(held) == pages.number - 1, "no page is lost"


def test_a_shared_prefix_is_computed_once():
    driver = Driver(64, 8, 200)
    for ticket in range(6):
        driver.add(ticket, [7] * 37 + [ticket] * 5, 2)
    driver.run(6)
    assert sorted(driver.computed.values())[-1] == 43
    assert sum(driver.computed.values()) == 43 + 5 * (43 - 37)


def test_a_prompt_shares_with_one_that_has_ended():
    driver = Driver(64, 8, 200)
    driver.add(0, [7] * 40, 2)
    driver.run(1)
    driver.add(1, [7] * 40 + [3], 1)
    driver.run(2)
    assert driver.computed[1] == 1


def test_what_was_evicted_is_computed_again():
    driver = Driver(32, 4, 1 + 6)
    for ticket in range(3):
        driver.add(ticket, [ticket] * 8, 24)
    driver.run(3)
    assert driver.scheduler.evictions > 0
    assert sum(driver.computed.values()) > 3 * 31


def test_what_was_evicted_shares_its_prompt_only():
    driver = Driver(128, 8, 200)
    driver.add(0, [7] * 40, 60)
    for _ in range(20):
        driver.step()
    driver.add(1, [*driver.tokens[0], 1], 50)
    driver.step()
    before, again = driver.computed[0], len(driver.tokens[0]) - 40
    driver.scheduler._evict(driver.scheduler._active[0])
    driver.step()
    assert driver.computed[0] == before + again


def test_memory_that_holds_all_evicts_none():
    driver = Driver(32, 4, 1 + 12)
    for ticket in range(3):
        driver.add(ticket, [ticket] * 8, 24)
    driver.run(3)
    assert driver.scheduler.evictions == 0
    assert sum(driver.computed.values()) == 3 * 31


def test_the_longest_goes_first():
    driver = Driver(100, 1, 100)
    for ticket, output in enumerate((5, 90, 50)):
        driver.add(ticket, [1], output)
    driver.run(3)
    assert driver.finished == [1, 2, 0]


def test_a_short_request_is_not_overtaken_for_ever():
    driver = Driver(100, 1, 100)
    driver.add(0, [1], 1)
    for ticket in range(1, 400):
        driver.add(ticket, [1], 2)
        driver.step()
        if driver.finished and driver.finished[-1] == 0:
            break
    assert ticket <= 200


def test_passes_are_halved_until_they_cannot_be():
    scheduler = Scheduler(4, 3, Pages(10, PAGE))
    assert [scheduler.shrink(), scheduler.rows, scheduler.shrink(), scheduler.rows] == [True, 2, True, 1]
    assert scheduler.shrink() is False


@pytest.mark.parametrize(("tokens", "fits"), [(1, True), (16, True), (17, False)])
def test_a_sequence_must_fit_the_pages_that_there_are(tokens, fits):
    assert Pages(3, 8).fits(tokens) is fits
