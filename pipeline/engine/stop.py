"""Does an output end here? Tokens in, one at a time; the stop id or string that ended it out.

Strings are looked for in the decoded text, so one may straddle tokens and characters may straddle tokens too.
Only the last few tokens are decoded at a time: what a token adds is read off beside the tokens before it,
since tokenizers may write a token differently at the start of a text. Knows nothing of models.
"""

from collections.abc import Callable, Sequence

Decode = Callable[[Sequence[int]], str]

# What tokenizers write for bytes that are not yet a whole character.
UNFINISHED = "�"


class Stop:
    """The stop rules of one request. `decode` turns token ids into text; needed only where there are strings."""

    def __init__(self, ids: frozenset[int], strings: tuple[str, ...], decode: Decode | None) -> None:
        self._ids, self._strings, self._decode = ids, strings, decode
        self._keep = max(map(len, strings), default=0) - 1
        self._context: list[int] = []
        self._fresh: list[int] = []
        self._tail = ""

    def push(self, token: int) -> int | str | None:
        """Takes the next token; what the output ends with, if it ends here."""
        if token in self._ids:
            return token
        if not self._strings or self._decode is None:
            return None
        self._fresh.append(token)
        text = self._tail + self._added(self._decode)
        if not text.endswith(UNFINISHED):
            self._context, self._fresh = self._fresh, []
            self._tail = text[max(0, len(text) - self._keep) :]
        return _first(text.rstrip(UNFINISHED), self._strings)

    def _added(self, decode: Decode) -> str:
        known = decode(self._context) if self._context else ""
        return decode(self._context + self._fresh)[len(known) :]


def _first(text: str, strings: tuple[str, ...]) -> str | None:
    """The string that stands first in the text; the longer one where two begin at the same place."""
    found = [(at, -len(string), string) for string in strings if (at := text.find(string)) >= 0]
    return min(found)[2] if found else None
