"""Records in, documentation in a source tree out: written into its files, or as a patch for `git apply`.

    python -m jobs.apply --records.path OUT --tree.path DIR [--patch.path FILE] [--style google]

Only the bytes of documentation change. Each file is parsed again: what would change its code is left out and reported.
Documentation that is there is kept, completed or replaced as --existing says. With --dry-run nothing is written; with
--check the units without documentation are named, as path:line, and the status is 1 if there are any.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobs.cli import main
from pipeline.apply import git
from pipeline.apply.choice import Choice
from pipeline.apply.file import Documenter, refused
from pipeline.apply.manner import Manner
from pipeline.apply.match import Row
from pipeline.apply.missing import missing, sources
from pipeline.apply.outcome import LeftOutError, Outcome, Tally
from pipeline.apply.records import by_file
from pipeline.apply.source import opened
from pipeline.apply.tree import Stage, Tree
from pipeline.config.apply import Apply
from pipeline.errors import LimitError, RefusedError, UsageError
from pipeline.progress import say
from pipeline.styles import STYLES

CONFIG = Apply
TOLD = ("stale", "refused")  # states of which each unit is named


def run(config: Apply) -> int:
    """Document the tree, and return 0; or raise what the exit statuses stand for. A check returns 1 for a gap."""
    if config.style not in ("auto", *STYLES):
        raise UsageError(f"style: there is no style {config.style!r}. Allowed: auto, {', '.join(STYLES)}.")
    if config.check:
        return check(config)
    with staged(config) as stage:
        tree = Tree(config.tree.path, config.tree.max_bytes, stage)
        tally = document(config, tree)
        if stage and config.patch.path:
            git.patch(stage.folder, Path(config.patch.path))
    report(config, tally)
    return verdict(tally)


@contextmanager
def staged(config: Apply) -> Iterator[Stage | None]:
    """Where changed files go if not into the tree."""
    if config.patch.path and shutil.which("git") is None:
        raise RefusedError(
            "patch.path: git makes the patch, and is not installed; install it, or leave patch.path out."
        )
    if not (config.patch.path or config.dry_run):
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="starscribe-") as folder:
        yield Stage(Path(folder), git.prefix(Path(config.tree.path)))


def chosen(config: Apply, tree: Tree) -> Choice:
    """What is asked for."""
    ref = config.select.changed
    return Choice(config.select, None if ref is None else git.changed(tree.root, ref))


def document(config: Apply, tree: Tree) -> Tally:
    """The steps of the way, file by file."""
    choice, tally = chosen(config, tree), Tally()
    everything = Choice(config.select.model_copy(update={"include": ["*"], "exclude": []}))
    manner = Manner(config.style, lambda language: sources(tree, everything, language))
    documenter = Documenter(config, choice, manner)
    assert config.records.path is not None
    for path, rows in by_file(config.records.path, config.records.repo):
        if choice.takes_file(path):
            outcomes, changed = one_file(documenter, tree, path, rows)
            tally.add(outcomes, changed)
            tell(config, outcomes)
    return tally


def one_file(documenter: Documenter, tree: Tree, path: str, rows: list[Row]) -> tuple[list[Outcome], bool]:
    """Document a file; what became of its units, and whether it changed."""
    try:
        place = tree.locate(path)
        old = tree.read(place)
        done = documenter.document(opened(path, old, rows[0]["language"]), rows)
        if done.data != old:
            tree.write(place, old, done.data)
    except LeftOutError as error:
        return refused(rows, error.reason), False
    return list(done.outcomes), done.data != old


def tell(config: Apply, outcomes: list[Outcome]) -> None:
    """Name the units that were left out, and in a dry run those that were not."""
    for outcome in outcomes:
        if outcome.state in TOLD or (config.dry_run and outcome.state == "documented"):
            say(str(outcome))


def report(config: Apply, tally: Tally) -> None:
    """What was done, and what was not, by reason."""
    would = "would be " if config.dry_run else ""
    say(f"{tally.of('documented'):,} units in {tally.files:,} files {would}documented; {tally.of('kept'):,} kept.")
    for state, what in (
        ("stale", "stale: their code is another by now"),
        ("refused", "refused"),
        ("no_place", "have no place for documentation"),
        ("not_selected", "not selected"),
    ):
        counts = sorted((reason, count) for (found, reason), count in tally.units.items() if found == state)
        why = ", ".join(f"{count:,} {reason}" for reason, count in counts if reason)
        if counts:
            say(f"{sum(count for _, count in counts):,} {what}{f' ({why})' if why else ''}.")
    if config.patch.path and tally.files:
        say(f"Apply the patch at the top of the checkout: git apply {config.patch.path}")


def verdict(tally: Tally) -> int:
    """0, or LimitError if a unit was refused."""
    if count := tally.of("refused"):
        raise LimitError(f"{count:,} units could not be documented; the lines above say which, and why.")
    return 0


def check(config: Apply) -> int:
    """Name the units without documentation: 1 if there are any, else 0."""
    tree, count = Tree(config.tree.path, config.tree.max_bytes), 0
    for path, unit in missing(tree, chosen(config, tree)):
        say(f"{path}:{unit.start_line}: {unit.kind} {unit.name} has no documentation")
        count += 1
    say(f"{count:,} units have no documentation." if count else "Every unit has documentation.")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main("apply"))
