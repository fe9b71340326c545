"""A measured run of `apply` over real code: python -m tests.apply.bulk FOLDER SOURCE… [--existing keep|replace]

Copies every file of a known language below the sources, makes a record with adversarial texts for each unit, and puts
them in. Then, by other means than the job's own: Python's code (its tree without docstrings) and comments are the same;
of other languages no line is gone, the tokens are the same but for comments and documentation, and there are no more
errors than before; the patch that git applies gives the same bytes; a second run changes nothing.
"""

import ast
import contextlib
import io
import json
import re
import shutil
import subprocess
import sys
import time
import tokenize
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from tree_sitter import Node, Parser

from jobs.apply import CONFIG, run
from pipeline.apply.outcome import LeftOutError
from pipeline.apply.source import Source, opened
from pipeline.config import load
from pipeline.errors import LimitError
from pipeline.languages import Language, dialect, find, grammar, language_of
from pipeline.schema import RECORD, Unit

Row = dict[str, Any]

PYTHON = (".py", ".pyi", ".pyw")
ELIXIR_DOC = re.compile(rb"@(?:module)?doc\s+(?:\"|~[sS])")
JULIA_DEFINED = {"assignment", "const_statement", "macrocall_expression"}
JULIA_DEFINED |= {f"{kind}_definition" for kind in ("function", "macro", "struct", "abstract", "primitive", "module")}
LARGEST = 1_000_000  # bytes of a file
TEXTS = (
    'Ends the string """ and goes on with """ and \'\'\' and a last "',
    "Closes */ the comment /* and */ again, then -} {- and ]] --]] and *) (* too.",
    "A backslash at the end \\",
    r"Escapes \N{DASH} \x \u12 \N \' and C:\new\table",
    "Format {{codes}} ${x} #{y} %s {0} %(name)s and `code with \\` in it`.",
    "Line one.\n\nArgs:\n    hidden: section\n\n@param hidden\n:param hidden:\n# heading\n--- \n=== \n",
    "Not ASCII: é ß → 漢字 🙂 and a null byte \0, a bell \a, \u202e reversed \u2066.",
    "#!/bin/sh\n# -*- coding: utf-7 -*-\n// @ts-ignore\n#include <x>\n\r\ncarriage \r returns\x0b\x0c",
    "?" * 300 + " a very long word, and <b>HTML</b> &amp; entities, '''quotes''' and \"\"quotes\"\".",
    "x",
)


def say(*what: object) -> None:
    sys.stdout.write(" ".join(map(str, what)) + "\n")


def text(number: int) -> str:
    return TEXTS[number % len(TEXTS)]


def documentation(unit: Unit, number: int) -> Row:
    """Something terrible for every part that there is."""

    def item(name: str, type_: str | None, seed: int) -> Row:
        return {"name": name, "type": type_, "text": text(number + seed)}

    interface = unit.interface
    return {
        "summary": text(number),
        "description": text(number // 3 + 1) + "\n\n" + text(number // 7),
        "parameters": [item(p.name, p.type, i) for i, p in enumerate(interface.parameters) if p.name != "self"],
        "returns": item("", interface.returns, 1) if interface.gives or interface.returns else None,
        "yields": item("", None, 2) if interface.yields else None,
        "raises": [item(name, None, i) for i, name in enumerate(interface.raises)],
    }


def rows(source: Source) -> Iterator[Row]:
    for number, unit in enumerate(source.units):
        yield {
            **{"repo": "bulk", "path": source.path, "language": source.language.name, "blob_id": source.blob_id},
            **{"kind": unit.kind, "name": unit.name, "start_line": unit.start_line, "end_line": unit.end_line},
            **{"start_byte": unit.start_byte, "end_byte": unit.end_byte, "code": unit.code, "task": "docstring"},
            **{"status": "ok", "output": "unused", "documentation": documentation(unit, number + len(source.text))},
        }


def copied(sources: list[Path], tree: Path) -> None:
    """Every file of a known language, in a folder of the source's number."""
    for number, root in enumerate(sources):
        for path in sorted(root.rglob("*")):
            if find(language_of(path.name, None)) and path.is_file() and path.stat().st_size <= LARGEST:
                target = tree / str(number) / path.relative_to(root)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)


def record(tree: Path, out: Path) -> Counter[str]:
    """A run with a record for each unit, in parts of a hundred files; the lines of each language."""
    lines: Counter[str] = Counter()
    parts, waiting = [], list[Row]()
    files = sorted(path for path in tree.rglob("*") if path.is_file())
    (out / "records").mkdir(parents=True)
    for number, path in enumerate(files):
        data = path.read_bytes()
        try:
            source = opened(path.relative_to(tree).as_posix(), data)
        except LeftOutError as error:
            lines[f"left out: {error.reason}"] += 1
        else:
            lines[source.language.name] += data.count(b"\n")
            waiting += rows(source)
        if waiting and (number % 100 == 99 or number == len(files) - 1):
            parts.append({"name": f"records/part-{number:06}.parquet"})
            pq.write_table(pa.Table.from_pylist(waiting, schema=RECORD), out / parts[-1]["name"])
            waiting = []
    (out / "manifest.json").write_text(json.dumps({"parts": parts}))
    return lines


def apply(out: Path, tree: Path, *more: str) -> list[str]:
    """The lines that the job prints; a refused unit is no failure here."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.suppress(LimitError):
        run(load(CONFIG, ["--records.path", str(out), "--tree.path", str(tree), *more]))
    return told.getvalue().splitlines()


def code(path: Path) -> str | None:
    """Python's tree without docstrings; None where Python does not parse it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            value = body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                del body[0]
    return ast.dump(tree)


def comments(path: Path) -> list[str]:
    """The comments of a Python file that parses."""
    with path.open("rb") as file:
        return [token.string for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT]


def python_changed(before: Path, after: Path) -> Counter[str]:
    """How many Python files are other code, or no longer parsed."""
    found: Counter[str] = Counter()
    for path in sorted(before.rglob("*")):
        now = after / path.relative_to(before)
        if path.suffix in PYTHON and path.is_file() and path.read_bytes() != now.read_bytes():
            old, new = code(path), code(now)
            found["python files changed"] += 1
            found["no longer parsed"] += new is None
            found["code changed"] += old != new
            found["comments changed"] += new is not None and comments(path) != comments(now)
    return found


def others_changed(before: Path, after: Path) -> Counter[str]:
    """How many files of other languages lost a line, have other tokens or more errors."""
    found: Counter[str] = Counter()
    for path in sorted(before.rglob("*")):
        language = find(language_of(path.name, None))
        if path.is_file() and language and path.suffix not in PYTHON:
            old, new = path.read_bytes(), (after / path.relative_to(before)).read_bytes()
            if old != new:
                found[f"{language.name} files changed"] += 1
                rest = iter(new.split(b"\n"))
                found["lost a line"] += not all(line in rest for line in old.split(b"\n"))
                wrong = amiss(old, new, dialect(language, path.name))
                found.update(wrong)
                for what in wrong:
                    say(f"{path}: {what}")
    return found


def amiss(old: bytes, new: bytes, language: Language) -> list[str]:
    """What is wrong with a file that was changed."""
    (was, errors), (now, more) = tokens(old, language), tokens(new, language)
    other = "other tokens" if not errors else "other tokens, of a file that does not parse"
    return [*([other] if was != now else []), *(["new errors"] if more > errors else [])]


def tokens(text: bytes, language: Language) -> tuple[list[tuple[str, bytes]], int]:
    """The leaves of a text's tree, with what stands between them, but for comments, documentation and white space; and
    the number of its errors.
    """
    found, errors, at = list[tuple[str, bytes]](), 0, 0
    todo = [Parser(grammar(language)).parse(text).root_node]
    while todo:
        node = todo.pop()
        errors += node.is_error or node.is_missing
        if documents(node):
            found.append(("", text[at : node.start_byte].strip()))
        elif node.child_count:
            todo += reversed(node.children)
            continue
        else:
            found += [
                ("", text[at : node.start_byte].strip()),
                (node.type, text[node.start_byte : node.end_byte].strip()),
            ]
        at = max(at, node.end_byte)
    return [(type_, part) for type_, part in found if part], errors


def documents(node: Node) -> bool:
    """Whether a node is a comment, or what Elixir or Julia have in place of one."""
    if "comment" in node.type or node.type == "haddock":
        return True
    if node.type == "unary_operator":
        return ELIXIR_DOC.match(node.text or b"") is not None
    follows = node.next_named_sibling if node.type in ("string_literal", "prefixed_string_literal") else None
    return follows is not None and follows.type in JULIA_DEFINED


def same_trees(one: Path, two: Path) -> bool:
    names = [{path.relative_to(root) for path in root.rglob("*") if path.is_file()} for root in (one, two)]
    return names[0] == names[1] and all((one / name).read_bytes() == (two / name).read_bytes() for name in names[0])


def main() -> None:
    folder, *rest = sys.argv[1:]
    more = rest[rest.index("--existing") :] if "--existing" in rest else []
    sources = [Path(name) for name in rest[: len(rest) - len(more)]]
    home = Path(folder)
    original, direct, patched, out = (home / name for name in ("original", "direct", "patched", "out"))
    copied(sources, original)
    say("lines:", dict(record(original, out)))
    for copy in (direct, patched):
        shutil.copytree(original, copy)
    start = time.monotonic()
    told = apply(out, direct, *more)
    say(f"{time.monotonic() - start:.0f} s\n" + "\n".join(told[-8:]))
    say("refused:", Counter(line.rpartition("(")[2] for line in told if ": refused: " in line))
    (home / "told.txt").write_text("\n".join(told))
    say(dict(python_changed(original, direct)), dict(others_changed(original, direct)))
    shutil.copytree(direct, home / "once")
    say("second run:", apply(out, direct, *more)[-6:])
    say("second run changes nothing:", same_trees(direct, home / "once"))
    apply(out, patched, "--patch.path", str(home / "patch"), *more)
    say("patch writes nothing:", same_trees(original, patched))
    subprocess.run(["git", "-C", str(patched), "apply", str(home / "patch")], check=True, stderr=subprocess.DEVNULL)
    say("patch gives the same:", same_trees(direct, patched))


if __name__ == "__main__":
    main()
