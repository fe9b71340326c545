"""One output directory's run: claimed once by its fingerprint, committed split by split, finished by its manifest.

Everything rests on create-if-absent (`pipeline.store`): of all who create a name exactly one succeeds, what it wrote is
there whole and stays, and nothing is ever overwritten, renamed or deleted.

    _starscribe/run.json          the claim: fingerprint, recipe
    _starscribe/plan.json         shards and splits
    _starscribe/attempts/…        parts as they were written, each under a name of its own
    _starscribe/commits/….json    one per committed split
    records/, rejected/           the committed attempts, linked under their final names
    manifest.json                 there if and only if the run is complete

Why each split's records are in the output exactly once, whoever dies when, however often and from however many drivers
an operation is tried, and in whatever order a store carries them out:

1. Before the claim there is nothing. The claim's creator decides recipe and plan; whoever comes with others is refused.
   The plan is a function of the input, and its hash stands in the claim: everyone who passes has the same splits.
2. An attempt's parts have names of their own (a random id). All of them are durable before the commit is tried, so a
   commit never speaks of a part that is not there; parts without a commit are orphans, which no commit names.
3. A commit's name is its split's. One creation succeeds; every other attempt, a dead driver's late one included, reads
   the winner and goes on with that. Hence one set of parts for each split, decided at one instant. An interrupted
   creation is either there, and found by the next `committed`, or not, and the split is done again.
4. Final names come after the commit, and only ever from the commit that stands: publishing is repeatable, by anyone.
   Under `records/` and `rejected/` lies nothing that lost.
5. The manifest is created when each planned split has its commit and each part under its final name has the commit's
   hash. Commits never change, so two drivers' manifests list the same parts, whichever is first. A run without manifest
   is finished by any later one from what stands here.
6. A store may repeat a creation or lose its reply: the repetition finds the name taken, by what it holds itself.

What this does not need: clocks, leases, locks, rights to delete. What it does need of the store: that creation is
atomic, exclusive and durable, and that a name, once created, is seen by every later read (`probe` tries the second).
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.errors import RefusedError
from pipeline.faults import reached
from pipeline.hashes import digest
from pipeline.plan import Plan
from pipeline.recipe import Recipe, differences
from pipeline.store import Store
from pipeline.tally import Tally, add

CLAIM = "_starscribe/run.json"
PLAN = "_starscribe/plan.json"
COMMITS = "_starscribe/commits"
ATTEMPTS = "_starscribe/attempts"
MANIFEST = "manifest.json"
FOLDERS = ("records", "rejected")


@dataclass(frozen=True, slots=True)
class Part:
    """One output file: its final name, the attempt that it is, rows, length in bytes, sha256."""

    name: str
    attempt: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Commit:
    """What a split came to: its parts, and the counts and the hash of the ids of its records."""

    split: str
    run_id: str
    parts: tuple[Part, ...]
    skipped: dict[str, int]
    ids_sha256: str
    tally: Tally

    def dump(self) -> bytes:
        return json.dumps(asdict(self), sort_keys=True).encode()

    @staticmethod
    def parse(data: bytes) -> "Commit":
        tree = json.loads(data)
        return Commit(**{**tree, "parts": tuple(Part(**part) for part in tree["parts"])})


class Run:
    """The run in a store. `id` names this execution; the records of a resumed run have several."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.id = uuid.uuid4().hex

    def planned(self) -> Plan | None:
        """The plan that the directory was claimed with, if it was."""
        data = self._store.read(PLAN)
        return None if data is None else Plan.parse(data)

    def claim(self, recipe: Recipe, plan: Plan) -> None:
        """Make the directory this recipe's and plan's. RefusedError with the difference if it is another's."""
        claim = {
            "fingerprint": digest(recipe.sha256, plan.sha256),
            "plan": plan.sha256,
            "recipe": recipe.tree,
        }
        self._refuse_strangers()
        reached("claim.before")
        if not self._store.create(CLAIM, json.dumps(claim, indent=1).encode()):
            self._compare(json.loads(self._store.read(CLAIM) or b"{}"), claim)
        reached("claim.created")
        self._store.create(PLAN, plan.dump())
        reached("plan.created")

    def _refuse_strangers(self) -> None:
        strangers = [name for name in self._store.names("") if name != "_starscribe"]
        if strangers and self._store.read(CLAIM) is None:
            raise RefusedError(
                f"The output directory holds {strangers[0]!r}, which is not of a run; "
                "set output.path to an empty or new directory."
            )

    @staticmethod
    def _compare(old: dict[str, Any], new: dict[str, Any]) -> None:
        if old["fingerprint"] == new["fingerprint"]:
            return
        changes = [f"  {line}" for line in differences(old["recipe"], new["recipe"])]
        if old["plan"] != new["plan"]:
            changes.append("  the input: other shards, or other settings of how it is cut")
        raise RefusedError(
            "The output directory belongs to another recipe. What differs (there → now):\n"
            + "\n".join(changes)
            + "\nGo on with the old settings, or set output.path to a new directory."
        )

    def commit(self, commit: Commit) -> Commit:
        """Commit a split. What is returned is what counts: this commit, or that of whoever was first."""
        name = f"{COMMITS}/{commit.split}.json"
        won = self._store.create(name, commit.dump())
        reached("commit.created", commit.split)
        winner = commit if won else Commit.parse(self._store.read(name) or b"")
        self._publish(winner)
        reached("commit.published", commit.split)
        return winner

    def _publish(self, commit: Commit) -> None:
        for part in commit.parts:
            self._store.publish(part.attempt, part.name)

    def committed(self) -> list[str]:
        """Ids of the splits that are committed."""
        return [name.removesuffix(".json") for name in self._store.names(COMMITS)]

    def commits(self, splits: Iterable[str]) -> Iterator[Commit]:
        """The commit records of committed splits."""
        for split in splits:
            data = self._store.read(f"{COMMITS}/{split}.json")
            if data is None:
                raise RefusedError(f"The commit record of split {split} is gone from the output; restore it.")
            yield Commit.parse(data)

    def manifest(self) -> dict[str, Any] | None:
        """The manifest, if the run is complete."""
        data = self._store.read(MANIFEST)
        return None if data is None else json.loads(data)

    def finish(self, plan: Plan, facts: dict[str, Any]) -> dict[str, Any]:
        """Check every part, publish what a kill left unpublished, and make the manifest, which `seal` writes.

        RefusedError if a split is not committed or a part is not what its commit says.
        """
        reached("finish.before")
        missing = {split.id for split in plan.splits} - set(self.committed())
        if missing:
            raise RefusedError(f"{len(missing)} splits are not committed, {min(missing)} among them; run again.")
        commits = list(self.commits(split.id for split in plan.splits))
        with ThreadPoolExecutor() as pool:
            list(pool.map(self._check, commits))
        return {**facts, **summary(commits)}

    def seal(self, manifest: dict[str, Any]) -> None:
        """Write the manifest: the run is complete."""
        self._store.create(MANIFEST, json.dumps(manifest, indent=1).encode())
        reached("manifest.created")

    def _check(self, commit: Commit) -> None:
        self._publish(commit)
        for part in commit.parts:
            data = self._store.read(part.name) or b""
            if hashlib.sha256(data).hexdigest() != part.sha256:
                raise RefusedError(f"The part {part.name} is not what its commit says; restore {part.attempt}.")


def summary(commits: Iterable[Commit]) -> dict[str, Any]:
    """What the manifest says of all splits together."""
    commits = list(commits)
    parts = [{k: v for k, v in asdict(part).items() if k != "attempt"} for c in commits for part in c.parts]
    return {
        "splits": len(commits),
        "rows": {folder: sum(p["rows"] for p in parts if p["name"].startswith(folder)) for folder in FOLDERS},
        "skipped": add([{"skipped": c.skipped} for c in commits]).get("skipped", {}),
        "tally": add(c.tally for c in commits),
        "ids_sha256": digest([c.ids_sha256 for c in commits]),
        "parts": parts,
    }
