"""Which pages of the cache are free, and how many sequences hold each of the others: plain integers.

Page 0 is never handed out: it stands for "no page", and padding may write to it. Knows nothing of tokens or tensors.
"""

from collections.abc import Iterable


class Pages:
    """`number` pages of `size` tokens each, page 0 among them."""

    def __init__(self, number: int, size: int) -> None:
        self.number, self.size = number, size
        self._free = list(range(number - 1, 0, -1))
        self._holders = [0] * number

    @property
    def free(self) -> int:
        """How many pages nobody holds."""
        return len(self._free)

    def count(self, tokens: int) -> int:
        """Pages that hold so many tokens."""
        return -(-tokens // self.size)

    def fits(self, tokens: int) -> bool:
        """Whether a sequence of that many tokens can ever be held."""
        return self.count(tokens) < self.number

    def take(self) -> int | None:
        """A free page, now held once; None where there is none."""
        if not self._free:
            return None
        page = self._free.pop()
        self._holders[page] = 1
        return page

    def share(self, pages: Iterable[int]) -> None:
        """Holds pages once more."""
        for page in pages:
            self._holders[page] += 1

    def release(self, pages: Iterable[int]) -> None:
        """Holds pages once less; those that nobody holds are free."""
        for page in pages:
            self._holders[page] -= 1
            if not self._holders[page]:
                self._free.append(page)
