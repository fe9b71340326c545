"""Where replicas go, for clusters of several kinds; what cannot run is refused instead of waited for."""

import os

import pytest

from jobs.cluster import Placement, placement
from pipeline.config.document import Cluster
from pipeline.errors import RefusedError

CORES = os.cpu_count() or 1


def test_one_replica_for_each_gpu() -> None:
    assert placement(Cluster(), {"GPU": 4.0, "CPU": 16.0}) == Placement(4, 1.0, 0.0, None)


def test_without_a_gpu_one_replica_with_every_core() -> None:
    assert placement(Cluster(), {"CPU": 2.0}) == Placement(1, 0.0, 1.0, CORES)
    assert placement(Cluster(device="cpu"), {"GPU": 4.0, "CPU": 16.0}) == Placement(1, 0.0, 1.0, CORES)


def test_replicas_on_cpus_share_the_cores() -> None:
    assert placement(Cluster(replicas=2), {"CPU": 3.0}).threads == max(1, CORES // 2)


def test_replicas_may_be_fewer_than_gpus_and_not_more() -> None:
    assert placement(Cluster(replicas=2), {"GPU": 4.0, "CPU": 16.0}).replicas == 2
    with pytest.raises(RefusedError, match=r"too few for cluster\.replicas 5"):
        placement(Cluster(replicas=5), {"GPU": 4.0, "CPU": 16.0})
    with pytest.raises(RefusedError, match="has 0 GPUs"):
        placement(Cluster(device="cuda"), {"CPU": 16.0})


def test_a_pool_that_would_take_every_cpu_is_refused() -> None:
    with pytest.raises(RefusedError, match="leave none of the cluster's 2 CPUs"):
        placement(Cluster(replicas=2), {"CPU": 2.0})
    assert placement(Cluster(replicas=2, cpus_per_replica=0.5), {"CPU": 2.0}).replicas == 2


@pytest.mark.parametrize("replicas", [1, 2, 8])
def test_readers_are_never_as_many_as_replicas(replicas: int) -> None:
    """Were they, Ray would run reading and prompting inside the replicas."""
    assert Placement(replicas, 0, 0, None).readers != replicas
