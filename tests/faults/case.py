"""The main job over a small model and two shards, as it is run under faults: what it is given, what came of it."""

import json
import secrets
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.run import FOLDERS, MANIFEST
from pipeline.schema import content_hash
from tests.faults.attempts import Attempt, attempts
from tests.faults.fault import Strikes
from tests.faults.nodes import Nodes, nodes
from tests.faults.outcome import Found, Outcome, found
from tests.faults.storage import Place, Storage
from tests.faults.trial import Trial
from tests.jobs.conftest import make_model, make_shards
from tests.jobs.running import arguments

COPIES = 2  # of the sources, in the first shard
OTHER = "other"  # the second shard, and where its paths lie
PATH = "max_stars_repo_path"
SECONDS_STUCK = 5


@dataclass(slots=True)
class Case:
    """Runs the job, each time to an output of its own below `folder`; `whole` is what the undisturbed run made."""

    folder: Path
    model: Path
    storage: Storage
    environment: dict[str, str]
    whole: Found = field(default_factory=Found)
    seconds: float = 0.0
    runs: int = 0

    @staticmethod
    def prepared(folder: Path, storage: Storage) -> "Case":
        """With its model, and the undisturbed run done."""
        model = make_model(folder / "model")
        case = Case(folder, model, storage, {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)})
        undisturbed = case.run(Trial("undisturbed"))
        if undisturbed.bad or not case.whole.ids:
            raise RuntimeError(f"The undisturbed run failed: {undisturbed} {(folder / 'run-1' / 'log').read_text()}")
        case.seconds = undisturbed.seconds
        return case

    def run(self, trial: Trial) -> Outcome:
        """One run, and what is wrong with its output."""
        self.runs += 1
        folder = self.folder / f"run-{self.runs}"
        strikes = Strikes(folder / "faults", trial.faults)
        other = make_input(folder / "shards")
        if trial.damage:
            trial.damage(other)
        with ExitStack() as stack:
            place = stack.enter_context(self.storage.place(folder, trial.rule))
            spread = any(fault.action == "node" for fault in trial.faults)
            environment = {**self.environment, **place.environment}
            joined = stack.enter_context(nodes(folder, environment, strikes.folder)) if spread else None
            return self._judged(trial, place, strikes, folder, joined)

    def _judged(self, trial: Trial, place: Place, strikes: Strikes, folder: Path, joined: Nodes | None) -> Outcome:
        meanwhile = [0]

        def look() -> None:
            meanwhile.append(len(_found(place).unreadable))
            if place.proxy:
                place.proxy.mend()

        more = ("--cluster.address", joined.address) if joined else ()
        environment = {**self.environment, **place.environment}
        command = self._command(folder, place, (*trial.options, *more))
        what = Attempt(command, environment, folder / "log", trial.drivers, trial.ends, trial.good)
        done = attempts(what, strikes, look, joined.lose if joined else lambda: None)
        outcome = Outcome(
            trial.name,
            meanwhile=max(meanwhile),
            rights=sum(request.needs_more for request in place.proxy.log) if place.proxy else 0,
            tries=len(done.statuses),
            stuck=done.stuck,
            seconds=done.seconds - self.seconds,
            note=f"{list(done.statuses)}{'' if strikes.struck() else ', not every fault had its occasion'}",
        )
        return self._compared(outcome, place, trial.excused)

    def _command(self, folder: Path, place: Place, more: Sequence[str]) -> list[str]:
        given = arguments(self.model, folder / "shards", folder / "out", *more)
        given[given.index("--output.path") + 1] = place.path
        stuck = ("--cluster.stuck_seconds", str(SECONDS_STUCK))
        return [sys.executable, "-m", "jobs.document", *given, *stuck]

    def _compared(self, outcome: Outcome, place: Place, excused: str) -> Outcome:
        now = _found(place)
        self.whole = self.whole if self.whole.ids else now
        return replace(outcome.compared(self.whole, now, excused), unlisted=_unlisted(place, now))


def make_input(folder: Path) -> Path:
    """Two shards, of which the second is returned."""
    other = folder / f"{OTHER}.parquet"
    (make_shards(folder) / "shard.parquet").rename(other)
    rows = pq.read_table(other)
    paths = pa.array([f"{OTHER}/{path}" for path in rows[PATH].to_pylist()])
    changed = rows.set_column(rows.schema.get_field_index(PATH), PATH, paths)
    pq.write_table(changed, other, row_group_size=4, write_page_checksum=True)
    make_shards(folder, COPIES)
    return other


def _found(place: Place) -> Found:
    with place.files() as out:
        return found(out, FOLDERS, content_hash, lambda row: f"{row['path']}:{row['name']}")


def _unlisted(place: Place, now: Found) -> int:
    with place.files() as out:
        path = out / MANIFEST
        listed = {part["name"] for part in json.loads(path.read_text())["parts"]} if path.exists() else set()
    return len(listed ^ set(now.parts))
