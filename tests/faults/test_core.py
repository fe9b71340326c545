"""The directed core of the campaign: the main job, killed, stopped and doubled where it matters most, loses nothing.

Replicas that die or hang are tested in `tests/jobs/test_replicas.py`, an S3 store that stays away or does not honour
conditions in `tests/jobs/test_s3.py`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.faults import POINTS
from tests.faults.campaign import trials
from tests.faults.case import Case
from tests.faults.fault import Fault
from tests.faults.outcome import Found, Outcome
from tests.faults.processes import Group
from tests.faults.proxy import Rule
from tests.faults.storage import Storage
from tests.faults.trial import Trial

SLEEPER = """
import subprocess, sys, time
sleep = "import time; print('up', flush=True); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", sleep], start_new_session=True)
time.sleep(600)
"""


def test_a_group_ends_what_left_its_session_and_its_parent(tmp_path: Path) -> None:
    with Group() as group:
        process = group.start([sys.executable, "-c", SLEEPER], tmp_path / "log")
        while not (tmp_path / "log").read_text():
            assert process.poll() is None
        assert len(group.members()) == 2
        process.kill()
        assert process.wait() == -9
        assert len(group.members()) == 1
        group.kill()
        assert group.members() == []


def test_what_is_lost_doubled_or_changed_is_counted() -> None:
    whole = Found(hashes={"a": "1", "b": "2", "c": "3"}, labels={"a": "x", "b": "y", "c": "z"})
    now = Found(hashes={"a": "1", "b": "other"})
    whole.ids.update("abc")
    now.ids.update("aab")
    outcome = Outcome("fault").compared(whole, now)
    assert (outcome.lost, outcome.doubled, outcome.changed, outcome.bad) == (1, 1, 1, True)
    assert Outcome("fault").compared(whole, now, excused="[yz]").changed == 0


@pytest.mark.parametrize("remote", [False, True])
def test_a_campaign_strikes_every_point_and_is_the_same_for_the_same_seed(remote: bool) -> None:
    chosen = list(trials(200, 5, remote))
    points = {fault.point for trial in chosen for fault in trial.faults}
    assert points == {point for point in POINTS if not (remote and point.startswith("store."))}
    assert chosen == list(trials(200, 5, remote))
    assert chosen != list(trials(200, 6, remote))
    assert sum(max(1, len(trial.faults)) for trial in chosen) == 200


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case.prepared(tmp_path_factory.mktemp("local"), Storage())


@pytest.fixture(scope="module")
def remote(local: Case, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """The same on S3, held to what the run on disk made."""
    with Storage.opened("s3") as storage:
        yield Case(tmp_path_factory.mktemp("s3"), local.model, storage, local.environment, local.whole)


def held(outcome: Outcome) -> None:
    """Everything is there, once, as it was; and what was to strike did."""
    assert not outcome.bad, outcome
    assert "occasion" not in outcome.note, outcome


@pytest.mark.parametrize("point", ["commit.created", "manifest.created"])
def test_everything_killed(local: Case, point: str) -> None:
    outcome = local.run(Trial(point, (Fault("all", point),)))
    held(outcome)
    assert outcome.tries == 2


def test_two_live_drivers(local: Case) -> None:
    held(local.run(Trial("two drivers", drivers=2)))


def test_replies_lost_and_bursts_of_503(remote: Case) -> None:
    for rule in (Rule("lost", "PUT", r"_starscribe/commits/|manifest\.json", count=4), Rule("503", count=12, first=30)):
        outcome = remote.run(Trial(rule.kind, rule=rule, remote=True))
        held(outcome)
        assert outcome.tries == 1


def test_a_termination_signal_within_a_request_is_not_asked_again(remote: Case) -> None:
    late = Rule("delay", "PUT", r"run\.json|/config-", seconds=1)
    outcome = remote.run(Trial("signal", (Fault("drain", "plan.created"),), rule=late, remote=True))
    held(outcome)
    assert outcome.note == "[75, 0]"
