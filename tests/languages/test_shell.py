"""Shell: what real files and hard ones consist of."""

import re
from pathlib import Path

import pytest

from tests.languages import checks
from tests.languages.units import units

FILES = checks.real("shell")
FUNCTION = re.compile(r"^[ \t]*(?:function +)?[\w:.-]+ *\(\)", re.M)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_files(path: Path) -> None:
    checks.as_listed(path, "Shell")
    text = path.read_text(encoding="utf-8")
    assert len(units(text, "Shell")) == len(FUNCTION.findall(text))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_any_block_may_be_left_out(path: Path) -> None:
    checks.may_be_left_out(path.read_text(encoding="utf-8"), "Shell")


HARD = """#!/bin/bash
# Not of the first function, as the line above ends it.
first() { :; }

# Greets.
# Arguments: a name
# shellcheck disable=SC2034
greet-all.now () {
  local name=$1
  inner() {
    echo "$name"
  }
  while read -r line; do echo "$line"; done < <(cat <<EOF
fake() { :; }
EOF
)
}

x=1 # trails
function lib::load
{
  case $1 in a) return 1 ;; esac
}

in_subshell() ( cd / )
both() { :; } >&2 2>/dev/null
value=$(nested() { :; }; nested)
"""


def test_hard_cases() -> None:
    assert checks.listing(HARD, "Shell") == [
        "function first 2-3 () documented",
        "function greet-all.now 5-17 () documented",
        "function greet-all.now.inner 10-12 ()",
        "function lib::load 20-23 ()",
        "function in_subshell 25-25 ()",
        "function both 26-26 ()",
        "function nested 27-27 ()",
    ]


def test_a_directive_is_no_documentation() -> None:
    unit = {unit.name: unit for unit in units(HARD, "Shell")}["greet-all.now"]
    assert unit.doc is not None
    assert unit.code[slice(*unit.doc)] == "# Greets.\n# Arguments: a name"
    assert unit.signature == "greet-all.now ()"
    (alone,) = units("# shellcheck disable=SC2034\nf() { :; }\n", "Shell")
    assert (alone.doc, alone.start_line) == (None, 1)


def test_windows_lines_are_the_same_units() -> None:
    text = "# A.\r\na() {\r\n  :\r\n}\r\n\r\nb() {\r\n  :\r\n}\r\n"
    assert [unit.name for unit in units(text, "Shell")] == ["a", "b"]
    assert units(text, "Shell")[0].doc == (0, 4)


def test_of_a_broken_file_whole_units_are_kept() -> None:
    assert "function a 1-1 ()" in checks.listing("a() { :; }\nb() { if; }\n", "Shell")


def test_linear_time() -> None:
    checks.takes_linear_time(lambda n: "# F.\nf() { echo; }\n" * n, "Shell")
    checks.takes_linear_time(lambda n: "#\n" * n + "f() { :; }\n" * n, "Shell")


@pytest.mark.parametrize(
    "text",
    ["if x; then\n" * 3000, "f() {\n" * 3000, "# a\n" * 50_000, "case x in " * 3000, "$(" * 20_000],
    ids=["ifs", "functions", "comments", "cases", "substitutions"],
)
def test_hostile_files_end_soon(text: str) -> None:
    checks.ends_soon(text, "Shell")
