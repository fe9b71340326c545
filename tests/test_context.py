"""The model sees what a unit uses of its file, as far as there is room."""

import pytest

from pipeline.context import in_context
from pipeline.languages import find
from pipeline.schema import Outline
from tests.conftest import make_unit

PYTHON, OCAML = map(find, ("Python", "OCaml"))
assert PYTHON
assert OCAML


def test_context_is_what_the_unit_uses_within_its_room() -> None:
    outline = Outline(
        ("import os", "from a import helper, other", "import re"),
        (
            ("f", "def f(x)"),
            ("helper", "def helper(y: int) -> str"),
            ("C.run", "def run(self)"),
            ("f.<locals>.run", "def run()"),
        ),
    )
    unit = make_unit("def f(x):\n    return helper(os.path, run)\n", outline=outline, body=10)
    seen = in_context(unit, PYTHON, 100, len)
    assert seen.code.startswith("# import os\n# from a import helper, other\n# def helper(y: int) -> str\n")
    assert "def run(self)" in in_context(unit, PYTHON, 1000, len).code
    assert seen.code.encode()[seen.body or 0 :] == unit.code.encode()[10:]
    assert in_context(unit, PYTHON, 5, len).code == unit.code


@pytest.mark.parametrize(
    ("line", "code", "shown"),
    [
        ("from a import b as c", "with open() as f: pass", False),
        ("pub use a::{self, Display};", "pub fn f(&self) -> impl Display", True),
        ("pub use a::{self, Debug};", "pub fn f(&self) { use b; }", False),
        ("import static a.B.c;", "static int f() { return g(); }", False),
        ('#include "dict.h"', "dict *make(int h)", True),
        ("#include <stdlib.h>", "int f(int h)", False),
        (". lib/log.sh", "f() { log done; }", True),
        ("import a._", "case _ => b", False),
        ("import a", "def f():\n    import a\n    a.b()", False),
    ],
)
def test_an_import_is_shown_where_the_code_has_one_of_its_names_and_not_itself(
    line: str, code: str, shown: bool
) -> None:
    language = find("Java")
    assert language
    seen = in_context(make_unit(code, outline=Outline((line,))), language, 1000, len)
    assert seen.code == (f"// {line}\n" if shown else "") + code


def test_a_long_line_of_context_is_cut() -> None:
    names = ", ".join(f"name{i}" for i in range(100))
    unit = make_unit("name7()", outline=Outline((f"from a import {names}",)))
    line, code = in_context(unit, PYTHON, 1000, len).code.split("\n")
    assert line.startswith("# from a import name0, name1, ")
    assert line.endswith(" ...")
    assert len(line) <= 202
    assert code == "name7()"


def test_a_comment_that_its_line_does_not_end_is_closed() -> None:
    unit = make_unit("let f () = map ()", outline=Outline(("open Map.map",)))
    assert in_context(unit, OCAML, 100, len).code == "(* open Map.map *)\nlet f () = map ()"
