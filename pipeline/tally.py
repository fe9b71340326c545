"""Counts of records that can be added up: per split in its commit, and over a run in the manifest and the report.

A tally maps a dimension (status, kind, …) to counts by value. Quantities are counted in bins, each named by its upper
bound, a power of two. So a driver's memory does not grow with the number of rows.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.schema import Draft

Tally = dict[str, dict[str, int]]
Row = Mapping[str, Any]

QUANTITIES = ("prompt_tokens", "output_tokens")


def tally(records: Iterable[Row], drafts: Iterable[Draft]) -> Tally:
    """The counts over a split's records, and over the drafts that they came from."""
    counts: dict[str, Counter[str]] = {}

    def count(dimension: str, value: str, by: int = 1) -> None:
        counts.setdefault(dimension, Counter())[value] += by

    for record in records:
        _count_record(record, count)
    for draft in drafts:
        if draft.seconds is not None:
            count("milliseconds", bin_of(draft.seconds * 1000))
    return {dimension: dict(values) for dimension, values in counts.items()}


def _count_record(record: Row, count: Any) -> None:
    for dimension in ("status", "kind", "task"):
        count(dimension, record[dimension])
    count("language", record["language"] or "unknown")
    count("status_by_kind", f"{record['kind']} {record['status']}")
    count("status_by_task", f"{record['task']} {record['status']}")
    for reason in record["reasons"]:
        count("reason", reason)
    for kind in record["redacted"] or ():
        count("redacted", kind)
    for license_id in record["licenses"] or ["unknown"]:
        count("license", license_id)
    for quantity in QUANTITIES:
        value = record["provenance"][quantity]
        if value is not None:
            count(quantity, bin_of(value))
            count("total", quantity, value)


def bin_of(value: float) -> str:
    """The name of a quantity's bin: the smallest power of two that is not below it."""
    return str(1 << max(int(-(-value // 1)) - 1, 0).bit_length())


def add(tallies: Iterable[Tally]) -> Tally:
    """The sum of tallies."""
    total: dict[str, Counter[str]] = {}
    for one in tallies:
        for dimension, values in one.items():
            total.setdefault(dimension, Counter()).update(values)
    return {dimension: dict(values) for dimension, values in total.items()}
