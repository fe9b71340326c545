"""The configuration of the main job: one section per step of the way from shard to record."""

from typing import Literal, Self

from pydantic import Field, model_validator

from pipeline.config.load import Section
from pipeline.config.sections import Engine, Model, Place, Sampling, Task, Template
from pipeline.schema import KINDS, Kind

# What py3langid can tell apart and people write documentation in.
Language = Literal[
    "ar", "bg", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu", "id", "it", "ja",
    "ko", "lt", "lv", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "th", "tr", "uk", "vi", "zh",
]  # fmt: skip


class Columns(Section):
    """Which input column holds what. The defaults are The Stack's names; only `content` must be there."""

    content: str = Field("content", description="column of the source text")
    language: str | None = Field("lang", description="column of the programming language")
    repo: str | None = Field("max_stars_repo_name", description="column of the repository")
    path: str | None = Field("max_stars_repo_path", description="column of the path in the repository")
    commit: str | None = Field("max_stars_repo_head_hexsha", description="column of the repository's commit")
    licenses: str | None = Field("max_stars_repo_licenses", description="column of the source's licences")
    blob_id: str | None = Field("hexsha", description="column of the file's git blob sha1")


class Input(Section):
    """The shards, which of their rows are taken, and how they are cut into splits."""

    path: Place = Field(description="directory of Parquet shards, or one shard")
    columns: Columns = Columns()
    languages: list[str] | None = Field(None, description="take only files in these languages; null takes all")
    licenses: list[str] | None = Field(
        None, description="take only files all of whose licences (SPDX ids) are listed; null takes all"
    )
    max_bytes: int = Field(10_000_000, description="a longer file is rejected as too_long [bytes]", gt=0)
    split_rows: int = Field(64, description="most rows of a split", gt=0)
    split_bytes: int = Field(512 * 1024, description="most source text of a split, as estimated [bytes]", gt=0)


class Units(Section):
    """Which pieces of a file are documented."""

    kinds: list[Kind] = Field(list(KINDS), description="kinds of unit: function, method, class, module", min_length=1)
    max_bytes: int = Field(1_000_000, description="a longer unit is rejected as too_long [bytes]", gt=0)


class Redact(Section):
    """What is replaced in source text before the model sees it, and in the model's text."""

    secrets: bool = Field(True, description="replace passwords, tokens and private keys by <PASSWORD> and <KEY>")
    personal: bool = Field(True, description="replace e-mail and public IP addresses by <EMAIL> and <IP_ADDRESS>")


class Checks(Section):
    """What a text must be to count as good. A record failing one is rejected with the check's name."""

    language: Language | None = Field("en", description="natural language of the text (ISO 639-1); null takes any")
    # Of 3,468 docstrings of the standard library 0.5 % are above this.
    max_repetition: float = Field(0.2, description="largest share of repeated 4-grams of words", ge=0, le=1)
    max_copied: float = Field(
        0.8, description="largest share of the text copied from the code in long runs", ge=0, le=1
    )
    allow_truncated: bool = Field(False, description="keep texts that were cut off at the token limit")
    allow_toxic: bool = Field(False, description="keep texts with abusive or obscene words")
    allow_invented: bool = Field(False, description="keep docstrings with entries for parameters that are not there")


class Cluster(Section):
    """Where the replicas run."""

    address: str | None = Field(None, description="Ray cluster to join; null starts a local one, auto finds it")
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="auto takes the GPUs, where there are any")
    replicas: int | None = Field(
        None, description="number of replicas; null is one per GPU, else one", gt=0, le=100_000
    )
    cpus_per_replica: float | None = Field(None, description="CPUs that Ray sets aside for a replica", ge=0, le=1024)
    stuck_seconds: float = Field(
        600.0, description="a replica whose engine takes longer for one step is replaced [seconds]", gt=0
    )
    splits_in_flight: int = Field(4, description="splits that a replica works on at once", gt=0)


class Output(Section):
    """Where the run writes."""

    path: Place = Field(description="directory of the run: empty, absent, or that of the same recipe to go on with")


class Limits(Section):
    """What a run may come to. A complete run beyond `rejected` or `errors` ends with 4; the others end a run early."""

    rejected: float = Field(
        1.0,
        description="largest share of rejected records; a run bound to have more ends early",
        ge=0,
        le=1,
    )
    errors: float = Field(0.0, description="largest share of error records", ge=0, le=1)
    consecutive_errors: int = Field(
        100, description="error records in a row, in splits of nothing else, that end a run", gt=0
    )
    total_tokens: int | None = Field(
        None, description="prompt and output tokens of the whole output, beyond which a run ends; null sets none", gt=0
    )
    unit_seconds: float | None = Field(
        None, description="time for one text; a longer one becomes an error record [seconds]; null sets none", gt=0
    )


class Document(Section):
    """The configuration of `document`."""

    input: Input
    redact: Redact = Redact()
    units: Units = Units()
    template: Template = Template()
    tasks: dict[str, Task] = Field(description="what to write of each unit", min_length=1)
    model: Model
    sampling: Sampling = Sampling()
    engine: Engine = Engine()
    checks: Checks = Checks()
    cluster: Cluster = Cluster()
    limits: Limits = Limits()
    output: Output

    @model_validator(mode="after")
    def _outputs_fit_the_window(self) -> Self:
        for name, task in self.tasks.items():
            if self.model.window is not None and task.longest >= self.model.window:
                raise ValueError(
                    f"tasks.{name}.max_tokens: {task.longest} leaves no room for a prompt in model.window "
                    f"({self.model.window} tokens); lower it."
                )
        return self
