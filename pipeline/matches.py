"""What a query found in a syntax tree, by what it captured: each step looks only at what says something to it.

In: matches, which are names of captures with their nodes. Out: those with a capture. The captures are explained in
`pipeline.languages`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tree_sitter import Node

Match = Mapping[str, Sequence[Node]]


class Matches:
    """The matches of a query in a file."""

    def __init__(self, found: Iterable[Match]) -> None:
        self._having: defaultdict[str, list[Match]] = defaultdict(list)
        for match in found:
            for capture in match:
                self._having[capture].append(match)

    def having(self, capture: str) -> Sequence[Match]:
        """The matches with a capture, in the order in which they were found."""
        return self._having.get(capture, ())

    def nodes(self, capture: str) -> Iterator[Node]:
        """All nodes of a capture."""
        return (node for match in self.having(capture) for node in match[capture])
