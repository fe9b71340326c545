"""A split's records in, its commit out: the parts are written first, each under a new name, then committed.

Good records and the others go to two parts of the same schema. Page checksums are on. Whatever goes wrong before the
commit leaves nothing that a reader sees.
"""

import hashlib
import io
import uuid
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.faults import reached
from pipeline.hashes import digest
from pipeline.run import ATTEMPTS, Commit, Part, Run
from pipeline.schema import RECORD, Draft, Work
from pipeline.store import Store
from pipeline.tally import tally

Row = dict[str, Any]


def write(work: Work[Row], drafts: Sequence[Draft], store: Store, run: Run) -> Commit:
    """Write and commit a split; what is returned is the commit that counts, this one's or an earlier one's."""
    good = [row for row in work.items if row["status"] == "ok"]
    bad = [row for row in work.items if row["status"] != "ok"]
    attempt = f"{ATTEMPTS}/{work.split.id}-{uuid.uuid4().hex}"
    reached("parts.before", work.split.id)
    parts = [
        _part(store, folder, attempt, work.split.id, rows)
        for folder, rows in (("records", good), ("rejected", bad))
        if rows
    ]
    reached("parts.written", work.split.id)
    return run.commit(
        Commit(
            split=work.split.id,
            run_id=run.id,
            parts=tuple(parts),
            skipped=work.skipped,
            ids_sha256=digest([row["id"] for row in work.items]),
            tally=tally(work.items, drafts),
        )
    )


def _part(store: Store, folder: str, attempt: str, split: str, rows: list[Row]) -> Part:
    data, name = encode(rows, split), f"{attempt}.{folder}.parquet"
    store.create(name, data)
    return Part(
        name=f"{folder}/part-{split}.parquet",
        attempt=name,
        rows=len(rows),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def encode(rows: Sequence[Row], split: str) -> bytes:
    """Records as the bytes of a Parquet file."""
    table = pa.Table.from_pylist(list(rows), schema=RECORD.with_metadata({"starscribe.split": split}))
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd", write_page_checksum=True)
    return buffer.getvalue()
