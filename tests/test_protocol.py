"""The commit protocol as a state machine: several drivers on one output, over a store that does its worst.

Drivers run the real planner's cuts and the real `Run` and `write`, as coroutines that stop before each request to the
store. Requests are carried out late, twice, or not at all; replies are lost; drivers die at any request. At every
instant what a reader sees must be sound, and at the end an undisturbed driver must find or make a complete output.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from greenlet import GreenletExit, getcurrent, greenlet
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pipeline import write as writing
from pipeline.config.document import Columns, Input
from pipeline.plan import Plan, Shard, ranges
from pipeline.recipe import Recipe
from pipeline.run import COMMITS, FOLDERS, MANIFEST, Run
from pipeline.schema import Split, Work
from pipeline.write import write
from tests.test_run import row

RECIPE = Recipe({"model": {"weights_sha256": "w"}})
CONFIG = Input(path="shards", columns=Columns(), split_rows=2)
SPLITS = tuple(Split("a", start, stop, f"{start:010d}") for start, stop in ranges(7, 700, CONFIG))
PLAN = Plan((Shard("a", 10, "s", 7),), SPLITS)
Request = Callable[[], Any]


class Sea:
    """A store in which creation is exclusive and whole, and nothing else is promised."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def create(self, name: str, data: bytes) -> bool:
        return bool(_asked(lambda: self.objects.setdefault(name, data) == data))

    def publish(self, source: str, target: str) -> None:
        self.create(target, self.objects[source])

    def read(self, name: str) -> bytes | None:
        found: bytes | None = _asked(lambda: self.objects.get(name))
        return found

    def names(self, folder: str) -> list[str]:
        prefix = f"{folder}/" if folder else ""
        found = _asked(lambda: {n.removeprefix(prefix).split("/")[0] for n in self.objects if n.startswith(prefix)})
        return sorted(found)


def _asked(request: Request) -> Any:
    """What a request gets, once the world lets it be carried out; at once outside of a driver's coroutine."""
    world = getcurrent().parent
    return request() if world is None else world.switch(request)


def drive(sea: Sea) -> None:
    """A driver from its start to its end."""
    run = Run(sea)
    plan = run.planned() or PLAN
    run.claim(RECIPE, plan)
    done = run.committed()
    for split in plan.splits:
        if split.id not in done:
            rows = (row(f"{split.id} good"), row(f"{split.id} bad", "rejected"))
            write(Work(split, rows, {}), (), sea, run)
    if run.manifest() is None:
        run.seal(run.finish(plan, {}))


class World(RuleBasedStateMachine):
    """Carries out drivers' requests, well or badly."""

    def __init__(self) -> None:
        super().__init__()
        self.sea, self.late = Sea(), list[Request]()
        self.drivers: dict[greenlet, Request] = {}

    @precondition(lambda self: len(self.drivers) < 3)
    @rule()
    def start(self) -> None:
        self._go_on(greenlet(drive), self.sea)

    @precondition(lambda self: self.drivers)
    @rule(which=st.integers(0, 2), times=st.integers(1, 25))
    def carry_out(self, which: int, times: int) -> None:
        driver = self._driver(which)
        for _ in range(times):
            if driver in self.drivers:
                self._go_on(driver, self.drivers.pop(driver)())

    @precondition(lambda self: self.drivers)
    @rule(which=st.integers(0, 2), again=st.integers(1, 2))
    def lose_the_reply(self, which: int, again: int) -> None:
        """The client asks again, and hears what the last one brought."""
        driver = self._driver(which)
        request = self.drivers.pop(driver)
        for _ in range(again):
            request()
        self._go_on(driver, request())

    @precondition(lambda self: self.drivers)
    @rule(which=st.integers(0, 2))
    def repeat_later(self, which: int) -> None:
        driver = self._driver(which)
        request = self.drivers.pop(driver)
        self.late.append(request)
        self._go_on(driver, request())

    @precondition(lambda self: self.drivers)
    @rule(which=st.integers(0, 2), arrives=st.booleans())
    def die(self, which: int, arrives: bool) -> None:
        """A driver is gone; its last request may arrive long after."""
        driver = self._driver(which)
        request = self.drivers.pop(driver)
        if arrives:
            self.late.append(request)
        driver.throw(GreenletExit)

    @precondition(lambda self: self.late)
    @rule(which=st.integers(0, 99))
    def arrive(self, which: int) -> None:
        self.late.pop(which % len(self.late))()

    def _driver(self, which: int) -> greenlet:
        return list(self.drivers)[which % len(self.drivers)]

    def _go_on(self, driver: greenlet, reply: Any) -> None:
        request = driver.switch(reply)
        if not driver.dead:
            self.drivers[driver] = request

    @invariant()
    def what_a_reader_sees_is_sound(self) -> None:
        objects = self.sea.objects
        commits = [json.loads(data) for name, data in objects.items() if name.startswith(COMMITS)]
        parts = {part["name"]: part for commit in commits for part in commit["parts"]}
        for part in parts.values():
            assert hashlib.sha256(objects[part["attempt"]]).hexdigest() == part["sha256"]
        final = {name for name in objects if name.startswith(FOLDERS)}
        assert final <= parts.keys()
        assert all(objects[name] == objects[parts[name]["attempt"]] for name in final)
        if MANIFEST in objects:
            assert {part["name"] for part in json.loads(objects[MANIFEST])["parts"]} == final
            self._complete()

    def _complete(self) -> None:
        for folder, kind in zip(FOLDERS, ("good", "bad"), strict=True):
            parts = [json.loads(data) for name, data in self.sea.objects.items() if name.startswith(folder)]
            assert sorted(id_ for _, *ids in parts for id_ in ids) == [f"{split.id} {kind}" for split in SPLITS]

    def teardown(self) -> None:
        for driver in self.drivers:
            driver.throw(GreenletExit)
        drive(self.sea)
        self._complete()
        manifest = self.sea.objects[MANIFEST]
        for request in self.late:
            request()
        self._complete()
        assert self.sea.objects[MANIFEST] == manifest


@pytest.fixture(autouse=True)
def _ids_for_parquet(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in a part is not this test's business: its ids stand for it, and something that no other attempt has."""
    monkeypatch.setattr(writing, "encode", lambda rows, _: json.dumps([uuid4().hex, *(r["id"] for r in rows)]).encode())


class TestWorld(World.TestCase):  # type: ignore[misc, name-defined]
    settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
