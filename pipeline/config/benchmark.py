"""The configuration of `benchmark`: which engines, over which model, on which rows; extraction of what; how often."""

from typing import Literal, Self

from pydantic import Field, model_validator

from pipeline.config import sections
from pipeline.config.load import Section


class Shape(Section):
    """A GPTBigCode model with multi-query attention and random weights, made for the length of the benchmark."""

    n_embd: int = Field(description="size of the hidden state", gt=0)
    n_layer: int = Field(description="number of layers", gt=0)
    n_head: int = Field(description="attention heads of a layer", gt=0)
    vocab: int = Field(description="entries of the vocabulary; at least those of the tokenizer", gt=0)
    n_positions: int = Field(2048, description="longest prompt and output together [tokens]", gt=0)

    @model_validator(mode="after")
    def _heads_divide_the_width(self) -> Self:
        if self.n_embd % self.n_head:
            raise ValueError(
                f"model.shape: n_embd {self.n_embd} is no multiple of n_head {self.n_head}; change one of them."
            )
        return self


class Model(sections.Model):
    """The model; with a shape, only its tokenizer is used."""

    shape: Shape | None = Field(None, description="take random weights of this shape; null takes the model's own")


class Workload(Section):
    """The default rows: functions of the standard library, as prompts."""

    functions: int = Field(64, description="number of functions, one row each", gt=0)
    instruction: str = Field("Please explain the following program.", description="what the model is asked of each")
    shortest: int = Field(16, description="shortest output [tokens]", gt=0)
    longest: int = Field(128, description="longest output [tokens]", gt=0)
    seed: int = Field(0, description="seed of the choice of functions and of the output lengths", ge=0)

    @model_validator(mode="after")
    def _shortest_first(self) -> Self:
        if self.shortest > self.longest:
            raise ValueError(f"workload: shortest {self.shortest} is above longest {self.longest}; swap them.")
        return self


class Extraction(Section):
    """What the extraction of units is measured on: the standard library, and whatever else is at hand."""

    paths: list[str] = Field([], description="directories of source code in any language, beside the standard library")
    most_bytes: int = Field(4_000_000, description="most source code of one language [bytes]", gt=0)
    seed: int = Field(0, description="seed of the choice of files", ge=0)


class Output(Section):
    """Where the result goes."""

    path: str | None = Field(None, description="JSON file for everything measured; null only shows the table")


class Benchmark(Section):
    """The configuration of `benchmark`."""

    model: Model
    template: sections.Template = sections.Template()
    workload: Workload = Workload()
    requests: str | None = Field(
        None, description="rows from a file instead: JSON lines of prompt_token_ids and max_tokens"
    )
    engines: list[str] = Field(
        ["native", "generate", "generate_batched"],
        description="engines to compare; the first is the yardstick; [] measures extraction alone",
    )
    extraction: Extraction = Extraction()
    rounds: int = Field(3, description="times that everything is measured, after a warm-up", gt=0)
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="auto takes the GPU, where there is one")
    engine: sections.Engine = sections.Engine()
    output: Output = Output()

    @model_validator(mode="after")
    def _each_engine_once(self) -> Self:
        if len(set(self.engines)) < len(self.engines):
            raise ValueError(f"engines: {self.engines} has one twice; name each only once.")
        return self
