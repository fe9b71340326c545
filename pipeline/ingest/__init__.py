"""Source trees in, Parquet shards in The Stack's schema out.

    path ─open─▶ source ─entries─▶ entry ─screen─▶ text ─describe─▶ row ─pack─▶ shard
                    └─licences of its folders──────────────────────┘

Everything streams: at most one file and one row group are in memory. Nothing in a source is executed,
nothing is unpacked to disk, and what is left out is counted by reason. Knows nothing of Ray, models or
units.
"""

from pipeline.ingest.language import check as check_languages
from pipeline.ingest.rows import STACK, rows_of
from pipeline.ingest.shards import ShardWriter
from pipeline.ingest.source import Entry, Source
from pipeline.ingest.sources import open_source
from pipeline.ingest.tally import Tally

__all__ = ["STACK", "Entry", "ShardWriter", "Source", "Tally", "check_languages", "open_source", "rows_of"]
