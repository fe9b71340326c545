"""Who reaches a job's Ray cluster: nobody from elsewhere, and nobody without its token. Real clusters, real sockets."""

import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from jobs import access
from pipeline.errors import RefusedError

ROOT = Path(__file__).parents[2]
TOKEN = "7e" * 32
JOIN = """
import sys
from jobs.cluster import started
from pipeline.config.document import Cluster
from pipeline.errors import RefusedError
try:
    with started(Cluster(address=sys.argv[1])) as placement:
        print("joined", placement.replicas)
except RefusedError as error:
    print(error)
"""
OWN = """
import os, psutil
from jobs.cluster import started
from pipeline.config.document import Cluster
with started(Cluster()):
    here = psutil.Process()
    for process in (here, *here.children(recursive=True)):
        for connection in process.net_connections("inet"):
            if connection.status == psutil.CONN_LISTEN:
                print("listens", connection.laddr.ip, process.name())
    print("mode", os.environ["RAY_AUTH_MODE"])
    gcs = __import__("ray").get_runtime_context().gcs_address
    from jobs.access import seen_without_token
    print("asks", seen_without_token(gcs) is None)
"""


def environment(**more: str) -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("RAY_")} | more


def python(code: str, *arguments: str, **more: str) -> str:
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment(**more), capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def head(**more: str) -> Iterator[int]:
    """A cluster's head node, as `ray start` makes it; its port."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        port = probe.getsockname()[1]
    folder = tempfile.mkdtemp(prefix="ray", dir="/tmp")  # short: sockets lie in it
    options = ["--head", f"--port={port}", "--num-cpus=2", "--include-dashboard=false", f"--temp-dir={folder}"]
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", *options]
    process = subprocess.Popen(command, env=environment(**more), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if b"block forever" in line:
                break
        yield port
    finally:
        for member in (*psutil.Process(process.pid).children(recursive=True), process):
            member.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_cluster_of_ones_own_listens_on_this_machine_only_and_asks_for_a_token(tmp_path: Path) -> None:
    lines = python(OWN, HOME=str(tmp_path)).splitlines()
    listening = {line.split()[1] for line in lines if line.startswith("listens")}
    assert listening
    assert listening <= {"127.0.0.1", "::1", "::ffff:127.0.0.1"}
    assert {"mode token", "asks True"} <= set(lines)
    assert stat.S_IMODE((tmp_path / ".ray" / "auth_token").stat().st_mode) == 0o600


def test_an_open_cluster_that_others_reach_is_refused_with_the_remedy() -> None:
    with head(RAY_AUTH_MODE="disabled") as port:
        said = python(JOIN, f"127.0.0.1:{port}")
        assert f"cluster.address 127.0.0.1:{port} asks for no token" in said
        assert "RAY_AUTH_MODE=token on every node" in said
        said = python(JOIN, f"127.0.0.1:{port}", RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=TOKEN)
        assert "asks for no token" in said, "a token of one's own does not make it closed"


def test_a_cluster_with_a_token_is_joined_with_it_and_not_without() -> None:
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": TOKEN}
    with head(**token) as port:
        address = f"127.0.0.1:{port}"
        assert "joined 1" in python(JOIN, address, **token)
        assert "set RAY_AUTH_MODE=token here" in python(JOIN, address, HOME="/nonexistent")


def test_an_open_cluster_on_this_machine_only_is_joined() -> None:
    with head(RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER="0", RAY_AUTH_MODE="disabled") as port:
        assert "joined 1" in python(JOIN, f"127.0.0.1:{port}", HOME="/nonexistent")


def test_a_client_address_is_refused() -> None:
    assert "is one of Ray Client" in python(JOIN, "ray://127.0.0.1:10001")


@pytest.mark.parametrize("name", ["RAY_DATA_AUTOLOAD_PYEXTENSIONTYPE", "RAY_DATA_AUTOLOAD_PICKLE_OBJECT_SCALAR"])
def test_what_lets_parquet_files_run_code_is_refused_by_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not [name for name in os.environ if name.startswith("RAY_DATA_AUTOLOAD_")]
    monkeypatch.setenv(name, "1")
    with pytest.raises(RefusedError, match=f"{name} is set"):
        access.refuse_autoload()


def test_to_do_without_a_token_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    with pytest.raises(RefusedError, match="RAY_AUTH_MODE is 'disabled'"):
        access.refuse_no_token()


def test_a_token_that_others_can_read_is_closed_to_them_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAY_AUTH_TOKEN", raising=False)
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "sub" / "token"))
    access.keep_token()
    made = (tmp_path / "sub" / "token").read_text()
    (tmp_path / "sub" / "token").chmod(0o644)
    access.keep_token()
    assert (tmp_path / "sub" / "token").read_text() == made
    assert len(made) == 64
    assert stat.S_IMODE((tmp_path / "sub" / "token").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "sub").iterdir()] == ["token"]


def test_a_place_that_holds_no_token_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_AUTH_TOKEN", raising=False)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "file" / "token"))
    with pytest.raises(RefusedError, match="Set RAY_AUTH_TOKEN_PATH"):
        access.keep_token()
