"""The configuration of the job `apply`."""

from typing import Literal, Self

from pydantic import Field, model_validator

from pipeline.config.load import Section
from pipeline.config.sections import Place


class Records(Section):
    """Where the documentation comes from."""

    path: Place | None = Field(None, description="output of `document`, complete; `check` needs none")
    repo: str | None = Field(None, description="repository whose records are used; null for all of them")


class Tree(Section):
    """Where the documentation goes."""

    path: str = Field(description="folder of the sources: the one whose paths the records have")
    max_bytes: int = Field(4_194_304, description="largest file that is touched [bytes]", gt=0)


class Patch(Section):
    """A patch in place of changed files."""

    path: str | None = Field(None, description="file to write a patch to, for `git apply`; the tree is left as it is")


class Select(Section):
    """Which units are documented, or checked: those for which everything here holds."""

    include: list[str] = Field(["*"], description="globs of paths to take; * also crosses /")
    exclude: list[str] = Field([], description="globs of paths to leave out; * also crosses /")
    kinds: list[Literal["function", "method", "class", "module"]] = Field(
        ["function", "method", "class", "module"], description="kinds of units to take", min_length=1
    )
    public: bool = Field(False, description="only units that others may use, by the language's own convention")
    changed: str | None = Field(
        None, description="only files that differ from this git commit, or that git does not know yet", min_length=1
    )
    at_least: dict[str, float] = Field(
        {}, description="least values of a record's checks: --select.at_least.words 5; true is 1, false 0"
    )
    at_most: dict[str, float] = Field(
        {}, description="largest values of a record's checks: --select.at_most.repetition 0.2"
    )


class Apply(Section):
    """Everything that `apply` can be told."""

    records: Records = Records()
    tree: Tree
    patch: Patch = Patch()
    style: str = Field(
        "auto",
        description="google, numpy, rest or epytext, for Python; auto takes what the file uses, else what the tree "
        "does, else what is usual in the language",
        min_length=1,
    )
    width: int = Field(88, description="longest line of documentation [columns]", ge=40)
    existing: Literal["keep", "complete", "replace"] = Field(
        "keep",
        description="documentation that is there: keep it, complete it with what it says nothing of, or replace it",
    )
    select: Select = Select()
    dry_run: bool = Field(False, description="only say what would be done")
    check: bool = Field(False, description="only name the units without documentation, as path:line; status 1 if any")

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        if not self.check and self.records.path is None:
            raise ValueError("records.path: this key is needed; give the output of `document`, or --check.")
        asked = [
            key for key, on in (("check", self.check), ("dry_run", self.dry_run), ("patch", self.patch.path)) if on
        ]
        if len(asked) > 1:
            raise ValueError(f"{asked[0]}: it writes nothing, and {asked[1]} asks for something else; leave one out.")
        return self
