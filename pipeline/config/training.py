"""The sections of `finetune`: what to learn from, the model to begin with, and how to train it."""

from typing import Literal, Self

from pydantic import Field, model_validator

from pipeline.config.load import Section
from pipeline.config.sections import Task, Template

MINED = ("explain", "docstring")  # the tasks whose answers can be made from documented code


class Architecture(Section):
    """A new GPTBigCode model with multi-query attention."""

    vocabulary: int = Field(8192, description="entries of the tokenizer that is trained with it", gt=300)
    window: int = Field(1024, description="longest prompt and output together [tokens]", gt=0)
    width: int = Field(384, description="size of the hidden state", gt=0)
    layers: int = Field(8, description="number of layers", gt=0)
    heads: int = Field(6, description="attention heads of a layer", gt=0)


class Sources(Section):
    """Code to mine for pairs: only what its metadata put under a permissive licence."""

    standard_library: bool = Field(True, description="use the running interpreter's standard library")
    roots: list[str] = Field([], description="folders of installed packages; empty takes the running interpreter's")
    without: list[str] = Field([], description="distributions to leave out")
    held_out: list[str] = Field(
        ["json", "email", "http", "logging"],
        description="packages of the standard library that are never trained on, but validated with",
    )
    most_per_source: int = Field(4000, description="most units taken from one distribution", gt=0)
    longest: int = Field(2400, description="longest code of a unit [characters]", gt=0)


class Data(Section):
    """Instruction pairs: from files, or mined from sources."""

    files: list[str] = Field([], description="JSON, JSONL or Parquet with the columns instruction, input and output")
    sources: Sources | None = Field(None, description="code to mine for pairs")
    validation: float = Field(0.01, description="share of the pairs that is held out", ge=0, lt=1)

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if bool(self.files) == (self.sources is not None):
            raise ValueError("data: give either files or sources, and not both.")
        return self


class Training(Section):
    """How the loss is brought down."""

    seed: int = Field(0, description="seed of every random number", ge=0)
    epochs: float = Field(3.0, description="times that each pair is seen", gt=0)
    minutes: float | None = Field(
        None, description="longest training [minutes]; the learning rate comes to zero at that time", gt=0
    )
    optimizer: Literal["adamw", "muon"] = Field("adamw", description="muon learns more from few steps, on one device")
    rate: float = Field(2e-5, description="highest learning rate", gt=0)
    warmup: float = Field(0.03, description="share of the steps in which the learning rate rises", ge=0, lt=1)
    weight_decay: float = Field(0.0, description="weight decay of the matrices", ge=0)
    clip: float = Field(1.0, description="largest norm of the gradients", gt=0)
    step_tokens: int = Field(8192, description="tokens of one step on one device, padding included", gt=0)
    longest: int = Field(1024, description="longest pair [tokens]; longer ones are left out", gt=0)
    input_weight: float = Field(
        0.0, description="weight of the loss on a pair's input; that on its output is 1", ge=0, le=1
    )
    precision: Literal["no", "bf16"] = Field("bf16", description="number format of the matrix products")
    every: int = Field(100, description="steps between two validations, each with a checkpoint", gt=0)


class Output(Section):
    """Where the model goes."""

    path: str = Field(description="directory of the model; the last checkpoint lies beside it")


class Finetune(Section):
    """The configuration of `finetune`."""

    model: str | None = Field(None, description="directory of the model to begin with")
    architecture: Architecture | None = Field(
        None, description="a new model to begin with, with random weights and its own tokenizer"
    )
    template: Template = Field(Template(), description="how a pair becomes a prompt")
    tasks: dict[str, Task] = Field({}, description="instructions of mined pairs, by task")
    data: Data
    training: Training = Training()
    output: Output

    @model_validator(mode="after")
    def _one_beginning(self) -> Self:
        if (self.model is None) == (self.architecture is None):
            raise ValueError("Give either model, to go on from one, or architecture, to begin a new one.")
        if self.template.form != "text":
            raise ValueError("template.form: training needs a text template; include conf/template/alpaca.yaml.")
        if self.data.sources is not None and not set(self.tasks) <= set(MINED):
            raise ValueError(f"tasks: pairs are mined for {' and '.join(MINED)} only; give others as data.files.")
        return self
