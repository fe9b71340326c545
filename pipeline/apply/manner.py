"""The style that a file's documentation is written in.

The one asked for, if the file's language has it; else the one that the file uses, else the one that files of that
language in its tree use, else the language's first. The tree is looked at once per language, and only where the
language has several.
"""

from collections.abc import Callable, Iterator

from pipeline.apply.outcome import LeftOutError
from pipeline.apply.proof import documentation
from pipeline.apply.source import Source
from pipeline.styles import LANGUAGES, detected

MOST_FILES = 200  # of a tree: enough to see what it does

Look = Callable[[str], Iterator[Source]]  # the tree's files of a language


class Manner:
    """Styles by file; `wanted` is a style's name or `auto`."""

    def __init__(self, wanted: str, look: Look) -> None:
        self._wanted, self._look = wanted, look
        self._usual: dict[str, str] = {}

    def of(self, source: Source) -> str:
        """The style for a file. LeftOutError if its language has none."""
        language = source.language.name
        styles = LANGUAGES.get(language, ())
        if not styles:
            raise LeftOutError("no_style")
        if self._wanted in styles:
            return self._wanted
        return detected(texts(source), language) or self._of_tree(language)

    def _of_tree(self, language: str) -> str:
        if language not in self._usual:
            self._usual[language] = LANGUAGES[language][0]
            if len(LANGUAGES[language]) > 1:
                found = [text for source in self._look(language) for text in texts(source)]
                self._usual[language] = detected(found, language) or LANGUAGES[language][0]
        return self._usual[language]


def texts(source: Source) -> list[str]:
    """The documentation in a file."""
    return [doc.decode() for unit in source.units if (doc := documentation(unit))]
