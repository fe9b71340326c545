"""A `Store` in a bucket of S3, or of whatever speaks its protocol and honours `If-None-Match`.

Every write is one conditional put, which succeeds only where the name is free: nothing is overwritten, copied, renamed
or deleted, so that rights to get, put and list suffice. What fails for a while is asked again, with jitter and up to a
deadline; if the reply to a put was lost, the next one is refused and finds that what stands there is its own.
Credentials, region and endpoint are boto3's affair: the environment, a profile, or the machine's role.
"""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
)
from tenacity import RetryError, Retrying, retry_if_exception, stop_after_delay, wait_random_exponential

from pipeline.errors import RefusedError, StarscribeError, StoppedError

T = TypeVar("T")

TIMEOUT = 20.0  # seconds that a connection or a reply may take
DEADLINE = 300.0  # seconds that one operation may take, with all its repetitions
LONGEST_WAIT = 15.0  # seconds between two of them
TAKEN, ABSENT = "412", ("404", "NoSuchKey")
TRANSIENT = ("SlowDown", "RequestTimeout", "ConditionalRequestConflict", "OperationAborted", "Throttling")
EXPIRED = ("ExpiredToken", "TokenRefreshRequired", "RequestExpired")


class S3Store:
    """A `Store` below `s3://bucket/prefix`.

    RefusedError where rights or the bucket are missing; StoppedError where the store does not answer for `deadline`
    seconds, or the credentials have run out.
    """

    def __init__(self, bucket: str, prefix: str, deadline: float = DEADLINE, endpoint: str | None = None) -> None:
        self._bucket, self._prefix = bucket, prefix.strip("/")
        self._deadline, self._endpoint = deadline, endpoint

    def create(self, name: str, data: bytes) -> bool:
        put = functools.partial(_client(self._endpoint).put_object, Bucket=self._bucket, Key=self._key(name), Body=data)
        try:
            self._ask("write", name, functools.partial(put, IfNoneMatch="*"))
        except ClientError as error:
            if _code(error) not in (TAKEN, "PreconditionFailed"):
                raise
            return self.read(name) == data
        return True

    def publish(self, source: str, target: str) -> None:
        if not self._exists(target) and (data := self.read(source)) is not None:
            self.create(target, data)

    def read(self, name: str) -> bytes | None:
        def get() -> bytes:
            body: bytes = _client(self._endpoint).get_object(Bucket=self._bucket, Key=self._key(name))["Body"].read()
            return body

        return self._unless_absent("read", name, get)

    def names(self, folder: str) -> list[str]:
        prefix = self._key(folder).rstrip("/") + "/" if self._key(folder) else ""
        pages = functools.partial(self._pages, prefix)
        found = [name for page in self._ask("list", folder, pages) for name in _named(page)]
        return sorted(name.removeprefix(prefix).rstrip("/") for name in found)

    def _pages(self, prefix: str) -> list[dict[str, Any]]:
        pages = _client(self._endpoint).get_paginator("list_objects_v2")
        return list(pages.paginate(Bucket=self._bucket, Prefix=prefix, Delimiter="/"))

    def _exists(self, name: str) -> bool:
        head = functools.partial(_client(self._endpoint).head_object, Bucket=self._bucket, Key=self._key(name))
        return self._unless_absent("look up", name, head) is not None

    def _key(self, name: str) -> str:
        return "/".join(part for part in (self._prefix, name) if part)

    def _unless_absent(self, verb: str, name: str, ask: Callable[[], T]) -> T | None:
        try:
            return self._ask(verb, name, ask)
        except ClientError as error:
            if _code(error) in ABSENT:
                return None
            raise

    def _ask(self, verb: str, name: str, ask: Callable[[], T]) -> T:
        retrying = Retrying(
            retry=retry_if_exception(transient),
            wait=wait_random_exponential(0.2, LONGEST_WAIT),
            stop=stop_after_delay(self._deadline),
        )
        try:
            return retrying(ask)
        except (RetryError, BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and _code(error) in (TAKEN, "PreconditionFailed", *ABSENT):
                raise
            raise self._told(verb, name, error) from error

    def _told(self, verb: str, name: str, error: Exception) -> StarscribeError:
        place = f"s3://{self._bucket}/{self._key(name)}"
        if isinstance(error, RetryError):
            last = error.last_attempt.exception()
            return StoppedError(f"Cannot {verb} {place}: for {self._deadline:g} s the store said: {last}.")
        if isinstance(error, ClientError) and _code(error) in EXPIRED:
            return StoppedError(f"Cannot {verb} {place}: the credentials have expired. Renew them.")
        if isinstance(error, NoCredentialsError):
            return RefusedError(f"Cannot {verb} {place}: no credentials. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID.")
        return RefusedError(f"Cannot {verb} {place}: {error} Check its name, and the rights to get, put and list.")


def transient(error: BaseException) -> bool:
    """Whether to ask again: the store or the way to it failed, not what was asked."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= 500 or status == 429 or _code(error) in TRANSIENT
    return isinstance(error, HTTPClientError | ConnectionError | IncompleteReadError)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _named(page: dict[str, Any]) -> list[str]:
    return [
        *(str(entry["Key"]) for entry in page.get("Contents", ())),
        *(str(entry["Prefix"]) for entry in page.get("CommonPrefixes", ())),
    ]


@functools.cache
def _client(endpoint: str | None) -> Any:
    """One per process: making one takes long, and threads may share it."""
    config = Config(
        retries={"total_max_attempts": 1}, connect_timeout=TIMEOUT, read_timeout=TIMEOUT, max_pool_connections=32
    )
    return boto3.client("s3", endpoint_url=endpoint, config=config)
