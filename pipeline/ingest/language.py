"""A path, and the first bytes where the path does not tell, in; the language as The Stack names it out.

Which path is whose stands in `pipeline.languages`. Here is what a text adds to that: the interpreter that it names, and
the marks by which it belongs to another language that shares its ending.
"""

import difflib
import io
import re
from collections.abc import Iterable
from functools import cache
from pathlib import PurePosixPath

from identify.identify import parse_shebang

from pipeline import languages
from pipeline.errors import UsageError

INTERPRETERS = {
    "awk": "Awk",
    "bash": "Shell",
    "dash": "Shell",
    "ksh": "Shell",
    "lua": "Lua",
    "node": "JavaScript",
    "perl": "Perl",
    "php": "PHP",
    "pwsh": "PowerShell",
    "python": "Python",
    "ruby": "Ruby",
    "sh": "Shell",
    "tclsh": "Tcl",
    "zsh": "Shell",
}
SHARED = {
    "h": (
        "C++",
        re.compile(r"^\s*(?:class\s+\w+|namespace\b|template\s*<|using\s+\w|(?:public|private):)", re.M),
    ),
    "m": (
        "Objective-C",
        re.compile(r"^\s*(?:@(?:interface|implementation|protocol|import)\b|#import\b)", re.M),
    ),
    "pl": ("Prolog", re.compile(r"^[^#\n]*:-", re.M)),
}
UNMARKED = {"m": "Matlab"}  # where the path alone is nobody's
NO_SOURCE = "Text"  # what the table calls licences and lists of names


@cache
def known() -> dict[str, str]:
    """Every language that a file may be in, by its name in lower case."""
    others = (*UNMARKED.values(), *(name for name, _ in SHARED.values()))
    return {name.casefold(): name for name in (*languages.by_path().values(), *others) if name != NO_SOURCE}


def check(names: Iterable[str]) -> None:
    """Raise UsageError for a name that no language has."""
    for name in names:
        if name not in known().values():
            raise UsageError(f"filters.languages: there is no language {name!r}. Did you mean {nearest(name)}?")


def nearest(name: str) -> str:
    """The language that goes by another name, or else has the most similar one."""
    if entry := languages.find(name):
        return entry.name
    return known()[difflib.get_close_matches(name.casefold(), known(), n=1, cutoff=0.0)[0]]


def extension(path: str) -> str | None:
    """What stands after the last dot of the file's name, in lower case; null where nothing does."""
    return PurePosixPath(path).suffix[1:].lower() or None


def by_path(path: str) -> str | None:
    """The language that the path alone tells."""
    found = languages.language_of(path, None) or UNMARKED.get(extension(path) or "")
    return None if found == NO_SOURCE else found


def by_shebang(head: bytes) -> str | None:
    """The language of the interpreter that the first line names."""
    command = parse_shebang(io.BytesIO(head))
    program = PurePosixPath(command[0]).name if command else ""
    return INTERPRETERS.get(program.rstrip("0123456789."))


def by_text(path: str, language: str, text: str) -> str:
    """The language, or the other one that its ending may stand for, if the text shows the other's marks."""
    other, marks = SHARED.get(extension(path) or "", (language, None))
    return other if marks and marks.search(text) else language
