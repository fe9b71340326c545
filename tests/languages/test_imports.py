"""What each language imports: a line each, as it stands in the file."""

import re
from pathlib import Path

import pytest

from pipeline.extract import extract
from pipeline.languages import LANGUAGES
from pipeline.schema import File, Origin
from tests.languages import checks


def imports(text: str, language: str) -> list[str]:
    """The imports of a text."""
    return list(extract(File(Origin("s", 0, path="a", language=language), text))[0].outline.imports)


# Each line is an import as it is, but for the parts behind `=>`, and those of `NO_IMPORTS`, which are none.
AS_THEY_STAND = {
    "Python": "import os\nfrom . import a as b\n",
    "JavaScript": "import a from 'b';\nimport 'c';\n",
    "TypeScript": "import type { A } from './a';\n",
    "TSX": "import * as React from 'react';\n",
    "Java": "import java.util.*;\nimport static a.B.c;\n",
    "Rust": "use a::{b, c as d};\npub use e::*;\nextern crate f;\n",
    "C": '#include <stdio.h>\n#include "a/b.h"\n#include NAME\n',
    "C++": "#include <vector>\nusing namespace std;\nusing std::vector;\n",
    "C#": "global using A;\nusing static A.B;\nusing C = D.E;\n",
    "Ruby": "require 'set'\nrequire_relative \"a/b\"\nautoload :C, 'c'\n",
    "Kotlin": "import a.b.*\nimport c.D as E\n",
    "Swift": "import A\n@testable import struct B.C\n",
    "Scala": "import a.b._\nimport a.{c => d}, e.F\n",
    "Haskell": "import A\nimport qualified B.C as D\nimport E hiding (f)\n",
    "OCaml": "open A\nopen! B.C\n",
    "Lua": "local a = require('b')\nlocal c = require 'd'.e\n",
    "Julia": "using A, B\nimport ..C: d, e as f\n",
    "Shell": '. ./a.sh\nsource "$HERE/b.sh"\n',
    "Elixir": "alias A.{B, C}\nimport D, only: [e: 1]\nrequire F\nuse G, h: 1\n",
}
NONE = {
    "C++": "using T = int;\n#define X 1\n",
    "C#": "class A { void F() { using var a = b; using (c) { } } }\n",
    "Ruby": "a.require 'b'\nclass A\n  include B\nend\n",
    "PHP": "<?php\nclass A { use B; function f() { return function () use ($x) {}; } }\n",
    "Lua": "local a = b('c')\nlocal d\n",
    "Shell": "a source b\n",
    "Elixir": "defmodule A do\n  def use(b), do: a.import(B)\nend\n",
}
LAID_OUT = {
    "Python": ("from a import (  # b\n    c,\n    d,\n)\n", ["from a import (c, d,)"]),
    "TypeScript": ("import {\n  A, // a\n  B\n} from './a'\n", ["import {A, B} from './a'"]),
    "Go": (
        'package a\nimport "b"\nimport (\n\t"c/d" // e\n\n\tf "g"\n\t. "h"\n\t_ "i"\n)\n',
        ['import "b"', 'import "c/d"', 'import f "g"', 'import . "h"', 'import _ "i"'],
    ),
    "Rust": ("use a::{\n    b, // c\n    d,\n};\nfn f() { use e::g; }\n", ["use a::{b, d,};", "use e::g;"]),
    "C": ("#include <a.h> /* b */\n#ifdef C\n# include <d.h>\n#endif\n", ["#include <a.h>", "# include <d.h>"]),
    "PHP": (
        "<?php\nnamespace A;\nuse B\\C;\nuse D\\{E, F as G};\nuse function H\\i;\n",
        ["use B\\C;", "use D\\{E, F as G};", "use function H\\i;"],
    ),
    "Haskell": ("import           A ( b\n                   , c -- d\n  )\n", ["import A ( b , c)"]),
    "Elixir": ("defmodule A do\n  use B\nend\ndefmodule C do\n  use B\nend\n", ["use B"]),
}


@pytest.mark.parametrize("language", AS_THEY_STAND)
def test_imports_as_they_stand(language: str) -> None:
    text = AS_THEY_STAND[language]
    assert imports(text + NONE.get(language, ""), language) == text.splitlines()
    assert imports(text.replace("\n", "\r\n"), language) == text.splitlines()


@pytest.mark.parametrize("language", LAID_OUT)
def test_imports_are_one_line_each_without_comments(language: str) -> None:
    text, lines = LAID_OUT[language]
    assert imports(text, language) == lines
    assert imports(text.replace("\n", "\r\n"), language) == lines


def test_every_language_has_imports() -> None:
    assert {language.name for language in LANGUAGES} == AS_THEY_STAND.keys() | LAID_OUT.keys()


@pytest.mark.parametrize("language", NONE)
def test_what_only_looks_like_one(language: str) -> None:
    assert imports(NONE[language], language) == []


# What an import looks like in the real files, to somebody who knows no grammar.
LOOKS = {
    "c": ("C", r"^ *#include.*[\">]"),
    "cpp": ("C++", r"^ *#include.*[\">]|^ *using [^=;]*;"),
    "csharp": ("C#", r"^ *using [\w.]+;"),
    "haskell": ("Haskell", r"^import .*(?:\n +.*)*"),
    "java": ("Java", r"^import .*;"),
    "kotlin": ("Kotlin", r"^import .*"),
    "php": ("PHP", r"^use .*;"),
    "ruby": ("Ruby", r"^ *require(?:_relative)? ['\"].*"),
    "rust": ("Rust", r"^ *(?:pub )?use [^;]*;"),
    "scala": ("Scala", r"^ *import .*"),
    "swift": ("Swift", r"^import \w+"),
    "typescript": ("TypeScript", r"^import [^;]*;"),
}


@pytest.mark.parametrize("path", [path for folder in LOOKS for path in checks.real(folder)], ids=lambda path: path.name)
def test_real_files(path: Path) -> None:
    language, looks = LOOKS[path.parent.name]
    text = path.read_text(encoding="utf-8")
    seen = dict.fromkeys(squeezed(found) for found in re.findall(looks, text, re.MULTILINE))
    assert [squeezed(line) for line in imports(text, language)] == list(seen)


def squeezed(line: str) -> str:
    """The line without white space, which laying out may change."""
    return "".join(line.split())
