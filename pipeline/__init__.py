"""Starscribe's library, in the order of the data's way.

    shard ─read─▶ file ─extract─▶ unit ─prompt─▶ prompt ─generate─▶ draft ─check─▶ record ─write─▶ part + manifest

Each word is a class in `pipeline.schema`; each arrow is a module here. A stage imports `schema` and
`config`, never another stage; `jobs/` composes them.
"""

__version__ = "0.1.0"
