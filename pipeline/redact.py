"""Source text without secrets and personal data: each is replaced by what it is, `<KEY>`, `<PASSWORD>`, `<EMAIL>`.

In: a file, before anything is taken out of it, or a text of the model. Out: the same without the values, and the kinds
of what was replaced, never the values. Lines stay as many as they were, and `Redacted.placed` gives a unit the bytes
that it has in the original.
"""

from dataclasses import dataclass, replace

from pipeline.config.document import Redact
from pipeline.schema import File, Unit
from pipeline.sensitive import Place, found

# Languages of settings, in which values lack quotes.
SETTINGS = {"YAML", "INI", "TOML", "Shell", "Dockerfile", "Java Properties", "Dotenv", "Batchfile", "PowerShell"}


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement: its bytes in the text as it became, and in the text as it was."""

    start: int
    end: int
    old_start: int
    old_end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """A file without what was redacted, and where that was."""

    file: File
    edits: tuple[Edit, ...] = ()

    def placed(self, unit: Unit) -> Unit:
        """A unit of the file, at its bytes in the original, with the kinds of what was redacted in it."""
        if not self.edits:
            return unit
        start, end = unit.start_byte, unit.end_byte
        kinds = tuple(edit.kind for edit in self.edits if edit.start < end and edit.end > start)
        return replace(unit, start_byte=self._old(start, False), end_byte=self._old(end, True), redacted=kinds)

    def _old(self, at: int, last: bool) -> int:
        moved = 0
        for edit in self.edits:
            if edit.end <= at:
                moved = edit.old_end - edit.end
            elif edit.start < at:  # the syntax of what was there ends inside it
                return edit.old_end if last else edit.old_start
        return at + moved


def redacted(file: File, config: Redact) -> Redacted:
    """The file without secrets and personal data, in its content or in its repository's address."""
    repo = file.origin.repo and text_without(file.origin.repo, config)[0]
    places = found(file.content, config, file.origin.language in SETTINGS)
    content, edits = _replaced(file.content, places)
    return Redacted(replace(file, origin=replace(file.origin, repo=repo), content=content), tuple(edits))


def withheld(file: File) -> Redacted:
    """A file that cannot be redacted: nothing of its content."""
    return Redacted(replace(file, content="", problem="redaction_failed"))


def text_without(text: str, config: Redact) -> tuple[str, tuple[str, ...]]:
    """A text without secrets and personal data, and the kinds of what was replaced, in order."""
    places = found(text, config)
    return _replaced(text, places)[0], tuple(kind for _, _, kind in places)


def _replaced(text: str, places: list[Place]) -> tuple[str, list[Edit]]:
    parts: list[str] = []
    edits: list[Edit] = []
    end = new = old = 0
    for start, stop, kind in places:
        kept, value, mark = text[end:start], text[start:stop], f"<{kind.upper()}>"
        new, old = new + _size(kept), old + _size(kept)
        edits.append(Edit(new, new + len(mark), old, old + _size(value), kind))
        parts += [kept, mark]
        end, new, old = stop, new + len(mark), old + _size(value)
    return "".join((*parts, text[end:])), edits


def _size(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))
