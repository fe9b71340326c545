"""A Ray cluster of several nodes on this machine, and the loss of one.

Run as a program, this module starts the cluster, writes where it is and which processes its nodes are, and stays until
its input ends.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.faults.processes import Group

COUNT = 3  # nodes, the head among them, with two CPUs each


@dataclass(frozen=True, slots=True)
class Nodes:
    """A cluster's address, and the raylets of the nodes that can be lost."""

    address: str
    raylets: tuple[int, ...]

    def lose(self) -> None:
        """SIGKILL for the raylet of a node."""
        with suppress(ProcessLookupError):
            os.kill(self.raylets[0], signal.SIGKILL)


@contextmanager
def nodes(folder: Path, environment: Mapping[str, str], faults: Path) -> Iterator[Nodes]:
    """A cluster whose processes come to the same faults as the job's."""
    answer, log = folder / "nodes.json", folder / "nodes.log"
    with Group() as group:
        command = [sys.executable, "-m", "tests.faults.nodes", str(answer)]
        process = group.start(command, log, STARSCRIBE_FAULTS=str(faults), **environment)
        while not answer.exists():
            if process.poll() is not None:
                raise RuntimeError(f"The cluster did not start: {log.read_text()}")
            time.sleep(0.1)
        said = json.loads(answer.read_text())
        yield Nodes(said["address"], tuple(said["raylets"]))


def main(answer: Path) -> None:
    """Start the cluster, say so, and wait."""
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 2, "include_dashboard": False})
    others = [cluster.add_node(num_cpus=2) for _ in range(COUNT - 1)]
    cluster.wait_for_nodes()
    raylets = [node.all_processes["raylet"][0].process.pid for node in others]
    temporary = answer.with_suffix(".tmp")
    temporary.write_text(json.dumps({"address": cluster.address, "raylets": raylets}))
    temporary.rename(answer)
    sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
