"""`make chaos`: the main job under seeded faults, started again until it is done, and then held to account.

    python -m tests.faults.campaign --seed 1 --faults 200 --store s3

Every point of `pipeline.faults` is struck, then what strikes requests or the input, then every point in every other way
that fits it, then two or three faults in one run, all drawn by the seed. The output must then be, record for record,
that of a run which nothing disturbed. Prints a table in Markdown, writes it and every outcome below `--out`, and ends
with 1 if a row was lost, doubled or changed, a part cannot be read or is not in the manifest, a request needed more
rights than it should, or a run needed a person.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from pipeline.faults import POINTS
from tests.faults.case import OTHER, Case
from tests.faults.fault import Fault
from tests.faults.outcome import Outcome, save, table
from tests.faults.storage import RULES, Storage
from tests.faults.trial import Trial, flip, truncate

DRIVER = ("claim.before", "claim.created", "plan.created", "finish.before", "report.published", "manifest.created")
REPLICA = ("split.begun", "unit.begun", "split.generated")
STORE = ("store.synced", "store.linked")  # of the local store
HITS = {"replica.starting": 1, "unit.begun": 30, "store.synced": 25, "store.linked": 30}  # of one undisturbed run
SPLITS = 8
PARTIAL = (0, 4)  # all is done that could be, and the status says whether that is all
KILLER = "Square.area"  # the name of a unit

ODD = (
    Trial("finished job started again", ends=2),
    Trial("two live drivers", drivers=2),
    Trial("node lost (raylet killed) while generating", (Fault("node", "split.begun", 2),)),
    Trial("node lost (raylet killed) while committing", (Fault("node", "parts.written", 3),)),
    Trial("a unit that always fails", (Fault("error", "unit.begun", 0, KILLER),), excused=KILLER),
    Trial("a unit that always kills its replica", (Fault("kill", "unit.begun", 0, KILLER),), excused=KILLER),
    Trial("truncated shard", damage=truncate, excused=f"^{OTHER}/", good=PARTIAL),
    Trial("bit flipped in a page that has a checksum", damage=flip, excused=f"^{OTHER}/", good=PARTIAL),
)


def ways(point: str) -> tuple[str, ...]:
    """The actions that fit a point."""
    if point in DRIVER:
        return ("kill", "all", "drain")
    if point in STORE:
        return ("kill", "driver", "all", "ENOSPC", "EIO")
    everywhere = ("kill", "driver", "all", "drain")
    return (*everywhere, "memory", "stop") if point in REPLICA else everywhere


def trials(count: int, seed: int, remote: bool) -> Iterator[Trial]:
    """Trials with `count` faults in all."""
    draw = random.Random(seed)
    faults = [Fault(action, point) for point in POINTS if not (remote and point in STORE) for action in ways(point)]
    requests = [Trial(name, rule=rule, remote=True) for name, rule in RULES.items()] if remote else []
    first, rest = covering(faults, draw)
    single = [*alone(first, draw), *requests, *ODD, *alone(rest, draw)][:count]
    yield from single
    left = count - len(single)
    while left > 0:
        several = tuple(later(draw.choice(faults), draw) for _ in range(min(left, draw.randint(2, 3))))
        yield Trial("two or three of these in one run", several)
        left -= len(several)


def covering(faults: list[Fault], draw: random.Random) -> tuple[list[Fault], list[Fault]]:
    """One fault of every point, and the others, in an order drawn."""
    shuffled = draw.sample(faults, len(faults))
    first = {fault.point: fault for fault in shuffled}
    return list(first.values()), [fault for fault in shuffled if fault not in first.values()]


def alone(faults: Iterable[Fault], draw: random.Random) -> Iterator[Trial]:
    """A trial for each."""
    return (Trial(fault.name, (later(fault, draw),)) for fault in faults)


def later(fault: Fault, draw: random.Random) -> Fault:
    """The same at a hit that one run comes to."""
    last = 1 if fault.point in DRIVER else HITS.get(fault.point, SPLITS)
    return replace(fault, hit=draw.randint(1, last))


def main() -> int:
    """Run the campaign, and print its table."""
    given = _arguments()
    given.out.mkdir(parents=True, exist_ok=True)
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, Storage.opened(given.store) as storage:
        case = Case.prepared(Path(folder), storage)
        for trial in islice(trials(given.faults, given.seed, storage.remote), given.skip, None):
            if given.only in trial.name:
                outcomes.append(case.run(trial))
                sys.stderr.write(f"{outcomes[-1]}\n")
                save(outcomes, given.out / f"{given.store}.json", seed=given.seed, undisturbed=case.seconds)
    sys.stdout.write(table(outcomes))
    return int(any(outcome.bad for outcome in outcomes))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="the main job under seeded faults")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is drawn")
    parser.add_argument("--faults", type=int, default=200, help="how many strike, in all")
    parser.add_argument("--skip", type=int, default=0, help="how many runs to leave out, as an earlier one made them")
    parser.add_argument("--only", default="", help="run only what has this in its name")
    parser.add_argument("--store", choices=("local", "s3"), default="local")
    parser.add_argument("--out", type=Path, default=Path("runs/chaos"), help="folder of the results")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
