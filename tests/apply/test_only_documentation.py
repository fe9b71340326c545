"""Whatever Python file, whatever texts: the code is the same, and without its documentation so is every byte."""

import ast
import re
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.apply.choice import Choice
from pipeline.apply.file import Documenter
from pipeline.apply.manner import Manner
from pipeline.apply.place import line_start
from pipeline.apply.source import Source, opened
from pipeline.config.apply import Apply
from tests.apply.trees import plain, rows

NASTY = [
    '"""',
    "'''",
    '"',
    "\\",
    "\\N{x}",
    "{{x}}",
    "%s",
    "\r",
    "\n",
    "\n\n",
    "    ",
    "Args:",
    "\x0c",
    "\u2028",
    "é",
    "\0",
    "a b. ",
]
TEXT = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(NASTY), max_size=8).map("".join))
DOCS = ["", '"""Old."""', "'Old.'", 'r"""Old \\d.\n  x"""', "'a' \"b\"", "b'no'", "f'no'", '""', "('paren')"]
BEFORE_HEADS = ["", "# c\n", "\n\n", "\f\n", "@d(1,\n  2)\n", "# type: ignore\n"]
HEADS = [
    "def {}():",
    "async def {}(a, *b, c=')'):  # c",
    "class {}:",
    "class {}(\n  object,  # c:\n):",
    "def {}() \\\n   :",
]
GAPS = ["", "\n", "# c\n", "  # odd\n\n", "# type: (int) -> int\n", "\f\n"]
OWN_LINE = re.compile(rb":\s*x = 1")  # a body on the line of its head moves to one of its own
ENDS = ["", " # end", " ; y = 2", "  "]


@st.composite
def blocks(draw: st.DrawFn, depth: int = 0) -> list[str]:
    """Lines of a block, without indentation that is not their own."""
    lines = [draw(st.sampled_from(DOCS)) + draw(st.sampled_from(ENDS))] if draw(st.booleans()) else []
    lines = [line for line in lines if line.strip() and not line.strip().startswith(";")]
    for number in range(draw(st.integers(0, 3 - depth))):
        head = draw(st.sampled_from(HEADS)).format(f"n{number}")
        if draw(st.integers(0, 5)) == 0 and "\n" not in head:
            lines += [head.partition(":  #")[0].rstrip(":") + ": x = 1"]
            continue
        inner = draw(blocks(depth + 1))
        indent = draw(st.sampled_from(["    ", "\t", "  "]))
        gap = draw(st.sampled_from(GAPS))
        body = "\n".join(inner) if inner else "x = 1"
        body = "\n".join(indent + line if line.strip() else line for line in body.split("\n"))
        lines += [draw(st.sampled_from(BEFORE_HEADS)) + head + "\n" + gap + body]
    return "\n".join([*lines, "x = 1" + draw(st.sampled_from(ENDS))]).split("\n")


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A file that Python parses, in one of several encodings."""
    top = draw(
        st.sampled_from(["", "#!/bin/x\n", "# licence\n\n# about\n", "from __future__ import annotations\n", "\n\n"])
    )
    text = top + "\n".join(draw(blocks())) + draw(st.sampled_from(["", "\n", "\n\n", "  "]))
    newline = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    start, encoding = draw(st.sampled_from([("", "utf-8"), ("", "utf-8-sig"), ("# coding: latin-1\n", "latin-1")]))
    return (start + text.replace("\n", newline)).encode(encoding)


def code(data: bytes) -> str:
    """Python's tree without docstrings, by other means than the job's."""
    tree = ast.parse(data)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body = node.body[1:]
    return ast.dump(tree)


def without(source: Source, kept: Sequence[bool]) -> bytes:
    """The text without the documentation of its units: that of kept ones becomes a mark, others go with their line."""
    text = source.text
    for unit, mark in sorted(
        zip(source.units, kept, strict=True), key=lambda both: -both[0].start_byte - (both[0].doc or (0,))[0]
    ):
        if unit.doc is None:
            continue
        start, end = (unit.start_byte + at for at in unit.doc)
        if mark:
            text = text[:start] + b"DOC" + text[end:]
            continue
        ends = 2 if unit.kind == "module" else 1
        for _ in range(ends):
            end += 2 if text.startswith(b"\r\n", end) else text.startswith((b"\r", b"\n"), end)
        text = text[: line_start(text, start)] + text[end:]
    return OWN_LINE.sub(b": x = 1", text)


def parses(data: bytes) -> bool:
    try:
        ast.parse(data)
    except (SyntaxError, ValueError):
        return False
    return True


@settings(max_examples=150, deadline=None)
@given(
    files().filter(parses),
    st.data(),
    st.sampled_from(["keep", "replace"]),
    st.sampled_from(["auto", "numpy", "rest", "epytext"]),
)
def test_only_documentation_changes(data: bytes, draw: st.DataObject, existing: str, style: str) -> None:
    made = list(rows("f.py", data, lambda _: plain(draw.draw(TEXT), description=draw.draw(TEXT))))
    config = Apply.model_validate(
        {"tree": {"path": "."}, "records": {"path": "."}, "existing": existing, "style": style}
    )
    documenter = Documenter(config, Choice(config.select), Manner(style, lambda _: iter(())))
    before = opened("f.py", data)
    done = documenter.document(before, made)
    after = opened("f.py", done.data)
    assert code(done.data) == code(data)
    assert after.encoding == before.encoding
    had = [unit.doc is not None for unit in before.units]
    assert without(after, had) == without(before, had)
    assert documenter.document(after, made).data == done.data, "a second run changes nothing"
    assert {outcome.state for outcome in done.outcomes} <= {"documented", "kept", "refused"}
