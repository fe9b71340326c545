"""Who may reach the Ray cluster of a job: whoever can, runs code on it.

A cluster that the job starts listens on this machine only and asks for a token; the token lies in a file that nobody
else may read. A cluster that it joins must ask for a token, too, or be on this machine only: an open one is refused.
Ray 2.60 by itself listens on every interface, and makes the file readable by all.
"""

import ipaddress
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from ray._private import ray_constants

from pipeline.errors import RefusedError

MODE, TOKEN, TOKEN_PATH = "RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"
AUTOLOAD = "RAY_DATA_AUTOLOAD_"
PROBE_SECONDS = 60.0
# The addresses of the cluster's nodes as one without a token sees them; null where it is asked for.
PROBE = """
import json, sys
from ray._private.services import canonicalize_bootstrap_address
from ray._raylet import GcsClient
from ray.exceptions import AuthenticationError
address = canonicalize_bootstrap_address("auto") if sys.argv[1] == "auto" else sys.argv[1]
try:
    nodes = GcsClient(address=address).get_all_node_info(timeout=10).values()
    print(json.dumps([node.node_manager_address for node in nodes]))
except AuthenticationError:
    print("null")
"""


def refuse_autoload() -> None:
    """RefusedError if a variable lets Ray Data run code that stands in Parquet files."""
    found = sorted(name for name in os.environ if name.startswith(AUTOLOAD))
    if found:
        raise RefusedError(f"{found[0]} is set: it lets Ray run code that stands in Parquet files. Unset it.")


def refuse_no_token() -> None:
    """RefusedError if Ray is told to do without a token."""
    mode = os.environ.get(MODE, "token")
    if mode.lower() != "token":
        raise RefusedError(
            f"{MODE} is {mode!r}: anybody who reaches the Ray cluster could run code on it. Unset it, or set token."
        )


def keep_token() -> None:
    """See to it that the token's file, if it is to be one, is there, and that nobody else may read it."""
    if TOKEN in os.environ:
        return
    path = Path(os.environ.get(TOKEN_PATH) or Path.home() / ".ray" / "auth_token")
    try:
        if not path.exists():
            _create(path, secrets.token_hex(32))
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise RefusedError(
            f"Ray's token cannot be kept in {path}: {error}. Set {TOKEN_PATH} to a file that only you can read."
        ) from error


def _create(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:  # mode 0600
        file.write(text)
        file.flush()
        with suppress(FileExistsError):  # of another job, which was first
            os.link(file.name, path)


@contextmanager
def on_loopback() -> Iterator[None]:
    """Ray takes this machine's address to be 127.0.0.1 while this lasts, and listens there only.

    It has no setting for that on Linux: it replaces 127.0.0.1 by the address that others reach.
    """
    enabled = ray_constants.ENABLE_RAY_CLUSTER
    ray_constants.ENABLE_RAY_CLUSTER = False
    try:
        yield
    finally:
        ray_constants.ENABLE_RAY_CLUSTER = enabled


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host of that name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def seen_without_token(address: str) -> list[str] | None:
    """The nodes' addresses of a cluster that asks for no token, an empty list where there is no cluster, or None."""
    environment = {k: v for k, v in os.environ.items() if k not in (TOKEN, TOKEN_PATH)} | {MODE: "disabled"}
    command = [sys.executable, "-c", PROBE, address]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=PROBE_SECONDS)
    except subprocess.SubprocessError:
        return []
    nodes: list[str] | None = json.loads(done.stdout.splitlines()[-1])
    return nodes


def refuse_open(address: str, nodes: Sequence[str]) -> None:
    """RefusedError if others than this machine reach one of an open cluster's nodes."""
    reached = [node for node in nodes if not is_loopback(node)]
    if reached:
        raise RefusedError(
            f"The Ray cluster at cluster.address {address} asks for no token, and its node {reached[0]} can be reached "
            f"from elsewhere: anybody there can run code on it. Start it with {MODE}=token on every node and here, the "
            f"same token on all of them: ray get-auth-token --generate makes one in ~/.ray/auth_token."
        )


def asks_for_token(address: str) -> RefusedError:
    """What to say where a cluster cannot be joined without its token."""
    return RefusedError(
        f"The Ray cluster at cluster.address {address} asks for its token: set {MODE}=token here, and put the token "
        f"that its nodes have into ~/.ray/auth_token, or into a file that {TOKEN_PATH} names."
    )
