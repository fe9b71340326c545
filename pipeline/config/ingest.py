"""The configuration of the job `ingest`."""

from typing import Self

from pydantic import Field, model_validator

from pipeline.config.load import Section


class Source(Section):
    """Where the code lies, and what to call it."""

    paths: list[str] = Field(
        description="directories, git checkouts, and .zip, .tar, .tar.gz, .tgz, .tar.bz2 or .tar.xz archives",
        min_length=1,
    )
    repo: str | None = Field(
        None,
        description="repository name to record; null takes the git remote's, else the folder's or file's",
    )
    include: list[str] = Field(["*"], description="globs of paths to take; * also crosses /")
    exclude: list[str] = Field([], description="globs of paths to leave out; * also crosses /")

    @model_validator(mode="after")
    def _one_name_for_one_path(self) -> Self:
        if self.repo is not None and len(self.paths) > 1:
            raise ValueError(
                f"source.repo: {self.repo!r} would name {len(self.paths)} sources; ingest them one by one."
            )
        return self


class Archive(Section):
    """What an archive may ask of this machine; one that asks for more is refused as a bomb."""

    max_members: int = Field(1_000_000, description="most members of one archive", gt=0)
    max_ratio: float = Field(200.0, description="most bytes unpacked per byte of archive, above the first 64 MiB", gt=0)


class Filters(Section):
    """What is left out. Each switch is on where it is true."""

    max_file_bytes: int = Field(1_048_576, description="largest file [bytes]", gt=0)
    languages: list[str] = Field([], description="languages to keep, as The Stack names them; empty keeps all")
    hidden: bool = Field(True, description="leave out folders whose name begins with a dot")
    vendored: bool = Field(True, description="leave out node_modules, vendor, site-packages and the like")
    generated: bool = Field(True, description="leave out lock files and files that say a program wrote them")
    minified: bool = Field(True, description="leave out minified JavaScript and CSS")
    max_average_line: float | None = Field(200.0, description="longest average line [characters]; null for any", gt=0)
    max_line: int | None = Field(10_000, description="longest line [characters]; null for any", gt=0)


class Shards(Section):
    """Where the shards go, and their size."""

    path: str = Field(description="folder for the shards: new, or empty")
    rows_per_shard: int = Field(50_000, description="most files in one shard", gt=0)
    shard_bytes: int = Field(
        268_435_456, description="a shard is full at this much source text [bytes, before compression]", gt=0
    )
    rows_per_group: int = Field(256, description="most files in one row group", gt=0)
    group_bytes: int = Field(
        16_777_216,
        description="a row group is full at this much source text [bytes]; bounds the memory",
        gt=0,
    )


class Ingest(Section):
    """Everything that `ingest` can be told."""

    source: Source
    archive: Archive = Archive()
    filters: Filters = Filters()
    output: Shards
