"""Ray for a job: start or join it, and decide how many replicas there are and what each takes."""

import logging
import math
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import ray
from ray.data import ActorPoolStrategy, DataContext
from ray.exceptions import AuthenticationError

from jobs import access
from jobs.queue import shorten
from pipeline.config.document import Cluster
from pipeline.errors import RefusedError

DAYS = 24 * 3600.0
CONNECT_SECONDS = 10.0
# Of a replica's process, which is its own: what other processes are for has lower priority (see `give_way`). A thread
# that waits for another sleeps after so many pauses, some 30 µs, and leaves its core to them.
REPLICA = {"env_vars": {"GOMP_SPINCOUNT": "2000"}}


@dataclass(frozen=True, slots=True)
class Placement:
    """How many replicas, the GPUs and CPUs that Ray sets aside for each, and a CPU replica's threads."""

    replicas: int
    gpus: float
    cpus: float
    threads: int | None

    @property
    def readers(self) -> int:
        """How many splits are read and prompted at once: ahead of the replicas.

        As it is not their number, Ray does not fuse these steps into the replicas' processes.
        """
        return self.replicas + 1


@contextmanager
def started(config: Cluster) -> Iterator[Placement]:
    """A Ray cluster for the length of a job, set up for work in splits; one that runs in this process already is used.

    RefusedError if it cannot hold the replicas, or is open to others.
    """
    access.refuse_autoload()
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # what its core logs is for its developers
    os.environ.setdefault("RAY_worker_niceness", "0")  # replicas have this priority, all else of ours a lower one
    # Workers stay: each takes 2 s of a core to start, and Ray ends idle ones where replicas have taken the processors.
    os.environ.setdefault("RAY_kill_idle_workers_interval_ms", "0")
    mine = not ray.is_initialized()
    if mine:
        _start(config)
    try:
        placed = placement(config, ray.cluster_resources())
        _configure(DataContext.get_current(), placed.replicas * config.splits_in_flight)
        yield placed
    finally:
        if mine:
            ray.shutdown()
            signal.signal(
                signal.SIGTERM, signal.getsignal(signal.SIGTERM)
            )  # Ray took it away where Python sees nothing


def _start(config: Cluster) -> None:
    stop = signal.getsignal(signal.SIGTERM)
    with _hushed():
        _init(config)
    signal.signal(signal.SIGTERM, stop)  # Ray's own handler would abort the process instead of ending the job


def _init(config: Cluster) -> None:
    quiet: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
    if config.address is not None:
        _join(config.address, quiet)
        return
    access.refuse_no_token()
    access.keep_token()
    cores = os.cpu_count() or 1
    needed = math.ceil(_cpus(config, 0) * (config.replicas or 1)) + 1
    with access.on_loopback():
        ray.init(address="local", num_cpus=max(cores, min(needed, cores + 1)), include_dashboard=False, **quiet)
    _check_own()


def _check_own() -> None:
    nodes = [node["NodeManagerAddress"] for node in ray.nodes()]
    if os.environ.get(access.MODE) != "token" or not all(map(access.is_loopback, nodes)):
        ray.shutdown()
        raise RefusedError(
            f"Ray {ray.__version__} started a cluster that others can reach, at {nodes}; install ray==2.60.0."
        )


def _join(address: str, quiet: dict[str, Any]) -> None:
    if address.startswith("ray://"):
        raise RefusedError(
            f"cluster.address {address} is one of Ray Client, which cannot be joined; give that of the head node "
            "itself, as HOST:6379."
        )
    host, colon, port = address.rpartition(":")
    nodes: list[str] | None = []
    try:
        if colon and port.isdigit():
            socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS).close()
        nodes = access.seen_without_token(address)
        access.refuse_open(address, nodes or ())
        with access.on_loopback() if access.is_loopback(host) and nodes else nullcontext():
            ray.init(address=address, **quiet)
    except (OSError, ValueError, AuthenticationError) as error:
        raise (access.asks_for_token(address) if nodes is None else _absent(address, error)) from error


def _absent(address: str, error: Exception) -> RefusedError:
    return RefusedError(
        f"There is no Ray cluster at cluster.address {address}: {error}. Start one with ray start --head, "
        "or leave the address out to run on this machine alone."
    )


@contextmanager
def _hushed() -> Iterator[None]:
    """Without what Ray's core writes to the process's stderr by itself; its errors come as exceptions anyway."""
    sys.stderr.flush()
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def _configure(context: DataContext, splits: int) -> None:
    context.enable_progress_bars = False
    context.max_errored_blocks = 0  # more would lose whole splits in silence
    context.target_max_block_size = 1  # a block is a row, which is a split, whatever its size
    context.execution_no_progress_timeout_s = 30 * DAYS  # a split may take long; liveness is the replica's business
    shorten(context, splits)  # as many as the replicas hold wait for them, so that none is ever idle
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # its errors are raised, too


def placement(config: Cluster, resources: dict[str, float]) -> Placement:
    """Where replicas go on a cluster with these resources."""
    gpus = int(resources.get("GPU", 0))
    use_gpu = config.device == "cuda" or (config.device == "auto" and gpus > 0)
    if use_gpu and gpus < (config.replicas or 1):
        raise RefusedError(
            f"The cluster has {gpus} GPUs, too few for cluster.replicas {config.replicas or 1} on cuda; "
            "lower it, or set cluster.device to cpu."
        )
    replicas = config.replicas or (gpus if use_gpu else 1)
    cpus = _cpus(config, gpus if use_gpu else 0)
    total = resources.get("CPU", 0.0)
    if replicas * cpus + 1 > total:
        raise RefusedError(
            f"{replicas} replicas with {cpus:g} CPUs each leave none of the cluster's {total:g} CPUs to read and "
            "write with; lower cluster.replicas or cluster.cpus_per_replica."
        )
    threads = None if use_gpu else max(1, (os.cpu_count() or 1) // replicas)
    return Placement(replicas, 1.0 if use_gpu else 0.0, cpus, threads)


def _cpus(config: Cluster, gpus: int) -> float:
    default = 0.0 if gpus else 1.0
    return default if config.cpus_per_replica is None else config.cpus_per_replica


def pool(placement: Placement, splits_in_flight: int) -> ActorPoolStrategy:
    """A pool of fixed size whose replicas each hold so many splits at once."""
    return ActorPoolStrategy(
        size=placement.replicas,
        max_tasks_in_flight_per_actor=splits_in_flight,
        max_concurrent_calls_per_actor=splits_in_flight,
    )
