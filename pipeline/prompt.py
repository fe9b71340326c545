"""A unit and the tasks in, one prompt per task out: the token ids that the model is asked to go on from.

Templates are data: their text is the configuration's. The unit's code fills a placeholder as plain text; where the
prompt would not fit the window the code is cut on syntax, innermost blocks first, and the prompt says so.
"""

import bisect
import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from pipeline.config import Task, Template
from pipeline.context import in_context
from pipeline.guide import before, between, blank, style_of
from pipeline.languages import find
from pipeline.schema import Block, Prompt, Unit
from pipeline.tokenizer import Piece, Tokenizer

PLACEHOLDER = re.compile(r"\{(instruction|input|before|after)\}")
MARK = "\ue000{}\ue001"  # private-use characters around a placeholder's name, which no template text holds
MARKED = re.compile(MARK.format(r"(\w+)"))
ELISION = "..."
TOKEN_CHARACTERS = 16  # a text with more characters than this per token of room is too long without counting


class Prompter:
    """Makes prompts for one template, tokenizer and window [tokens]; a unit above `max_bytes` is too long."""

    def __init__(
        self, template: Template, tasks: Mapping[str, Task], tokenizer: Tokenizer, window: int, max_bytes: int
    ) -> None:
        self._tasks, self._tokenizer, self._window, self._max_bytes = tasks, tokenizer, window, max_bytes
        self._opening = template.opening
        self._texts = {has_input: marked(template, tokenizer, has_input) for has_input in (True, False)}

    def __call__(self, unit: Unit) -> list[Prompt]:
        """One prompt for each task, in the order of the configuration."""
        return [self._prompt(unit, name, task) for name, task in self._tasks.items()]

    def _prompt(self, unit: Unit, name: str, task: Task) -> Prompt:
        instruction = instruct(task.instruction, unit)
        problem = unit.problem or ("too_long" if len(unit.code.encode()) > self._max_bytes else None)
        if problem is not None:
            return Prompt(unit, name, instruction, "", reasons=(problem,))
        shown = unit if task.docs else undocumented(unit)
        if unit.kind == "module" and not shown.code.strip():
            return Prompt(unit, name, instruction, "", reasons=("nothing_to_document",))
        language = find(unit.origin.language)
        if task.context and language:
            shown = in_context(shown, language, task.context, self._count)
        style = style_of(unit, task.style) if task.guided else None
        form = blank(task, unit, style)
        texts = between(form) if form else []
        forced = tuple(tuple(self._tokenizer.encode([Piece(text, literal=False)])) for text in texts)
        room = self._window - task.max_tokens * (len(forced) + 1) - sum(map(len, forced))
        opening = [Piece(self._opening + before(form), literal=True)] if form else []
        ids = functools.cache(
            lambda code: tuple(self._tokenizer.encode([*self.pieces(instruction, code, shown), *opening]))
        )
        elision = language.elision if language else ELISION

        def fits(code: str) -> bool:
            return len(code) <= room * TOKEN_CHARACTERS and len(ids(code)) <= room

        shorter = shortened(shown.code, shown.blocks, fits, elision)
        if shorter is None:
            return Prompt(unit, name, instruction, "", reasons=("too_long",))
        code, cut = shorter
        return Prompt(unit, name, instruction, dedented(code, unit.indent), ids(code), cut, form, style, forced)

    def _count(self, text: str) -> int:
        return len(self._tokenizer.encode([Piece(text, literal=False)]))

    def encode(self, instruction: str, source: str, unit: Unit | None = None) -> list[int]:
        """The token ids of an instruction and its input (empty: none)."""
        return self._tokenizer.encode(self.pieces(instruction, source, unit))

    def pieces(self, instruction: str, source: str, unit: Unit | None = None) -> list[Piece]:
        """The prompt as pieces of template and of data; `unit` says where its documentation would stand."""
        indent = unit.indent if unit else ""
        before, after = around(source, unit.body if unit else None)
        values = {"instruction": instruction, "input": source, "before": before, "after": after}
        return fill(self._texts[bool(source)], {key: dedented(text, indent) for key, text in values.items()})


def instruct(text: str, unit: Unit) -> str:
    """A task's instruction for a unit."""
    values = {"kind": unit.kind, "name": unit.name, "language": unit.origin.language or "source"}
    return re.sub(r"\{(kind|name|language)\}", lambda match: values[match.group(1)], text)


def marked(template: Template, tokenizer: Tokenizer, has_input: bool) -> str:
    """The template's whole text, with marks where values go."""
    question = _mark(template.with_input if has_input else template.without_input)
    if template.form == "text":
        turns = [fill_text(template.turn, turn.model_dump()) for turn in template.turns]
        return "".join((template.header, *turns, question))
    turns_ = [{"role": "system", "content": template.header}] if template.header else []
    for turn in template.turns:
        asked = template.with_input if turn.input else template.without_input
        turns_.append({"role": "user", "content": fill_text(asked, turn.model_dump())})
        turns_.append({"role": "assistant", "content": turn.output})
    return tokenizer.chat([*turns_, {"role": "user", "content": question}])


def _mark(text: str) -> str:
    return PLACEHOLDER.sub(lambda match: MARK.format(match.group(1)), text)


def fill_text(text: str, values: Mapping[str, str]) -> str:
    """A text with `{key}` replaced for each key, in one pass: a value's own braces stay as they are."""
    return re.sub(r"\{(\w+)\}", lambda match: values.get(match.group(1), match.group()), text)


def fill(text: str, values: Mapping[str, str]) -> list[Piece]:
    """A marked text as its own pieces and the values between them."""
    parts = MARKED.split(text)
    return [Piece(values[part] if i % 2 else part, literal=i % 2 == 0) for i, part in enumerate(parts)]


def around(code: str, body: int | None) -> tuple[str, str]:
    """The code before and after the place of its documentation; the second begins with the break between them."""
    if body is None:
        return "", code
    data = code.encode()
    before, after = data[:body].decode(), data[body:].decode()
    line = before[before.rfind("\n") + 1 :]
    return before, ("\n" + line if line.isspace() else "\n") + after


def dedented(code: str, indent: str) -> str:
    """The code with its first line's indentation taken from every other line."""
    return code.replace("\n" + indent, "\n") if indent else code


def undocumented(unit: Unit) -> Unit:
    """The unit without the documentation that it has."""
    if unit.doc is None:
        return unit
    data = unit.code.encode()
    if unit.kind != "module" and not data[unit.doc[1] :].strip(b" \t\r\n;"):
        elided = data[: unit.doc[0]] + ELISION.encode() + data[unit.doc[1] :]
        return replace(unit, code=elided.decode(), doc=None, blocks=())
    start, stop = whole_lines(data, *unit.doc)
    rest = data[stop:]
    indent = len(rest) - len(rest.lstrip(b" \t"))
    if start == 0:  # nothing is left before it whose indentation would matter
        rest, stop, indent = rest[indent:], stop + indent, 0
    blocks = [Block(b.start - (stop - start), b.end - (stop - start), b.depth) for b in unit.blocks if b.start >= stop]
    code = (data[:start] + rest).decode()
    return replace(unit, code=code, body=start + indent, blocks=tuple(blocks), doc=None)


def whole_lines(data: bytes, start: int, stop: int) -> tuple[int, int]:
    """A range widened to whole lines, where nothing else stands on its first and last."""
    head = data[:start].rstrip(b" \t")
    tail = data[stop:].lstrip(b" \t;")
    if (head and not head.endswith(b"\n")) or not tail.startswith((b"\n", b"\r")):
        return start, len(data) - len(tail)
    newline = 2 if tail.startswith(b"\r\n") else 1
    return len(head), len(data) - len(tail) + newline


def shortened(
    code: str, blocks: Sequence[Block], fits: Callable[[str], bool], elision: str = ELISION
) -> tuple[str, bool] | None:
    """The code as it is if it fits, else a shorter form that does, or None; with it, whether it was cut.

    First the fewest blocks that do are left out, deepest first, so that the outermost context stays; then lines from
    the end.
    """
    if fits(code):
        return code, False
    data, order = code.encode(), sorted(blocks, key=lambda block: (-block.depth, -block.start))
    lines = without(data, order, elision).splitlines(keepends=True)
    shorter = [
        *(functools.partial(without, data, order[:k], elision) for k in range(1, len(order) + 1)),
        *(functools.partial(_head, lines, n, elision) for n in range(len(lines) - 1, 0, -1)),
    ]
    longest = bisect.bisect_left(shorter, True, key=lambda form: fits(form()))
    return (shorter[longest](), True) if longest < len(shorter) else None


def _head(lines: Sequence[str], length: int, elision: str) -> str:
    return "".join(lines[:length]) + elision


def without(data: bytes, blocks: Sequence[Block], elision: str = ELISION) -> str:
    """The code with each of the blocks replaced by an ellipsis; a block inside another goes with it."""
    kept, end = [], 0
    for block in sorted(blocks, key=lambda block: (block.start, -block.end)):
        if block.start >= end:
            kept += [data[end : block.start], elision.encode()]
            end = block.end
    return b"".join([*kept, data[end:]]).decode()
