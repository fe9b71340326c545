"""`make chaos-ray`: the faults of the campaign against plain Ray Data with Ray's own checkpoint (`plain_job`).

Each trial is the same command until it ends with 0, as a scheduler gives it. Prints the same table as the campaign:
rows that a run never came to, since it fails each time, count as lost there, and the run as one that needs a person.

What is configured in Ray's favour: blocks, and so commits, of ten rows; the checkpoint beside the output; four CPUs
for a job that needs three, since on two a resumed run waits for ever (a trial of its own); five starts, and nothing
but the fault that is named. Ray deletes the checkpoint of a job that succeeded, unless told to keep it: where that
matters, both are tried.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.faults.attempts import Attempt, attempts
from tests.faults.fault import Fault, Strikes
from tests.faults.outcome import Found, Outcome, found, save, table
from tests.faults.plain_job import ROWS
from tests.faults.proxy import HELD, Rule
from tests.faults.storage import Place, Storage
from tests.faults.trial import Trial, flip, truncate

SHARDS = 12
PATIENCE = 100.0  # seconds for one execution; an undisturbed one takes a quarter
POISON = "05-03"  # the id of one row
DAMAGED = "04"  # the name of one shard
PENDING, COMMITTED = r"-checkpoint/.*\.pending\.parquet", r"-checkpoint/[^.]*\.parquet"
KEPT = ("--keep",)
WORKING = "everything killed while the model works"


def at(action: str, point: str, hit: int = 1) -> tuple[Fault, ...]:
    return (Fault(action, point, hit),)


def always(action: str) -> tuple[Fault, ...]:
    return (Fault(action, "model.begun", 0, POISON),)


TRIALS = (
    Trial("everything killed: ids written, no data yet", at("all", "pending.written", 4)),
    Trial("everything killed in the middle of a data file", at("all", "data.half", 4)),
    Trial("everything killed between data and commit", at("all", "data.written", 4)),
    Trial(WORKING, at("all", "model.begun", 17)),
    Trial(WORKING, at("all", "model.begun", 64)),
    Trial(WORKING, at("all", "model.begun", 101)),
    Trial("driver killed, the rest lives on", at("driver", "data.written", 4)),
    Trial("driver killed, the rest lives on", at("driver", "model.begun", 55)),
    Trial("driver killed after its last write", at("kill", "job.done")),
    Trial("SIGTERM", at("drain", "model.begun", 60)),
    Trial("replica killed", at("kill", "model.begun", 44)),
    Trial("writer killed after its commit", at("kill", "committed", 4)),
    Trial(
        "writer killed after its commit, then everything as that is repeated",
        (*at("kill", "committed", 12), *at("all", "pending.written", 13)),
    ),
    Trial("finished job started again", ends=2),
    Trial("two live drivers", drivers=2),
    Trial("driver killed after its last write; checkpoint kept", at("kill", "job.done"), KEPT),
    Trial("finished job started again; checkpoint kept", options=KEPT, ends=2),
    Trial("two live drivers; checkpoint kept", options=KEPT, drivers=2),
    Trial("everything killed; write_parquet(mode='overwrite')", at("all", "committed", 5), ("--mode", "overwrite")),
    Trial("everything killed; resumed on two CPUs", at("all", "committed", 5), ("--cpus", "2")),
    Trial("a row that fails", always("error"), excused=POISON),
    Trial("a row that fails; max_errored_blocks=-1", always("error"), ("--errored", "-1"), excused=POISON),
    Trial("a row that always kills its replica", always("kill"), excused=POISON),
    Trial("replica stopped (SIGSTOP)", at("stop", "model.begun", 44)),
    Trial("disk full in a data file", at("ENOSPC", "data.half", 4)),
    Trial("disk fails at a commit", at("EIO", "data.written", 4)),
    Trial("truncated shard", damage=truncate, excused=f"^{DAMAGED}"),
    Trial("bit flipped in a page that has a checksum", damage=flip),
    Trial("S3: everything killed within the commit", at("all", HELD), rule=Rule("hold", "DELETE", PENDING, 4)),
    Trial("S3: two live drivers", remote=True, drivers=2),
    Trial("S3: 503 SlowDown, 8 times", rule=Rule("503", key=COMMITTED, count=8)),
    Trial("S3: 503 SlowDown for ever", rule=Rule("503", key=COMMITTED, first=5, count=0)),
    Trial("S3: 500, 8 times", rule=Rule("500", key=COMMITTED, count=8)),
    Trial("S3: connection reset, 8 times", rule=Rule("reset", key=COMMITTED, count=8)),
    Trial("S3: reply to commits lost", rule=Rule("lost", "PUT", COMMITTED, count=3)),
    Trial("S3: no right to delete, given after the failure", rule=Rule("denied", "DELETE", PENDING, 4, count=0)),
    Trial("S3: credentials expired once", rule=Rule("expired", "PUT", COMMITTED, 4)),
)


@dataclass(slots=True)
class Bench:
    """Makes trials below a folder, against the undisturbed run: its rows, its seconds by whether it was on S3."""

    folder: Path
    server: Storage
    whole: Found = field(default_factory=Found)
    seconds: dict[bool, float] = field(default_factory=dict)
    runs: int = 0

    def prepare(self) -> None:
        """Make the undisturbed runs."""
        for trial in (Trial("undisturbed"), Trial("undisturbed", remote=True)):
            outcome = self.run(trial)
            if outcome.bad or self.whole.ids.total() != SHARDS * ROWS:
                raise RuntimeError(f"An undisturbed run failed: {outcome}")
            self.seconds[trial.remote] = outcome.seconds

    def run(self, trial: Trial) -> Outcome:
        """A trial's outcome, against the undisturbed run's."""
        self.runs += 1
        folder = self.folder / f"run-{self.runs}"
        strikes = Strikes(folder / "faults", trial.faults)
        make_shards(folder / "shards")
        if trial.damage:
            trial.damage(folder / "shards" / f"{DAMAGED}.parquet")
        storage = self.server if trial.remote or trial.rule else Storage()
        with storage.place(folder, trial.rule) as place:
            return self._judged(trial, place, strikes, folder)

    def _judged(self, trial: Trial, place: Place, strikes: Strikes, folder: Path) -> Outcome:
        meanwhile = [0]

        def look() -> None:
            meanwhile.append(len(_found(place).unreadable))
            if place.proxy:
                place.proxy.mend()

        job = [sys.executable, "-m", "tests.faults.plain_job", str(folder / "shards"), place.path]
        command = [*job, "--blocks", str(SHARDS), *trial.options]
        what = Attempt(command, place.environment, folder / "log", trial.drivers, trial.ends, trial.good, PATIENCE)
        done, now = attempts(what, strikes, look), _found(place)
        self.whole = self.whole if self.whole.ids else now
        outcome = Outcome(
            trial.name,
            meanwhile=max(meanwhile),
            tries=len(done.statuses),
            stuck=done.stuck,
            seconds=done.seconds - self.seconds.get(place.proxy is not None, 0.0),
            note=f"{list(done.statuses)}{'' if strikes.struck() else ', not every fault had its occasion'}",
        )
        return outcome.compared(self.whole, now, trial.excused)


def _found(place: Place) -> Found:
    with place.files() as out:
        return found(out, ("",), lambda row: str(row["text"]), lambda row: str(row["id"]))


def make_shards(folder: Path) -> Path:
    """Shards of ten rows."""
    folder.mkdir(parents=True)
    for shard in range(SHARDS):
        ids = [f"{shard:02}-{row:02}" for row in range(ROWS)]
        rows = pa.table({"id": ids, "content": [f"def f():\n    return {id_!r}\n" for id_ in ids]})
        pq.write_table(rows, folder / f"{shard:02}.parquet", write_page_checksum=True, use_dictionary=False)
    return folder


def outcomes(only: str) -> Iterator[Outcome]:
    """The trials whose names hold a word, one after another."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, Storage.opened("s3") as server:
        bench = Bench(Path(folder), server)
        bench.prepare()
        yield from (bench.run(trial) for trial in TRIALS if only in trial.name)


def main() -> None:
    """Make the trials, and print their table."""
    parser = argparse.ArgumentParser(description="plain Ray Data with its own checkpoint under faults")
    parser.add_argument("--only", default="", help="make only the trials whose names hold this")
    parser.add_argument("--out", type=Path, default=Path("runs/chaos"), help="folder of the results")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    done: list[Outcome] = []
    for outcome in outcomes(arguments.only):
        done.append(outcome)
        sys.stderr.write(f"{outcome}\n")
        save(done, arguments.out / "ray.json")
    sys.stdout.write(table(done))


if __name__ == "__main__":
    main()
