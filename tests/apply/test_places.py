"""Where a docstring goes: bytes before, bytes after."""

from pathlib import Path

import pytest

from pipeline.errors import LimitError
from tests.apply.trees import documented, only, plain

F, DOC = only("f"), b'"""Doc of f."""'
M = lambda unit: plain("Module.") if unit.kind == "module" else None  # noqa: E731
TOP = b'"""Module."""'

FUNCTIONS = {
    "plain": (b"def f():\n    return 1\n", b'def f():\n    """Doc of f."""\n    return 1\n'),
    "no newline at the end": (b"def f():\n    return 1", b'def f():\n    """Doc of f."""\n    return 1'),
    "trailing spaces": (b"def f():  \n    return 1  \n \n", b'def f():  \n    """Doc of f."""\n    return 1  \n \n'),
    "tabs": (b"def f():\n\treturn 1\n", b'def f():\n\t"""Doc of f."""\n\treturn 1\n'),
    "windows": (b"def f():\r\n    return 1\r\n", b'def f():\r\n    """Doc of f."""\r\n    return 1\r\n'),
    "old mac": (b"def f():\r    return 1\r", b'def f():\r    """Doc of f."""\r    return 1\r'),
    "mixed newlines": (
        b"x = 1\ndef f():\r\n    y = 1\n    return 1\r\n",
        b'x = 1\ndef f():\r\n    """Doc of f."""\r\n    y = 1\n    return 1\r\n',
    ),
    "form feed": (
        b"x = 1\n\f\ndef f():\n\f    return 1\n",
        b'x = 1\n\f\ndef f():\n    """Doc of f."""\n\f    return 1\n',
    ),
    "head of several lines": (
        b"@a(\n  1)\nasync def f(\n    a,  # one\n    # two\n) -> int: # three\n\n    return 1\n",
        b'@a(\n  1)\nasync def f(\n    a,  # one\n    # two\n) -> int: # three\n    """Doc of f."""\n\n    return 1\n',
    ),
    "continued head": (b"def f(a) \\\n  :\n    return 1\n", b'def f(a) \\\n  :\n    """Doc of f."""\n    return 1\n'),
    "comments first": (
        b"def f():\n    # what\n  # odd\n\n# left\n    return 1\n",
        b'def f():\n    """Doc of f."""\n    # what\n  # odd\n\n# left\n    return 1\n',
    ),
    "comment of types": (
        b"def f(a):\n    # type: (int) -> int\n    return 1\n",
        b'def f(a):\n    # type: (int) -> int\n    """Doc of f."""\n    return 1\n',
    ),
    "a decorated thing first": (
        b"def f():\n    @a\n    def g(): pass\n    return g\n",
        b'def f():\n    """Doc of f."""\n    @a\n    def g(): pass\n    return g\n',
    ),
    "strings that are no docstring": (
        b"def f():\n    f'x'\n    b'y'\n    'z'\n",
        b"def f():\n    \"\"\"Doc of f.\"\"\"\n    f'x'\n    b'y'\n    'z'\n",
    ),
    "byte order mark": (
        b"\xef\xbb\xbfdef f():\n    return '\xc3\xa9'\n",
        b"\xef\xbb\xbfdef f():\n    " + DOC + b"\n    return '\xc3\xa9'\n",
    ),
    "latin-1": (
        b"# coding: latin-1\ndef f():\n    return '\xe9'\n",
        b"# coding: latin-1\ndef f():\n    " + DOC + b"\n    return '\xe9'\n",
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function(name: str, tmp_path: Path) -> None:
    before, after = FUNCTIONS[name]
    assert documented(tmp_path, "f.py", before, say=F) == after


ONE_LINE = {
    "function": (b"def f(): return 1\n", b"def f():\n    %s\n    return 1\n"),
    "class": (b"class f(A):pass", b"class f(A):\n    %s\n    pass"),
    "comment, and several statements": (
        b"async def f(a):  x = '#'; return x  # why\ny = 1\n",
        b"async def f(a):\n    %s\n    x = '#'; return x  # why\ny = 1\n",
    ),
    "windows": (b"x = 1\r\ndef f(): return 1 \r\n", b"x = 1\r\ndef f():\r\n    %s\r\n    return 1 \r\n"),
    "tabs": (b"if x:\n\tdef f():\treturn 1 # why\n", b"if x:\n\tdef f():\n\t\t%s\n\t\treturn 1 # why\n"),
    "tabs elsewhere": (b"def f(): return 1\nif x:\n\ty = 1\n", b"def f():\n\t%s\n\treturn 1\nif x:\n\ty = 1\n"),
    "head and body of several lines": (
        b"@a\ndef f(\n    a,\n): return (a,\n  # why\n  '''\n''')\n",
        b"@a\ndef f(\n    a,\n):\n    %s\n    return (a,\n  # why\n  '''\n''')\n",
    ),
    "dots": (b"def f() -> int: ...\n", b"def f() -> int:\n    %s\n    ...\n"),
}


@pytest.mark.parametrize("name", ONE_LINE)
def test_a_body_on_the_line_of_its_head_gets_its_own(name: str, tmp_path: Path) -> None:
    before, after = ONE_LINE[name]
    assert documented(tmp_path, "g.py", before, say=F) == after % DOC


def test_a_stub_without_a_body_stays_as_it_is(tmp_path: Path) -> None:
    assert documented(tmp_path, "f.pyi", b"def f(): ...\n", say=F) == b"def f(): ...\n"


MODULES = {
    "nothing above": (b"import os\n", TOP + b"\n\nimport os\n"),
    "blank lines above": (b"\n\nimport os\n", b"\n\n" + TOP + b"\n\nimport os\n"),
    "shebang and coding": (
        b"#!/usr/bin/python\n# -*- coding: utf-8 -*-\nimport os\n",
        b"#!/usr/bin/python\n# -*- coding: utf-8 -*-\n" + TOP + b"\n\nimport os\n",
    ),
    "licence, and a comment of the import": (
        b"# Licence.\n\n# Ours.\nimport os\n",
        b"# Licence.\n\n" + TOP + b"\n\n# Ours.\nimport os\n",
    ),
    "future": (
        b"# x\n\nfrom __future__ import annotations\n",
        b"# x\n\n" + TOP + b"\n\nfrom __future__ import annotations\n",
    ),
    "comments only": (b"# a\n# b", b"# a\n# b\n" + TOP),
    "comments only, ended": (b"# a\n# b\r\n", b"# a\n# b\r\n" + TOP + b"\r\n"),
    "windows": (b"\xef\xbb\xbfimport os\r\n", b"\xef\xbb\xbf" + TOP + b"\r\n\r\nimport os\r\n"),
    "a definition first": (b"def f(): return 1\n", TOP + b"\n\ndef f(): return 1\n"),
}


@pytest.mark.parametrize("name", MODULES)
def test_a_module(name: str, tmp_path: Path) -> None:
    before, after = MODULES[name]
    assert documented(tmp_path, "m.py", before, say=M) == after


def test_everything_of_a_file(tmp_path: Path) -> None:
    before = (
        b"# Licence.\n\nimport os\n\n\nclass A(\n    object):\n\n    x = 1\n\n    @property\n    def f(self):\n"
        b"        # why\n        async def g():\n            await 1\n        return g\n"
    )
    after = (
        b'# Licence.\n\n"""Doc of m."""\n\nimport os\n\n\nclass A(\n    object):\n    """Doc of A."""\n\n    x = 1\n\n'
        b'    @property\n    def f(self):\n        """Doc of A.f."""\n        # why\n        async def g():\n'
        b'            """Doc of A.f.<locals>.g."""\n            await 1\n        return g\n'
    )
    assert documented(tmp_path, "m.py", before) == after


EXISTING = {
    "plain": b'"""Old."""',
    "raw": b"r'''Old \\d.'''",
    "pieces": b'"Old " \'and\' \\\n        r"""older"""',
    "lines": b'"""Old.\n\n    Older.\n    """',
    "empty": b'""',
}


@pytest.mark.parametrize("name", EXISTING)
def test_an_existing_docstring_is_kept_or_replaced(name: str, tmp_path: Path) -> None:
    code = b"def f():\n    # a\n    %s ; x = 1 # b\n    return x\n"
    before = code % EXISTING[name]
    assert documented(tmp_path / "keep", "f.py", before, say=F) == before
    assert documented(tmp_path / "replace", "f.py", before, "--existing", "replace", say=F) == code % DOC


def test_a_docstring_on_the_line_of_its_head_is_replaced_there(tmp_path: Path) -> None:
    text = plain("New.", description="More.")
    made = documented(
        tmp_path, "f.py", b"class f: 'Old.'\n", "--existing=replace", say=lambda u: text if u.kind == "class" else None
    )
    assert made == b'class f: """New.\n\n    More.\n    """\n'


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (b"def f(): \\\n    return 1\n", "one_line"),
        (b"class f: \\\n    pass\n", "one_line"),
        (b"def f():\n    ('Old.')\n", "code_changed"),
        (b"def f():\n    return 1\nprint 2\n", "not_parsed"),
        (b"# coding: ascii\ndef f():\n    return 1\n", "not_encodable"),
    ],
)
def test_what_cannot_be_done_safely_is_left_out_with_its_reason(
    code: bytes, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = plain("Größe.") if reason == "not_encodable" else plain("Size.")
    with pytest.raises(LimitError, match="1 units could not be documented"):
        documented(tmp_path, "f.py", code, say=lambda u: text if u.name == "f" and u.kind != "module" else None)
    assert (tmp_path / "tree/f.py").read_bytes() == code
    assert f"refused: {'class' if b'class' in code else 'function'} f ({reason})" in capsys.readouterr().out


def test_one_bad_insertion_does_not_take_the_others_down(tmp_path: Path) -> None:
    code = b"def f():\n    return 1\ndef g():\n    ('Old.')\ndef h():\n    return 3\n"
    with pytest.raises(LimitError):
        documented(tmp_path, "f.py", code, say=only("f", "g", "h"))
    after = code.replace(b"    return 1", b"    " + DOC + b"\n    return 1")
    after = after.replace(b"    return 3", b'    """Doc of h."""\n    return 3')
    assert (tmp_path / "tree/f.py").read_bytes() == after


JAVASCRIPT = {
    "function": (b"function f() {}\n", b"/** Doc of f. */\nfunction f() {}\n"),
    "export": (
        b"'use strict'\r\nexport default async function f() {}\r\n",
        b"'use strict'\r\n/** Doc of f. */\r\nexport default async function f() {}\r\n",
    ),
    "below a comment": (b"// x\nconst f = () => 1", b"// x\n/** Doc of f. */\nconst f = () => 1"),
    "shebang": (b"#!/usr/bin/env node\nclass f {}\n", b"#!/usr/bin/env node\n/** Doc of f. */\nclass f {}\n"),
    "utf-16": (
        "\ufeffvar é = 1\nfunction f() {}\n".encode("utf-16-le"),
        "\ufeffvar é = 1\n/** Doc of f. */\nfunction f() {}\n".encode("utf-16-le"),
    ),
}


@pytest.mark.parametrize("name", JAVASCRIPT)
def test_before_a_unit(name: str, tmp_path: Path) -> None:
    before, after = JAVASCRIPT[name]
    assert documented(tmp_path, "f.js", before, say=F) == after


def test_before_a_method_and_replacing(tmp_path: Path) -> None:
    code = b"class A {\n\n\t/**\n\t * Old.\n\t */\n\tf(a) { return `a\n ${a}`; }\n\n\tg = () => 1;\n}\n"
    after = code.replace(b"/**\n\t * Old.\n\t */", b"/** Doc of A.f. */")
    after = after.replace(b"\tg =", b"\t/** Doc of A.g. */\n\tg =")
    assert documented(tmp_path, "f.js", code, "--existing=replace", say=only("A.f", "A.g")) == after


def test_not_in_the_middle_of_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = b"x = 1; function f() {}\n"
    with pytest.raises(LimitError):
        documented(tmp_path, "f.js", code, say=F)
    assert "(inside_line)" in capsys.readouterr().out
    assert (tmp_path / "tree/f.js").read_bytes() == code
