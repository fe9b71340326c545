"""A server on loopback that speaks S3's protocol: moto, in a process that ends with the one that asked for it.

Run as a program, this module is the server; it prints its port, and ends when its input does.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

ROOT = Path(__file__).parents[2]
BUCKET = "bucket"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


@contextmanager
def served() -> Iterator[str]:
    """The address of a server that has one empty bucket."""
    command = [sys.executable, "-m", "tests.faults.server"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            address = f"http://127.0.0.1:{int(process.stdout.readline())}"
            client(address).create_bucket(Bucket=BUCKET)
            yield address
        finally:
            process.stdin.close()


def client(address: str) -> Any:
    """A client of a server, which asks it directly."""
    return boto3.client(
        "s3",
        endpoint_url=address,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name=CREDENTIALS["AWS_DEFAULT_REGION"],
    )


def download(address: str, prefix: str, folder: Path) -> Path:
    """Everything below a prefix as files of a folder, without the names that stand for folders."""
    asked = client(address)
    for page in asked.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix + "/"):
        for entry in (entry for entry in page.get("Contents", ()) if not entry["Key"].endswith("/")):
            path = folder / entry["Key"].removeprefix(prefix + "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(asked.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read())
    return folder


def main() -> None:
    """Serve until the input ends."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main()
