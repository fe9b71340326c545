"""The store in a bucket, over a real S3-protocol server and a network that fails, and the main job on it."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import RefusedError, StoppedError
from pipeline.s3_store import S3Store
from pipeline.schema import content_hash
from pipeline.store import opened, probe
from tests.faults.proxy import Rule, between
from tests.faults.server import BUCKET, CREDENTIALS, download, served
from tests.jobs.conftest import make_shards
from tests.jobs.running import arguments, rows, start, wait_for
from tests.jobs.test_document import run


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with served() as address:
        yield address


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def prefix(request: pytest.FixtureRequest) -> str:
    return f"out/{request.node.name}"


def test_a_name_is_created_once_and_can_be_read_and_listed(server: str, prefix: str) -> None:
    store = S3Store(BUCKET, prefix, endpoint=server)
    probe(store)
    assert store.create("a/b.json", b"one")
    assert not store.create("a/b.json", b"two")
    store.publish("a/b.json", "records/part")
    store.publish("a/b.json", "records/part")
    assert (store.read("records/part"), store.read("absent")) == (b"one", None)
    assert (store.names("a"), store.names("absent")) == (["b.json"], [])
    assert store.names("") == ["_starscribe", "a", "records"]


@pytest.mark.parametrize("kind", ["lost", "twice", "503", "500", "reset"])
def test_what_goes_wrong_on_the_way_does_not_show(server: str, prefix: str, kind: str) -> None:
    with between(server, Rule(kind, count=2)) as proxy:
        store = S3Store(BUCKET, prefix, endpoint=proxy.address)
        assert store.create("name", b"mine")
        assert not store.create("name", b"another's")
        assert store.read("name") == b"mine"
    assert any(request.kind == kind for request in proxy.log)


def test_an_outage_without_end_stops_the_run_in_time(server: str, prefix: str) -> None:
    words = r"Cannot write s3://bucket/.*/name: for 2 s the store said: .*SlowDown"
    with between(server, Rule("503", count=0)) as proxy, pytest.raises(StoppedError, match=words):
        S3Store(BUCKET, prefix, deadline=2, endpoint=proxy.address).create("name", b"x")


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [("denied", RefusedError, "rights to get, put and list"), ("expired", StoppedError, "credentials have expired")],
)
def test_rights_that_are_missing_are_a_sentence(
    server: str, prefix: str, kind: str, error: type[Exception], words: str
) -> None:
    with between(server, Rule(kind, count=0)) as proxy, pytest.raises(error, match=words):
        S3Store(BUCKET, prefix, endpoint=proxy.address).create("name", b"x")


@pytest.mark.parametrize("rest", ["Content-Length: 100\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n64\r\nhalf"])
def test_half_a_request_does_not_reach_the_server(server: str, rest: str) -> None:
    prefix = f"half-{len(rest)}"
    with between(server) as proxy, socket.create_connection(("127.0.0.1", proxy.server_port)) as connection:
        connection.sendall(f"PUT /{BUCKET}/{prefix}/x HTTP/1.1\r\nHost: store\r\n{rest}".encode())
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b"", "the connection is closed without an answer"
    assert S3Store(BUCKET, prefix, endpoint=server).names("") == []


def test_a_bucket_that_is_not_there_is_refused(server: str) -> None:
    with pytest.raises(RefusedError, match="Cannot write s3://nowhere/name"):
        S3Store("nowhere", "", endpoint=server).create("name", b"x")


def test_a_store_that_overwrites_is_refused_at_the_start(server: str, prefix: str) -> None:
    words = "does not refuse a name that is taken"
    with between(server, Rule("plain", "PUT", count=0)) as proxy, pytest.raises(RefusedError, match=words):
        probe(S3Store(BUCKET, prefix, endpoint=proxy.address))


def test_a_run_is_refused_by_such_a_store_before_anything_is_generated(
    server: str, prefix: str, model: Path, tmp_path: Path
) -> None:
    args = arguments(model, make_shards(tmp_path / "shards"), Path("out"))
    args[args.index("out")] = f"s3://{BUCKET}/{prefix}"
    with between(server, Rule("plain", "PUT", count=0)) as proxy:
        assert start(args, tmp_path / "log", AWS_ENDPOINT_URL=proxy.address, **CREDENTIALS).wait(60) == 3
        assert not [request for request in proxy.log if "attempts" in request.key]
    assert "does not refuse a name that is taken" in (tmp_path / "log").read_text()


def test_a_termination_signal_is_heard_within_a_request(server: str, prefix: str, model: Path, tmp_path: Path) -> None:
    args = arguments(model, make_shards(tmp_path / "shards"), Path("out"))
    args[args.index("out")] = f"s3://{BUCKET}/{prefix}"
    with between(server, Rule("delay", count=0, seconds=60)) as proxy:
        process = start(args, tmp_path / "log", AWS_ENDPOINT_URL=proxy.address, **CREDENTIALS)
        wait_for(lambda: proxy.log, process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 75
    assert "Received SIGTERM" in (tmp_path / "log").read_text()


def test_other_places_are_refused() -> None:
    with pytest.raises(RefusedError, match="neither a local directory nor s3://bucket/prefix"):
        opened("gs://bucket/out")


def test_a_run_on_s3_is_what_it_is_on_disk_whatever_happens_on_the_way(
    cluster: None, server: str, prefix: str, model: Path, tmp_path: Path
) -> None:
    shards, log = make_shards(tmp_path / "shards"), tmp_path / "log"
    rules = (
        Rule("lost", "PUT", "commits/", first=1, count=2),
        Rule("twice", "PUT", "attempts/", first=1, count=3),
        Rule("503", ".*", "records/", first=1, count=3),
        Rule("lost", "PUT", "manifest.json"),
        Rule("reset", "GET", ".*", first=5, count=2),
    )
    args = arguments(model, shards, Path("out"))
    args[args.index("out")] = f"s3://{BUCKET}/{prefix}"
    with between(server, *rules) as proxy:
        assert start(args, log, AWS_ENDPOINT_URL=proxy.address, **CREDENTIALS).wait(200) == 0, log.read_text()
        assert not [request for request in proxy.log if request.needs_more], "only get, list, and put what is absent"
        assert {request.kind for request in proxy.log} >= {"lost", "twice", "503", "reset"}
        generated = len(proxy.log)
        assert start(args, log, AWS_ENDPOINT_URL=proxy.address, **CREDENTIALS).wait(60) == 0
        assert "nothing to do" in log.read_text()
        later = {request.key.rpartition("/")[2] for request in proxy.log[generated:] if request.method == "PUT"}
        assert later <= {"run.json", "plan.json"}, "the claim is tried again, and nothing else written"
    assert run(model, shards, tmp_path / "disk") == 0
    found = rows(download(server, prefix, tmp_path / "bucket"))
    assert [content_hash(row) for row in found] == [content_hash(row) for row in rows(tmp_path / "disk")]
