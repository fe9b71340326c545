"""Who goes into the next pass: queues, budgets and pages as plain integers.

A pass is one token of each request in generation and, in the room that is left, tokens of prompts and forced ones.
Requests start longest first. Pages are taken as they are needed: where none is left, the request that started last
gives its own back and is computed again later. A prompt takes over what another one in memory shares with it. None of
this shows in a request's tokens, since a token's numbers do not depend on the pass it is in. Knows nothing of torch or
models.
"""

import heapq
from collections import OrderedDict
from dataclasses import dataclass, field

from pipeline.engine.pages import Pages
from pipeline.engine.prefixes import Prefixes

# A prefix shorter than this is not worth waiting for [tokens].
SHORTEST_PREFIX = 16
# A request is overtaken by none that came more than so many places later, for each pass that it needs.
OVERTAKEN = 64


@dataclass(slots=True, eq=False)
class Sequence:
    """One request as the scheduler sees it: its tokens so far, and how many of them are in `pages`.

    `source`: whose first `shared` tokens it will take over, once they are computed; `running`: some of them are being
    computed.
    """

    ticket: int
    tokens: list[int]
    prompt: int
    done: int = 0
    pages: list[int] = field(default_factory=list)
    source: "Sequence | None" = None
    shared: int = 0
    running: bool = False

    @property
    def pending(self) -> int:
        """Tokens that are not computed yet."""
        return len(self.tokens) - self.done


@dataclass(slots=True)
class Piece:
    """Tokens [start, end) of one sequence; `sample`: its next token is drawn from the last of them."""

    sequence: Sequence
    start: int
    end: int

    @property
    def sample(self) -> bool:
        """Whether these are the last tokens that are known."""
        return self.end == len(self.sequence.tokens)


@dataclass(slots=True)
class Pass:
    """Pieces that go through the model together, once pages were copied (from, to), in order.

    Whoever copies them clears the list, so that a pass that is planned anew does not copy them again.
    """

    pieces: list[Piece]
    copies: list[tuple[int, int]]

    @property
    def tokens(self) -> int:
        """Tokens that it computes."""
        return sum(piece.end - piece.start for piece in self.pieces)


class Scheduler:
    """Waiting and active sequences over `pages`; `rows` tokens in a pass at most, of `max_requests` at most."""

    def __init__(self, rows: int, max_requests: int, pages: Pages) -> None:
        self.rows, self.max_requests, self.pages = rows, max_requests, pages
        self._waiting: list[tuple[int, int, Sequence]] = []
        self._active: dict[int, Sequence] = {}
        self._kept: OrderedDict[int, Sequence] = OrderedDict()
        self._prefixes: Prefixes[Sequence] = Prefixes()
        self._copies: list[tuple[int, int]] = []
        self._arrivals = 0
        self.evictions = 0

    def add(self, ticket: int, tokens: list[int], max_tokens: int) -> None:
        """Queues a request for `max_tokens` draws at most. The longest goes first.

        Outputs are to be appended to `tokens`: what is drawn, and what is forced, as many at once as there are.
        """
        sequence = Sequence(ticket, tokens, len(tokens))
        passes = max_tokens + len(tokens) // self.rows
        heapq.heappush(self._waiting, (self._arrivals - OVERTAKEN * passes, ticket, sequence))
        self._arrivals += 1

    def plan(self) -> Pass:
        """The next pass, of sequences of which none is running.

        Its tokens count as computed with `commit`, not before: a pass that failed is planned anew.
        """
        self._admit()
        room, pieces = self.rows, dict[int, Piece]()
        for sequence in sorted(self._active.values(), key=lambda s: s.pending > 1):
            if sequence.running or sequence.ticket not in self._active or not room:
                continue
            if not self._adopted(sequence, pieces):
                continue
            end = sequence.done + min(sequence.pending, room)
            if self._extended(sequence, end, pieces):
                pieces[sequence.ticket] = Piece(sequence, sequence.done, end)
                room -= end - sequence.done
        return Pass(list(pieces.values()), self._copies)

    def launch(self, work: Pass) -> None:
        """The pass is being computed: its sequences are left alone until `commit`."""
        for piece in work.pieces:
            piece.sequence.running = True

    def commit(self, work: Pass) -> None:
        """The pass is computed."""
        for piece in work.pieces:
            piece.sequence.done, piece.sequence.running = piece.end, False

    def finish(self, ticket: int) -> None:
        """Ends a request. Its pages are kept a while, for prompts that begin as it does."""
        sequence = self._active.pop(ticket)
        self._kept[ticket] = sequence
        if len(self._kept) > self.max_requests:
            self._forget()

    def shrink(self) -> bool:
        """Halves the passes, for want of memory, while none is running; False where they cannot be smaller."""
        self.rows, self.max_requests = self.rows // 2, min(self.max_requests, self.rows // 2)
        while len(self._active) > max(self.max_requests, 1):
            self._evict(self._active[next(reversed(self._active))])
        return self.rows > 0

    def _admit(self) -> None:
        while self._waiting and len(self._active) < self.max_requests:
            sequence = self._waiting[0][2]
            if self._active and self._available() < self.pages.count(len(sequence.tokens)) + len(self._active):
                break
            heapq.heappop(self._waiting)
            self._active[sequence.ticket] = sequence
            self._link(sequence)

    def _link(self, sequence: Sequence) -> None:
        # Not what a sequence has put out: another's prompt may be computed in other sums, and must not replace it.
        source, shared = self._prefixes.find(sequence.tokens[:-1][: sequence.prompt])
        if shared >= SHORTEST_PREFIX:
            sequence.source, sequence.shared = source, shared
        self._prefixes.add(sequence.tokens[: sequence.prompt], sequence.ticket, sequence)

    def _available(self) -> int:
        return self.pages.free + sum(len(sequence.pages) for sequence in self._kept.values())

    def _adopted(self, sequence: Sequence, planned: dict[int, Piece]) -> bool:
        """Takes over what is shared; False while the source has still to compute it."""
        source, size = sequence.source, self.pages.size
        if source is None:
            return True
        if source.done < sequence.shared:
            return False
        whole, rest = divmod(sequence.shared, size)
        *pages, last = source.pages[: whole + 1] if rest else [*source.pages[:whole], 0]
        self.pages.share(pages)
        sequence.pages, sequence.done, sequence.source = pages, whole * size, None
        if rest and self._extended(sequence, sequence.shared, planned):
            self._copies.append((last, sequence.pages[whole]))
            sequence.done = sequence.shared
        return True

    def _extended(self, sequence: Sequence, end: int, planned: dict[int, Piece]) -> bool:
        """Pages for the tokens up to `end`; False where there are none left, even after others gave theirs back."""
        while len(sequence.pages) < self.pages.count(end):
            page = self.pages.take()
            if page is not None:
                sequence.pages.append(page)
            elif self._kept:
                self._forget()
            elif not self._evict_last(sequence, planned):
                return False
        return True

    def _evict_last(self, needy: Sequence, planned: dict[int, Piece]) -> bool:
        for sequence in reversed(self._active.values()):
            if sequence is needy:
                break
            if sequence.ticket not in planned and sequence.pages and not sequence.running:
                self._evict(sequence)
                return True
        return False

    def _evict(self, sequence: Sequence) -> None:
        """Back to the front of the queue, to be computed again."""
        del self._active[sequence.ticket]
        self._drop(sequence)
        sequence.done, sequence.source = 0, None
        heapq.heappush(self._waiting, (-(2**62), sequence.ticket, sequence))
        self.evictions += 1

    def _forget(self) -> None:
        self._drop(self._kept.popitem(last=False)[1])

    def _drop(self, sequence: Sequence) -> None:
        self._prefixes.remove(sequence.tokens[: sequence.prompt], sequence.ticket)
        self.pages.release(sequence.pages)
        sequence.pages = []
        for other in self._active.values():
            if other.source is sequence:
                other.source = None
