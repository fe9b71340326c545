"""The sequences whose keys and values are in memory, such that the longest prefix a prompt shares with one is found.

They are kept in the order of their tokens: the one that shares most with a prompt stands next to where the prompt
would stand. Knows nothing of pages or models.
"""

from bisect import bisect_left, insort
from collections.abc import Sequence
from itertools import takewhile
from operator import eq
from typing import Generic, TypeVar

T = TypeVar("T")


class Prefixes(Generic[T]):
    """Owners by the prompts whose pages they hold."""

    def __init__(self) -> None:
        self._keys: list[tuple[tuple[int, ...], int]] = []
        self._owners: dict[int, T] = {}

    def add(self, prompt: Sequence[int], ticket: int, owner: T) -> None:
        """Remembers an owner."""
        insort(self._keys, (tuple(prompt), ticket))
        self._owners[ticket] = owner

    def remove(self, prompt: Sequence[int], ticket: int) -> None:
        """Forgets an owner."""
        del self._keys[bisect_left(self._keys, (tuple(prompt), ticket))]
        del self._owners[ticket]

    def find(self, prompt: Sequence[int]) -> tuple[T | None, int]:
        """Who shares the longest prefix with a prompt, and its length in tokens."""
        at = bisect_left(self._keys, (tuple(prompt), -1))
        best, length = None, 0
        for key, ticket in self._keys[max(at - 1, 0) : at + 1]:
            if (shared := shared_length(prompt, key)) > length:
                best, length = self._owners[ticket], shared
        return best, length


def shared_length(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two sequences have in common from the start."""
    return sum(1 for _ in takewhile(bool, map(eq, one, other)))
