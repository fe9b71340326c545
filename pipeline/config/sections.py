"""The sections that several jobs share: model, template, tasks, sampling, engine."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from pipeline.config.load import COMMAND_LINE_ONLY, Section

Text = Annotated[str, Field(min_length=1)]
# A place whose address brings its own credentials; they would stand in configurations, logs and manifests.
CREDENTIALS = re.compile(r"\w+://[^/?#]*@|[?&][^=&]*(?:key|secret|token|password|signature|credential)[^=&]*=", re.I)


def _without_credentials(path: str) -> str:
    if CREDENTIALS.search(path):
        raise ValueError(
            f"A path under {path.partition('://')[0]}:// holds credentials, which would stand in the output; take them "
            "out, and give them in the environment or in the store's own file: AWS_ACCESS_KEY_ID and the like."
        )
    return path


Place = Annotated[str, AfterValidator(_without_credentials)]
DType = Literal["auto", "float32", "bfloat16", "float16", "float8"]


class Model(Section):
    """A causal language model in Hugging Face's format, and what is known of it."""

    path: str = Field(description="directory of the model, or its id in the local Hugging Face cache")
    id: str | None = Field(None, description="name to record; null takes the path")
    revision: str | None = Field(None, description="commit of the model, where known")
    license: str | None = Field(None, description="licence of the model: an SPDX id, or its name")
    dtype: DType = Field(
        "auto",
        description="number format; auto is bfloat16 where the device has it, else float32; float8 has 8-bit weights",
    )
    window: int | None = Field(
        None, description="longest prompt and output together [tokens]; null takes the model's own", gt=0
    )
    stop: list[Text] = Field([], description="strings that end an output, beside those of the template")
    trust_remote_code: bool = Field(
        False,
        description="run Python code that comes with the model; only on the command line, never in a file",
        json_schema_extra={COMMAND_LINE_ONLY: True},
    )


class Turn(Section):
    """One worked example that stands before the question."""

    instruction: str
    input: str = ""
    output: str


class Template(Section):
    """How an instruction and its input become one prompt.

    `text` fills {instruction}, {input}, {before} and {after}; `chat` uses the tokenizer's own chat template.
    """

    name: str = Field("chat", description="name to record")
    form: Literal["text", "chat"] = Field(
        "chat", description="text: the strings below; chat: the tokenizer's own template"
    )
    header: str = Field("", description="text before everything else; the system turn of a chat")
    turn: str = Field("{instruction}\n{input}\n{output}\n", description="how one of `turns` is written, in form text")
    turns: list[Turn] = Field([], description="worked examples between the header and the question")
    with_input: str = Field("{instruction}\n\n{input}", description="the question where there is an input")
    without_input: str = Field("{instruction}", description="the question where there is none")
    opening: str = Field("", description="what an answer begins with before its first word; a guided one is given it")
    stop: list[Text] = Field([], description="strings that end an output")

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        for key in ("with_input", "without_input"):
            if not any(name in getattr(self, key) for name in ("{instruction}", "{input}", "{before}", "{after}")):
                raise ValueError(f"template.{key}: it has no place for what is asked; write {{instruction}} into it.")
        return self


class Task(Section):
    """What to write of a unit."""

    instruction: str = Field(description="what the model is asked; {kind}, {name} and {language} are filled in")
    max_tokens: int = Field(
        256, description="longest output, or entry of a guided one, or section [tokens]", gt=0, le=1_000_000
    )
    guided: bool = Field(
        False,
        description="have the model fill in a form: a summary, then every parameter, result and exception of the unit",
    )
    sections: list[Text] = Field(
        [], description="headings that the model is to write a paragraph under each; empty leaves the shape to it"
    )
    style: Literal["auto", "google", "numpy", "rest", "epytext"] = Field(
        "auto", description="how a guided one is written in Python; auto: as its file does, else google's style"
    )
    context: int = Field(0, description="longest account of the imports and callees that a unit uses [tokens]", ge=0)
    docs: bool = Field(False, description="show the model the documentation that the unit already has")

    @property
    def longest(self) -> int:
        """The longest output, as far as the configuration tells [tokens]."""
        return self.max_tokens * max(1, len(self.sections))

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if self.guided and self.sections:
            raise ValueError("guided and sections: an answer is the one or the other; leave one out.")
        return self


class Sampling(Section):
    """How the next token is drawn."""

    temperature: float = Field(0.0, description="0 is greedy", ge=0)
    top_p: float = Field(1.0, description="draw from the smallest set of tokens with this probability mass", gt=0, le=1)
    top_k: int = Field(0, description="draw from this many most likely tokens; 0 is all", ge=0)
    seed: int = Field(0, description="seed of every random number", ge=0)

    @model_validator(mode="after")
    def _greedy_draws_nothing(self) -> Self:
        if 0 < self.temperature < 0.01:
            raise ValueError(f"sampling.temperature: {self.temperature} is as good as greedy; set 0, or at least 0.01.")
        if self.temperature == 0 and (self.top_p < 1 or self.top_k > 0):
            raise ValueError(
                "sampling: temperature 0 takes the likeliest token, so top_p and top_k do nothing; "
                "set a temperature, or leave them out."
            )
        return self


class Engine(Section):
    """What generates, and how much it holds at once. Only `name` has to do with what the texts are."""

    name: Literal["native", "vllm", "transformers"] = Field(
        "native",
        description="native: Starscribe's own; vllm, where it is installed; transformers: generate, one by one",
    )
    step_tokens: int | None = Field(
        None,
        description="most tokens in one pass, prompts and outputs together; null takes what suits the device",
        gt=0,
    )
    max_requests: int | None = Field(
        None, description="most requests in generation at once; null is half of step_tokens", gt=0
    )
    memory: float | None = Field(
        None, description="memory for keys and values [GB]; null takes a share of what is free", gt=0
    )
    threads: int | None = Field(
        None, description="processor threads of a CPU replica; null takes the replica's CPUs", gt=0
    )

    @property
    def memory_bytes(self) -> int | None:
        """`memory` in bytes."""
        return None if self.memory is None else int(self.memory * 1e9)

    @model_validator(mode="after")
    def _requests_fit_a_pass(self) -> Self:
        if self.step_tokens is not None and (self.max_requests or 0) > self.step_tokens:
            raise ValueError(
                f"engine.max_requests: {self.max_requests} requests do not go into one pass of engine.step_tokens "
                f"({self.step_tokens}); give at most {self.step_tokens}."
            )
        return self
