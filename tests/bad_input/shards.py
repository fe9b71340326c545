"""Shards that must not be read, each with what the plan is to say of it."""

import base64
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

ROWS = pa.table({"content": [f"x = {i}\n" for i in range(100)], "max_stars_repo_path": ["a.py"] * 100})


class Keys(pe.KmsClient):  # type: ignore[misc]
    """A key service that keeps nothing secret."""

    def __init__(self, _: object) -> None:
        super().__init__()

    def wrap_key(self, key_bytes: bytes, master_key_identifier: str) -> bytes:
        return base64.b64encode(key_bytes)

    def unwrap_key(self, wrapped_key: str, master_key_identifier: str) -> bytes:
        return base64.b64decode(wrapped_key)


def whole(path: Path) -> bytes:
    pq.write_table(ROWS, path)
    return path.read_bytes()


def broken_footer(path: Path) -> None:
    data = bytearray(whole(path))
    length = int.from_bytes(data[-8:-4], "little")
    data[-8 - length : -8 - length // 2] = b"\xff" * (length - length // 2)
    path.write_bytes(data)


def bad_counts(path: Path) -> None:
    """A footer one of whose counts of rows has lost a bit: 100 as a zigzag varint is C8 01."""
    data = whole(path)
    length = int.from_bytes(data[-8:-4], "little")
    start = len(data) - 8 - length
    path.write_bytes(data[:start] + data[start:].replace(b"\xc8\x01", b"\xc8\x03", 1))


def encrypted(path: Path, plaintext_footer: bool) -> None:
    factory = pe.CryptoFactory(Keys)
    how = pe.EncryptionConfiguration("footer", column_keys={"key": ["content"]}, plaintext_footer=plaintext_footer)
    secret = factory.file_encryption_properties(pe.KmsConnectionConfig(), how)
    with pq.ParquetWriter(path, ROWS.schema, encryption_properties=secret) as writer:
        writer.write_table(ROWS)


def extension(path: Path) -> None:
    metadata = {"ARROW:extension:name": "ray.data.arrow_pickled_object", "ARROW:extension:metadata": ""}
    fields = [pa.field("content", pa.string()), pa.field("evil", pa.binary(), metadata=metadata)]
    pq.write_table(pa.table([["x"], [b"x"]], schema=pa.schema(fields)), path)


def bomb(path: Path) -> None:
    pq.write_table(pa.table({"content": ["\n" * 50_000_000]}), path, compression="zstd")


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "zero_bytes": (lambda path: path.write_bytes(b""), "cannot be read as Parquet: Parquet file size is 0 bytes."),
    "html": (lambda path: path.write_bytes(b"<html>503</html>" * 9), "cannot be read as Parquet: .*magic bytes"),
    "only_marks": (lambda path: path.write_bytes(b"PAR1 nothing PAR1"), "cannot be read as Parquet: .*smaller than"),
    "truncated": (lambda path: path.write_bytes(whole(path)[:-20]), "cannot be read as Parquet: .*magic bytes"),
    "half": (lambda path: path.write_bytes(whole(path)[:500]), "cannot be read as Parquet: .*magic bytes"),
    "broken_footer": (broken_footer, "cannot be read as Parquet: Couldn't deserialize thrift"),
    "bad_counts": (bad_counts, "has a broken footer"),
    "encrypted": (lambda path: encrypted(path, False), "cannot be read as Parquet: .*encrypted"),
    "encrypted_columns": (lambda path: encrypted(path, True), "is encrypted in column 'content'"),
    "extension_type": (extension, "has an extension type in column 'evil', which can run code"),
    "bomb": (bomb, "may be a bomb: column 'content' of a row group holds 50,[0-9,]+ bytes, packed into [0-9,]+"),
}
