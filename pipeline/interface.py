"""What functions take and give, out of what a query captured in their file.

In: the matches of a query (its captures are explained in `pipeline.languages`), and the source. Out: the `Interface` of
each function, by the id of its node. What is returned, yielded or raised belongs to the innermost function around it,
be that a unit or a closure. Language-neutral; knows nothing of files or units.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from tree_sitter import Node

from pipeline.matches import Match, Matches
from pipeline.schema import Interface, Parameter

NAME = re.compile(r"[^\W\dA-Z_][\w']*")  # of a variable, in languages that have clauses


class Places:
    """Nested nodes, asked for the innermost around a place."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._nodes = sorted(nodes, key=lambda node: (node.start_byte, -node.end_byte))
        self._starts = [node.start_byte for node in self._nodes]
        self._around = list(_around(self._nodes))

    def innermost(self, at: int) -> Node | None:
        """The innermost node that holds the byte at a place."""
        i = bisect_right(self._starts, at) - 1
        while i >= 0 and self._nodes[i].end_byte <= at:
            i = self._around[i]
        return self._nodes[i] if i >= 0 else None


def _around(nodes: Sequence[Node]) -> Iterator[int]:
    """For each of the ordered nodes the index of the one around it, or -1."""
    open_ = [-1]
    for i, node in enumerate(nodes):
        while open_[-1] >= 0 and nodes[open_[-1]].end_byte <= node.start_byte:
            open_.pop()
        yield open_[-1]
        open_.append(i)


@dataclass(slots=True)
class Seen:
    """What was found of one function so far."""

    parameters: defaultdict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))  # by place
    curried: Node | None = None
    returns: dict[int, str] = field(default_factory=dict)  # its parts, by place
    gives: bool = False
    yields: bool = False
    static: bool = False
    raises: dict[str, None] = field(default_factory=dict)

    def interface(self) -> Interface:
        parameters = tuple(Parameter(**said) for _, said in sorted(self.parameters.items()))
        returns = " ".join(part for _, part in sorted(self.returns.items())) or None
        return Interface(parameters, returns, self.gives, self.yields, tuple(self.raises), self.static)


def interfaces(matches: Matches, functions: Iterable[Sequence[Node]], source: bytes) -> dict[int, Interface]:
    """The interface of each function of which there is anything to say, by its node's id, or its first clause's."""
    functions = list(functions)
    seen: defaultdict[int, Seen] = defaultdict(Seen)
    standing = {match["declarator"][0].id: match["of"][0].id for match in matches.having("declarator")}
    for match in matches.having("of"):
        of = match["of"][0].id
        _declared(seen[standing.get(of, of)], match, source)
    inner = Places([*(node for clauses in functions for node in clauses), *matches.nodes("closure")])
    _flowing(matches, inner, seen)
    _raising(matches.having("raise"), inner, Handlers(matches, source), seen)
    for first, *more in functions:
        if more:
            seen[first.id] = _together([seen[node.id] for node in (first, *more)])
    return {id_: _typed(found, seen, source) for id_, found in seen.items()}


def _together(clauses: Sequence[Seen]) -> Seen:
    """What was found of a function in all of its clauses."""
    whole = Seen()
    for clause in clauses:
        whole.curried, whole.returns = whole.curried or clause.curried, whole.returns or clause.returns
        whole.gives, whole.yields = whole.gives or clause.gives, whole.yields or clause.yields
        whole.raises |= clause.raises
    columns = zip(*(sorted(clause.parameters.items()) for clause in clauses if clause.parameters), strict=False)
    whole.parameters.update((i, _said([said for _, said in column])) for i, column in enumerate(columns))
    return whole


def _said(column: Sequence[dict[str, str]]) -> dict[str, str]:
    """What clauses say of one parameter, which has no name in some: there it is a pattern, a value or left open."""
    names = [said["name"] for said in column]
    whole = dict[str, str]()
    for said in reversed(column):
        whole |= said
    return whole | {"name": min(names, key=lambda name: (NAME.fullmatch(name) is None, name.startswith("_")))}


def _typed(found: Seen, seen: Mapping[int, Seen], source: bytes) -> Interface:
    """An interface; of a curried function it has the types of the parameters, and returns what is left after those.

    Without parameters it is a mere declaration: they are then those of what it takes that have a name.
    """
    plain = found.interface()
    if found.curried is None:
        return plain
    types, rests = _arrows(found.curried)
    if not plain.parameters:
        named = (one for type_ in types if type_.id in seen for one in seen[type_.id].interface().parameters)
        return replace(plain, parameters=tuple(named), returns=text(rests[-1], source))
    parameters = tuple(
        replace(one, type=text(type_, source)) if type_ and one.type is None else one
        for one, type_ in zip_longest(plain.parameters, types[: len(plain.parameters)])
    )
    return replace(plain, parameters=parameters, returns=text(rests[min(len(parameters), len(types))], source))


def _arrows(node: Node) -> tuple[list[Node], list[Node]]:
    """What a function's type takes, one after the other, and what the type is before the first and after each."""
    types, rests, kind = list[Node](), [node], node.type
    while node.type == kind:
        taken, given = node.named_child(0), node.named_child(node.named_child_count - 1)
        if taken is None or given is None or taken == given:
            break
        types.append(taken)
        rests.append(node := given)
    return types, rests


def _declared(seen: Seen, match: Match, source: bytes) -> None:
    for node in match.get("returns", ()):
        seen.returns[node.start_byte] = text(node, source)
    seen.static = seen.static or "static" in match
    if "curried" in match:
        seen.curried = match["curried"][0]
    for name in match.get("parameter", ()):
        said = seen.parameters[name.start_byte]
        said["name"] = text(name, source)
        for key in ("type", "default", "rest"):
            if key in match:
                said[key] = text(match[key][0], source)
        if "type" in match and match["type"][0].start_byte <= name.start_byte < match["type"][0].end_byte:
            said["type"] = _rest(match["type"][0], name, match.get("default", ()), source)


def _rest(type_: Node, name: Node, default: Sequence[Node], source: bytes) -> str:
    """What a declaration says of a parameter beside its name and its default: `char *[]` of `char *args[] = 0`."""
    end = default[0].start_byte if default else type_.end_byte
    parts = source[type_.start_byte : name.start_byte], source[name.end_byte : end].rstrip(b"= \t\r\n")
    return " ".join(b"".join(parts).decode().split())


class Handlers:
    """What handles exceptions: which ones, and under what name."""

    def __init__(self, matches: Matches, source: bytes) -> None:
        self._source, self._nodes = source, dict[int, Node]()
        self._caught, self._bound = defaultdict[int, list[str]](list), dict[int, str]()
        for match in matches.having("handler"):
            for node in match["handler"]:
                self._nodes[node.id] = node
                self._caught[node.id] += [text(kind, source) for kind in match.get("caught", ())]
                self._bound.update((node.id, text(name, source)) for name in match.get("bound", ()))
        self._places = Places(self._nodes.values())

    def raised(self, match: Match) -> list[str]:
        """The exceptions that a statement raises by name; one that it only hands on is what its handler caught."""
        name = next((text(match[key][0], self._source) for key in ("raised", "bound") if key in match), None)
        handler = self._places.innermost(match["raise"][0].start_byte)
        if handler is not None and name in (None, self._bound.get(handler.id)):
            return self._caught[handler.id]
        return [] if name is None or "bound" in match else [name]


def _flowing(matches: Matches, functions: Places, seen: Mapping[int, Seen]) -> None:
    for match in matches.having("gives"):
        # A value may be a function itself: what gives it stands before it.
        if function := functions.innermost(match["gives"][0].start_byte - 1):
            seen[function.id].gives = True
    for match in matches.having("yields"):
        if function := functions.innermost(match["yields"][0].start_byte):
            seen[function.id].yields = True


def _raising(raises: Iterable[Match], functions: Places, handlers: Handlers, seen: Mapping[int, Seen]) -> None:
    for match in raises:
        if function := functions.innermost(match["raise"][0].start_byte):
            seen[function.id].raises |= dict.fromkeys(handlers.raised(match))


def text(node: Node, source: bytes) -> str:
    """A node's text, its white space made single spaces."""
    return " ".join(source[node.start_byte : node.end_byte].decode().split())
