"""The units of a tree that have no documentation, where the language has a place for it.

In: the tree and the choice. Out: each such unit with its file, and the files that could not be looked at. Needs no
records.
"""

from collections.abc import Iterator

from pipeline.apply import git
from pipeline.apply.choice import Choice
from pipeline.apply.outcome import LeftOutError
from pipeline.apply.place import edit
from pipeline.apply.source import Source, opened
from pipeline.apply.tree import Tree
from pipeline.config.ingest import Filters
from pipeline.config.ingest import Source as Globs
from pipeline.ingest.directory import Directory
from pipeline.ingest.screen import by_path
from pipeline.languages import language_of
from pipeline.schema import Unit

EVERYTHING, FILTERS = Globs(paths=["tree"]), Filters()


def missing(tree: Tree, choice: Choice) -> Iterator[tuple[str, Unit]]:
    """Each unit that is asked for and lacks documentation, with its file's path."""
    for source in sources(tree, choice):
        for number, unit in enumerate(source.units):
            if unit.doc is None and choice.takes_unit(unit, source) and _could(source, number):
                yield source.path, unit


def _could(source: Source, number: int) -> bool:
    """Whether there is a place for a unit's documentation."""
    try:
        edit(source, number, lambda _indent, _newline: "")
    except LeftOutError:
        return False
    return True


def sources(tree: Tree, choice: Choice, language: str | None = None) -> Iterator[Source]:
    """The tree's files, of one language where it is given, that are asked for and can be taken apart."""
    for path in paths(tree):
        if language not in (None, language_of(path, None)) or not choice.takes_file(path):
            continue
        try:
            source = opened(path, tree.read(tree.locate(path)))
        except LeftOutError:
            continue
        if source.text.strip():
            yield source


def paths(tree: Tree) -> Iterator[str]:
    """The tree's files that people wrote: of its checkout, else all that are not hidden, vendored or generated."""
    found = git.files(tree.root) or (entry.path for entry in Directory(tree.root).entries() if not entry.problem)
    yield from (path for path in found if by_path(path, EVERYTHING, FILTERS) is None)
