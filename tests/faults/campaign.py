"""The fault campaign: the main job under seeded faults, started again until it ends well, and then held to account.

    python -m tests.faults.campaign --seed 1 --faults 40

Every named point of `pipeline.faults` is struck at least once where there are that many faults: a process of the run is
killed or stopped there, the driver is killed, the disk fails. The same command is given again after each abnormal end.
The output must then be, record for record, that of a run which nothing disturbed. Prints a table, and ends with 1 if
anything was lost, doubled or unreadable, or a run needed a person.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline.faults import POINTS
from pipeline.schema import content_hash
from tests.faults.table import TRIES, Outcome, table
from tests.jobs.conftest import make_model, make_shards
from tests.jobs.running import arguments, kill_tree, start

SECONDS = 240.0  # that one start may take
DRIVERS = ("claim", "plan", "finish", "report", "manifest")  # where points of the driver's own begin
STORES = ("ENOSPC", "EIO")


def faults(seed: int, count: int) -> list[dict[str, Any]]:
    """So many faults, each point's first before any point's second."""
    draw = random.Random(seed)
    return [_fault(draw, POINTS[i % len(POINTS)]) for i in range(count)]


def _fault(draw: random.Random, point: str) -> dict[str, Any]:
    once = point.startswith((*DRIVERS, "replica"))
    actions = ["kill", "driver"]
    if point.startswith("unit") or point in ("split.begun", "split.generated"):
        actions += ["stop", "memory"]
    if point.startswith("store"):
        actions += STORES
    if point.startswith(DRIVERS):
        actions = ["kill", "term"]
    return {"point": point, "hit": 1 if once else draw.randint(1, 6), "action": draw.choice(actions)}


def strike(fault: dict[str, Any], args: list[str], out: Path, folder: Path) -> tuple[bool, int]:
    """Run under a fault to the end; whether it struck, and how often the command was given."""
    folder.mkdir()
    (folder / "faults.json").write_text(json.dumps([fault]))
    for starts in range(1, TRIES + 1):
        process = start([*args, "--cluster.stuck_seconds", "5"], folder / "log", STARSCRIBE_FAULTS=str(folder))
        (folder / "driver.pid").write_text(str(process.pid))
        deadline = time.monotonic() + SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        kill_tree(process)
        if process.returncode == 0 and (out / "manifest.json").exists():
            return (folder / f"{fault['point']}.{fault['hit']}").exists(), starts
    return True, TRIES + 1


def judge(name: str, struck: bool, starts: int, seconds: float, out: Path, whole: dict[str, str]) -> Outcome:
    """Compare an output with the undisturbed one's content hashes by id."""
    found: Counter[str] = Counter()
    hashes: dict[str, str] = {}
    unreadable = 0
    for path in (path for folder in ("records", "rejected") for path in (out / folder).glob("*.parquet")):
        try:
            records = pq.read_table(path, page_checksum_verification=True).to_pylist()
        except Exception:  # noqa: BLE001 - whatever it is, a reader would meet it
            unreadable += 1
            continue
        found.update(row["id"] for row in records)
        hashes |= {row["id"]: content_hash(row) for row in records}
    return Outcome(
        fault=name,
        struck=struck,
        lost=len(whole.keys() - found.keys()),
        doubled=found.total() - len(found),
        unreadable=unreadable,
        different=sum(hashes[id_] != whole.get(id_) for id_ in hashes),
        starts=starts,
        seconds=seconds,
    )


def campaign(seed: int, count: int, folder: Path) -> list[Outcome]:
    """The undisturbed run, then each fault's."""
    shards = make_shards(folder / "shards", copies=3)
    model = make_model(folder / "model")

    def one(name: str, fault: dict[str, Any]) -> tuple[Path, bool, int, float]:
        out, began = folder / name, time.monotonic()
        struck, starts = strike(fault, arguments(model, shards, out), out, folder / f"{name}-faults")
        return out, struck, starts, time.monotonic() - began

    out, _, _, undisturbed = one("whole", {"point": "nowhere", "hit": 1, "action": "kill"})
    tables = [pq.read_table(path) for part in ("records", "rejected") for path in (out / part).glob("*.parquet")]
    whole = {row["id"]: content_hash(row) for each in tables for row in each.to_pylist()}
    outcomes = []
    for number, fault in enumerate(faults(seed, count)):
        name = f"{fault['action']} at {fault['point']}"
        out, struck, starts, seconds = one(f"{number:04d}", fault)
        outcomes.append(judge(name, struck, starts, seconds - undisturbed, out, whole))
        sys.stderr.write(f"{outcomes[-1]}\n")
        if outcomes[-1].good:
            shutil.rmtree(out)
    return outcomes


def main() -> int:
    """Run the campaign and print its table."""
    parser = argparse.ArgumentParser(description="the main job under seeded faults")
    parser.add_argument("--seed", type=int, default=1, help="seed of which faults strike when")
    parser.add_argument("--faults", type=int, default=len(POINTS), help="how many faults strike, one a run")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="starscribe-chaos-"))
    outcomes = campaign(given.seed, given.faults, folder)
    sys.stdout.write(table(outcomes))
    return 0 if all(outcome.good for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
