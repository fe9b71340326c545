"""Who goes into the next step: queues, budgets and pages as plain integers.

Lengths go in, passes come out: lists of pieces, each a range of one request's tokens. A pass is either for
outputs (one new token of each of up to `OUTPUT_ROWS` requests) or for prompts (pieces of prompts,
`PROMPT_ROWS` tokens at most). Prompts are cut at multiples of `CHUNK` from their start and at their shared
prefix, and a piece is never divided, so that the shape of a piece depends on its own request only. Knows
nothing of tokens, torch or models.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise

from pipeline.engine.request import EngineError

# Tokens in a page of the cache, and the step to which attention rounds the length of its keys.
PAGE = 128
# Longest piece of a prompt. Part of the numerics, hence no setting: another value may give other last bits.
CHUNK = 128
# Rows of the two kinds of passes. Matrix products of bf16 and fp32 alike give a row other last bits when the
# number of rows beside it changes (seen with oneDNN and MKL on an AMX machine), so every pass is padded to these.
OUTPUT_ROWS = 64
PROMPT_ROWS = 256


@dataclass(frozen=True, slots=True)
class Piece:
    """Tokens [start, end) of one request; `sample`: its next token is drawn from the last of them."""

    ticket: int
    start: int
    end: int
    sample: bool


@dataclass(frozen=True, slots=True)
class Pass:
    """Pieces that go through the model together, padded to a fixed number of rows."""

    rows: int
    pieces: list[Piece]

    @property
    def output(self) -> bool:
        """Whether it is a pass for outputs."""
        return self.rows == OUTPUT_ROWS


@dataclass(slots=True)
class Entry:
    """One request as the scheduler sees it: how many tokens it has, will have at most, and which pages hold
    them.
    """

    ticket: int
    prompt: int
    total: int
    cuts: list[int]
    done: int = 0
    pages: list[int] = field(default_factory=list)

    @property
    def need(self) -> int:
        """Pages that the request may come to fill."""
        return pages_for(self.total)


class Scheduler:
    """Waiting, prefilling and decoding requests, and the pages that are free.

    Page 0 is never handed out: it stays zero and stands for "no page".
    """

    def __init__(self, step_tokens: int, max_requests: int, pages: int) -> None:
        if max_requests < 1 or step_tokens < max_requests + CHUNK:
            raise EngineError(
                f"step_tokens {step_tokens} leaves no room for prompts beside max_requests {max_requests} outputs; "
                f"give at least {max(max_requests, 1) + CHUNK} step_tokens, or fewer requests (one at least)."
            )
        self.step_tokens, self.max_requests, self.pages = step_tokens, max_requests, pages
        self._free = list(range(pages - 1, 0, -1))
        self._waiting: list[tuple[int, int, Entry]] = []
        self._active: dict[int, Entry] = {}
        self._arrivals = 0

    def __len__(self) -> int:
        return len(self._waiting) + len(self._active)

    def fits(self, total: int) -> bool:
        """Whether a request of that many tokens can ever be held."""
        return pages_for(total) < self.pages

    def add(self, ticket: int, prompt: int, max_tokens: int, prefix: int = 0) -> None:
        """Queues a request: the longest first, but none is overtaken by one that came `its length` places
        later.
        """
        entry = Entry(ticket, prompt, prompt + max_tokens, cuts_of(prompt, prefix))
        heapq.heappush(self._waiting, (self._arrivals - entry.total, self._arrivals, entry))
        self._arrivals += 1

    def admit(self) -> list[int]:
        """Takes in waiting requests while there is room for all their tokens; the pages they were given."""
        given: list[int] = []
        while self._waiting and len(self._active) < self.max_requests:
            entry = self._waiting[0][2]
            if entry.need > len(self._free):
                break
            heapq.heappop(self._waiting)
            entry.pages = [self._free.pop() for _ in range(entry.need)]
            self._active[entry.ticket] = entry
            given += entry.pages
        return given

    def plan(self) -> list[Pass]:
        """The passes of the next step, their tokens counted as done: every output first, then prompts."""
        decoding = [e for e in self._active.values() if e.done >= e.prompt]
        prefilling = [e for e in self._active.values() if e.done < e.prompt]
        outputs = [Pass(OUTPUT_ROWS, [_next(e) for e in some]) for some in _batched(decoding, OUTPUT_ROWS)]
        return outputs + self._prompts(prefilling, self.step_tokens - len(decoding))

    def _prompts(self, entries: list[Entry], budget: int) -> list[Pass]:
        passes: list[Pass] = []
        while pieces := _fill(entries, min(budget, PROMPT_ROWS)):
            passes.append(Pass(PROMPT_ROWS, pieces))
            budget -= sum(piece.end - piece.start for piece in pieces)
        return passes

    def pages_of(self, ticket: int) -> list[int]:
        """The pages that hold a request's tokens, in order."""
        return self._active[ticket].pages

    def finish(self, ticket: int) -> None:
        """Gives a request's place and pages back."""
        self._free += reversed(self._active.pop(ticket).pages)


def pages_for(tokens: int) -> int:
    """Pages that hold so many tokens."""
    return -(-tokens // PAGE)


def cuts_of(prompt: int, prefix: int) -> list[int]:
    """Where a prompt is cut: at multiples of CHUNK, after its shared prefix, and at its end."""
    cuts = {*range(CHUNK, prompt, CHUNK), prompt}
    return sorted(cuts | {prefix} if 0 < prefix < prompt else cuts)


def _next(entry: Entry) -> Piece:
    entry.done += 1
    return Piece(entry.ticket, entry.done - 1, entry.done, sample=True)


def _fill(entries: list[Entry], room: int) -> list[Piece]:
    """Whole pieces, oldest request first, as many as fit: a piece too long leaves its room to later requests."""
    pieces: list[Piece] = []
    for entry in entries:
        for start, end in pairwise([entry.done, *(cut for cut in entry.cuts if cut > entry.done)]):
            if end - start > room or len(pieces) == OUTPUT_ROWS:
                break
            pieces.append(Piece(entry.ticket, start, end, sample=end == entry.prompt))
            entry.done, room = end, room - (end - start)
    return pieces


def _batched(entries: list[Entry], size: int) -> Iterator[list[Entry]]:
    rest = iter(entries)
    while some := list(islice(rest, size)):
        yield some
