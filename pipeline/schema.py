"""The words of the pipeline as types, and the columns of a record: declared once, here.

`File`, `Unit`, `Prompt` and `Draft` are what the stages hand to one another, a `Split` at a time; `RECORD` is what is
written. Each field of `RECORD` carries its meaning (and its unit, where it has one) as Arrow metadata, so that
the file itself says what its columns are. Loads neither torch nor ray.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

import pyarrow as pa

from pipeline.errors import StarscribeError
from pipeline.hashes import digest

Kind = Literal["function", "method", "class", "module"]
Status = Literal["ok", "rejected", "error"]

KINDS: tuple[Kind, ...] = ("function", "method", "class", "module")

# What differs between two equal runs stays out of a record's content hash.
VOLATILE = ("run_id", "generated_at", "reused_from")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file comes from. `shard` and `row` place it in the input; the rest is what the row says of it."""

    shard: str
    row: int
    repo: str | None = None
    path: str | None = None
    commit: str | None = None
    language: str | None = None
    licenses: tuple[str, ...] = ()
    blob_id: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    """One row of a shard. `problem` names why it cannot be read as text; `content` is then empty."""

    origin: Origin
    content: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a unit that may be left out to make it shorter: byte offsets into its code, and nesting depth."""

    start: int
    end: int
    depth: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as it is declared; `rest` marks one that takes any number of arguments, as `*` or `...` do."""

    name: str
    type: str | None = None
    default: str | None = None
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Interface:
    """What a function takes and gives, as far as its syntax shows: no more is known of it.

    `returns` is the declared type; `gives` says whether a value is returned anywhere, `yields` whether one is yielded;
    `raises` are the exceptions that are raised by name, each once, in source order; `static` that a
    method is said to have no receiver.
    """

    parameters: tuple[Parameter, ...] = ()
    returns: str | None = None
    gives: bool = False
    yields: bool = False
    raises: tuple[str, ...] = ()
    static: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a documentation: a parameter, a value or an exception; what there is of name, type and text."""

    name: str = ""
    type: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Documentation:
    """What is said of a unit, in whatever style it will be written: plain text, no markup but Markdown's code spans."""

    summary: str
    description: str = ""
    parameters: tuple[Item, ...] = ()
    returns: Item | None = None
    yields: Item | None = None
    raises: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """An explanation before it is written: the headings that a paragraph each will stand under."""

    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """What a file offers to its units: its imports, its definitions' qualified names with their signatures, and the
    first few documentations in it.
    """

    imports: tuple[str, ...] = ()
    signatures: tuple[tuple[str, str], ...] = ()
    docs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a file worth documenting.

    Lines are 1-based and inclusive; bytes are a half-open range of the file's UTF-8 content, `code` is exactly that
    range but for what was `redacted` in it, and `indent` the white space before it on its first line. `body` is the
    byte offset in `code` at which a docstring would stand, if the language has such a place; `doc` the range in `code`
    of the one that is there.
    """

    origin: Origin
    kind: Kind
    name: str
    signature: str
    start_line: int
    end_line: int
    start_byte: int
    end_byte: int
    code: str
    indent: str = ""
    body: int | None = None
    doc: tuple[int, int] | None = None
    blocks: tuple[Block, ...] = ()
    interface: Interface = Interface()
    outline: Outline = Outline()
    problem: str | None = None
    redacted: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The hash of content and position: equal units at two places have two ids."""
        at = self.origin
        return digest(
            at.shard,
            at.row,
            at.repo,
            at.path,
            self.kind,
            self.name,
            self.start_byte,
            self.end_byte,
            self.code,
        )


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked of the model for one unit and task; or nothing, and `reasons` say why.

    Where it is to fill in a `form`, `forced` are the token ids between what it writes; a documentation has a `style`.
    """

    unit: Unit
    task: str
    instruction: str
    input: str
    token_ids: tuple[int, ...] = ()
    cut: bool = False
    form: Documentation | Explanation | None = None
    style: str | None = None
    forced: tuple[tuple[int, ...], ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """The hash of the token ids, forced ones included: equal hashes are equal requests."""
        return digest(list(self.token_ids), *map(list, self.forced)) if self.forced else digest(list(self.token_ids))


@dataclass(frozen=True, slots=True)
class Draft:
    """What the model returned for a prompt, and how: nothing where nothing was asked, or an `error` where it failed.

    `reused_from` is the ordinal of the draft of the same split whose generation this one shares; `seconds` is the
    time from request to answer; `stretches` are the model's own tokens where it filled in a form, with what ended each.
    """

    prompt: Prompt
    token_ids: tuple[int, ...] = ()
    stretches: tuple[tuple[int, ...], ...] = ()
    finish_reason: str | None = None
    seed: int | None = None
    dtype: str | None = None
    device: str | None = None
    seconds: float | None = None
    generated_at: str | None = None
    reused_from: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """Rows `start` to `stop` (exclusive) of a shard: read, generated, written and committed whole."""

    shard: str
    start: int
    stop: int
    id: str


T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Work(Generic[T]):
    """A split on its way: its items at this stage, and how many of its rows were left out for which reason."""

    split: Split
    items: tuple[T, ...]
    skipped: dict[str, int]

    def each(self, stage: Callable[[T], Iterable[U]], failed: Callable[[T, Exception], Iterable[U]]) -> "Work[U]":
        """The split with every item replaced by what a stage makes of it, or `failed` of an item that breaks it."""
        made: list[U] = []
        for item in self.items:
            try:
                made.extend(stage(item))
            except StarscribeError:
                raise
            except Exception as error:  # noqa: BLE001 - the border of one item: its neighbours must not suffer
                made.extend(failed(item, error))
        return Work(self.split, tuple(made), self.skipped)


def _field(name: str, kind: pa.DataType, meaning: str, unit: str = "") -> pa.Field:
    return pa.field(name, kind, metadata={"meaning": meaning} | ({"unit": unit} if unit else {}))


CHECKS = pa.struct(
    [
        _field("empty", pa.bool_(), "the text is empty"),
        _field("truncated", pa.bool_(), "the text was cut off at the token limit"),
        _field("repeated", pa.bool_(), "the text is degenerate: the same words over and over"),
        _field("echo", pa.bool_(), "the text only repeats the code"),
        _field("language", pa.bool_(), "the text is not in the language asked for"),
        _field(
            "hidden_unicode",
            pa.bool_(),
            "the text holds characters that nobody sees: bidirectional controls, tags, runs of zero-width ones",
        ),
        _field("toxic", pa.bool_(), "the text holds abusive or obscene words; not looked for where those are allowed"),
        _field("hidden_in_code", pa.int64(), "such characters in the code; the text may stand all the same"),
        _field(
            "injection",
            pa.int64(),
            "kinds of instruction to a model that the code seems to hold; the text may stand all the same",
            "0 to 6",
        ),
        _field("repetition", pa.float64(), "share of the text that its repeated 4-grams of words make", "0 to 1"),
        _field(
            "copied",
            pa.float64(),
            "share of the text's tokens that stand in runs copied from the code",
            "0 to 1",
        ),
        _field("words", pa.int64(), "length of the text", "words"),
        _field("invented", pa.bool_(), "a docstring has an entry for a parameter that is not there"),
        _field("missing", pa.int64(), "parameters without an entry in a docstring that has some for others"),
        _field("returns", pa.bool_(), "a docstring says what is returned where nothing is"),
        _field("yields", pa.bool_(), "a docstring says what is yielded where nothing is"),
        _field("raises", pa.bool_(), "a docstring has an exception that the code does not raise by name"),
        _field("summary", pa.bool_(), "a docstring does not begin with one sentence of at most 120 characters"),
        _field("unknown", pa.int64(), "names in backticks in a docstring that its file does not have"),
    ]
)

ITEM = pa.struct(
    [
        _field("name", pa.string(), "the name of a parameter or an exception; empty for a value"),
        _field("type", pa.string(), "its type, as declared"),
        _field("text", pa.string(), "what is said of it"),
    ]
)

DOCUMENTATION = pa.struct(
    [
        _field("summary", pa.string(), "the first sentence"),
        _field("description", pa.string(), "what follows it"),
        _field("parameters", pa.list_(ITEM), "the parameters"),
        _field("returns", ITEM, "what is returned"),
        _field("yields", ITEM, "what is yielded"),
        _field("raises", pa.list_(ITEM), "the exceptions"),
    ]
)

SAMPLING = pa.struct(
    [
        _field("temperature", pa.float64(), "0 is greedy"),
        _field("top_p", pa.float64(), "nucleus: the smallest set of tokens with this probability mass", "0 to 1"),
        _field("top_k", pa.int64(), "the most likely tokens considered; 0 is all", "tokens"),
        _field("max_tokens", pa.int64(), "the longest output allowed", "tokens"),
    ]
)

PROVENANCE = pa.struct(
    [
        _field("run_id", pa.string(), "the execution that wrote the record"),
        _field("recipe", pa.string(), "sha256 of everything that shapes a record, beside its input"),
        _field("model", pa.string(), "the model's id"),
        _field("revision", pa.string(), "the model's commit, where known"),
        _field("weights_sha256", pa.string(), "sha256 over the sorted sha256 of the weight files"),
        _field("model_license", pa.string(), "the licence under which the model was used"),
        _field("tokenizer_sha256", pa.string(), "sha256 of the tokenizer's files"),
        _field("template", pa.string(), "the prompt template's name"),
        _field("template_sha256", pa.string(), "sha256 of the template"),
        _field("prompt_sha256", pa.string(), "sha256 of the prompt's token ids"),
        _field("seed", pa.int64(), "the seed of the request's random numbers"),
        _field("sampling", SAMPLING, "how tokens were drawn"),
        _field("dtype", pa.string(), "the number format of the weights in memory"),
        _field("engine", pa.string(), "what generated the text"),
        _field("engine_version", pa.string(), "its version, with those of torch and transformers"),
        _field("device", pa.string(), "where it ran"),
        _field("prompt_tokens", pa.int64(), "length of the prompt", "tokens"),
        _field("output_tokens", pa.int64(), "length of the output", "tokens"),
        _field("finish_reason", pa.string(), "why generation ended: stop or length"),
        _field("cut", pa.bool_(), "parts of the code were left out of the prompt"),
        _field("reused_from", pa.string(), "the record whose generation this one shares"),
        _field("generated_at", pa.string(), "when, ISO 8601", "UTC"),
        _field("machine_generated", pa.bool_(), "always true: a language model wrote the output"),
    ]
)

RECORD = pa.schema(
    [
        _field("id", pa.string(), "hash of unit_id, task and the generation recipe"),
        _field("unit_id", pa.string(), "hash of the unit's content and position"),
        _field("split", pa.string(), "the split that the record was made in"),
        _field("ordinal", pa.int64(), "position in the split, from 0"),
        _field("repo", pa.string(), "repository"),
        _field("path", pa.string(), "path in the repository"),
        _field("commit", pa.string(), "commit of the repository, where known"),
        _field("language", pa.string(), "programming language, as The Stack names it"),
        _field("licenses", pa.list_(pa.string()), "SPDX ids of the source's licences"),
        _field("blob_id", pa.string(), "git blob sha1 of the file, also its Software Heritage content id"),
        _field("kind", pa.string(), "function, method, class or module"),
        _field("name", pa.string(), "qualified name in the file"),
        _field("signature", pa.string(), "the unit's head, on one line"),
        _field("start_line", pa.int64(), "first line, from 1"),
        _field("end_line", pa.int64(), "last line, inclusive"),
        _field("start_byte", pa.int64(), "first byte in the file's UTF-8 text, from 0"),
        _field("end_byte", pa.int64(), "end in the file's UTF-8 text, exclusive", "bytes"),
        _field("code", pa.string(), "the unit's source text, without what was redacted"),
        _field("task", pa.string(), "explain or docstring"),
        _field("instruction", pa.string(), "what the model was asked"),
        _field("input", pa.string(), "the code as the model saw it"),
        _field(
            "redacted",
            pa.list_(pa.string()),
            "what was replaced in code and draft, once for each place: key, password, email or ip_address",
        ),
        _field("output", pa.string(), "the final text"),
        _field("documentation", DOCUMENTATION, "what a docstring says, in no style; null for other tasks"),
        _field("style", pa.string(), "the style that the output of a guided task is written in"),
        _field("draft", pa.string(), "the model's text as it came, without what was redacted"),
        _field("status", pa.string(), "ok, rejected or error"),
        _field("reasons", pa.list_(pa.string()), "why it was rejected or failed"),
        _field("checks", CHECKS, "results of the named checks; null where nothing was generated"),
        _field("provenance", PROVENANCE, "how the text came to be"),
    ]
)


def content_hash(record: Mapping[str, Any]) -> str:
    """The hash of what a record says: equal for the same row of two equal runs."""
    provenance = {k: v for k, v in record["provenance"].items() if k not in VOLATILE}
    return digest({**record, "provenance": provenance})
