"""A proxy before an S3 server, which does to chosen requests what networks and stores do, and keeps a log of all.

503        answers SlowDown, and forwards nothing        lost       forwards, and drops the answer
500        answers InternalError                         twice      forwards it twice, and gives the second answer
reset      resets the connection                         plain      forwards without If-None-Match
delay      forwards after `seconds`                      denied     answers AccessDenied
hold       keeps it, and makes the file `held.1`         expired    answers ExpiredToken
"""

import http.client
import re
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

ANSWERS = {
    "503": (503, "SlowDown"),
    "500": (500, "InternalError"),
    "denied": (403, "AccessDenied"),
    "expired": (403, "ExpiredToken"),
}
HELD, HOURS = "held", 7200.0
HOP = ("connection", "keep-alive", "transfer-encoding", "content-length", "host", "expect")


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to which requests: the `first` that matches and those after it, `count` in all, 0 without end."""

    kind: str
    method: str = ".*"
    key: str = ".*"
    first: int = 1
    count: int = 1
    seconds: float = 25.0

    def matches(self, method: str, key: str) -> bool:
        return bool(re.fullmatch(self.method, method) and re.search(self.key, key))


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came, and what was done to it."""

    method: str
    key: str
    conditional: bool
    copy: bool
    kind: str | None

    @property
    def needs_more(self) -> bool:
        """Whether it asks for more than to get, list, and put what is not there."""
        return self.method == "DELETE" or self.copy or (self.method == "PUT" and not self.conditional)


class Proxy(ThreadingHTTPServer):
    """The proxy; `log` holds every request so far, `folder` the file by which others see that one is held."""

    daemon_threads = True

    def __init__(self, upstream: str, rules: Sequence[Rule] = (), folder: Path = Path()) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, parts = folder, urlsplit(upstream)
        self.upstream, self.log = (str(parts.hostname), int(parts.port or 80)), list[Request]()
        self._rules, self._seen, self._lock = list(rules), [0] * len(rules), threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def rule(self, method: str, key: str, conditional: bool, copy: bool) -> Rule | None:
        """Log a request, and say which rule strikes it."""
        with self._lock:
            struck = [self._count(index, method, key) for index in range(len(self._rules))]
            rule = next(filter(None, struck), None)
            self.log.append(Request(method, key, conditional, copy, rule and rule.kind))
        return rule

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that was killed."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def mend(self) -> None:
        """Let nothing strike any more."""
        with self._lock:
            self._rules.clear()

    def _count(self, index: int, method: str, key: str) -> Rule | None:
        rule = self._rules[index]
        if not rule.matches(method, key):
            return None
        self._seen[index] += 1
        over = self._seen[index] - rule.first
        return rule if over >= 0 and (rule.count == 0 or over < rule.count) else None


class Handler(BaseHTTPRequestHandler):
    """Does to one request what its rule says, or hands it on."""

    protocol_version = "HTTP/1.1"
    server: Proxy

    def _handle(self) -> None:
        body = self._body()
        conditional, copy = "If-None-Match" in self.headers, "x-amz-copy-source" in self.headers
        rule = self.server.rule(self.command, unquote(urlsplit(self.path).path), conditional, copy)
        kind = rule.kind if rule else None
        if kind in ANSWERS:
            self._answer(*_error(*ANSWERS[kind]))
        elif kind == "hold":
            (self.server.folder / f"{HELD}.1").touch()
            time.sleep(HOURS)
        elif kind == "reset":
            self._drop(reset=True)
        else:
            if rule and kind == "delay":
                time.sleep(rule.seconds)
            answers = [self._forwarded(body, bare=kind == "plain") for _ in range(2 if kind == "twice" else 1)]
            if kind == "lost":
                self._drop()
            else:
                self._answer(*answers[-1])

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _handle  # noqa: N815 - the names that http.server looks for

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self._whole(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0] or "-1", 16):
            body += self._whole(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            continue  # trailers
        return body

    def _whole(self, size: int) -> bytes:
        """So many bytes: a store takes no part of a body, but the server behind this one would."""
        data = self.rfile.read(size) if size >= 0 else b""
        if len(data) < size or size < 0:
            raise ConnectionAbortedError("The client ended in the middle of a request.")
        return data

    def _forwarded(self, body: bytes, bare: bool) -> tuple[int, list[tuple[str, str]], bytes]:
        left_out = (*HOP, "if-none-match") if bare else HOP
        headers = {name: value for name, value in self.headers.items() if name.lower() not in left_out}
        upstream = http.client.HTTPConnection(*self.server.upstream, timeout=30)
        upstream.request(self.command, self.path, body, {**headers, "Content-Length": str(len(body))})
        answer = upstream.getresponse()
        data = answer.read()
        upstream.close()
        return answer.status, answer.getheaders(), data

    def _answer(self, status: int, headers: list[tuple[str, str]], data: bytes) -> None:
        self.send_response_only(status)
        length = dict(headers).get("Content-Length", "0") if self.command == "HEAD" else str(len(data))
        for name, value in [*((n, v) for n, v in headers if n.lower() not in HOP), ("Content-Length", length)]:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _drop(self, reset: bool = False) -> None:
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def log_message(self, *_: object) -> None:
        """Nothing: the proxy keeps a log of its own."""


def _error(status: int, code: str) -> tuple[int, list[tuple[str, str]], bytes]:
    return status, [("Content-Type", "application/xml")], f"<Error><Code>{code}</Code></Error>".encode()


@contextmanager
def between(upstream: str, *rules: Rule, folder: Path = Path()) -> Iterator[Proxy]:
    """A proxy at work in a thread of its own."""
    proxy = Proxy(upstream, rules, folder)
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join()
