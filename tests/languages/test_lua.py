"""Lua: what real files and hard ones consist of."""

import re
from pathlib import Path

import pytest

from tests.languages import checks
from tests.languages.units import units

FILES = checks.real("lua")
FUNCTION = re.compile(r"^(?! *--)[^\n]*?(?:\bfunction +[\w.:]+ *\(|[\w\]] *= *function *\()", re.M)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_files(path: Path) -> None:
    checks.as_listed(path, "Lua")
    text = path.read_text(encoding="utf-8")
    assert len(units(text, "Lua")) == len(FUNCTION.findall(text))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_any_block_may_be_left_out(path: Path) -> None:
    checks.may_be_left_out(path.read_text(encoding="utf-8"), "Lua")


HARD = """--- Adds.
-- @param a number
local function add(a, b, ...)
  return function(x) return x end
end

--[[ Gets
     it. ]]
function M.sub.get(key) if key then return end end

--[[ Other. ]]
-- The documentation.
function M.sub:set(
  key, -- the key
  value
) end

M.make = function(z) return z end
M["quoted"] = function() end
local first, second = function() end, 2
local fixed <const> = function() end

--- A table.
local T = {
  -- Runs.
  run = function(self) return 1 end,
  ["a b"] = function() end,
  inner = { deep = function() end },
  function() end,
}
local x = 1 -- trails
function after() goto done ::done:: end

-- apart

function alone() end
"""


def test_hard_cases() -> None:
    assert checks.listing(HARD, "Lua") == [
        "function add 1-5 (a, b, ...) gives documented",
        "function M.sub.get 7-9 (key) documented",
        "method M.sub:set 12-16 (key, value) documented",
        "function M.make 18-18 (z) gives",
        'function M["quoted"] 19-19 ()',
        "function first 20-20 ()",
        "function fixed 21-21 ()",
        "function T.run 25-26 (self) gives documented",
        "function T.a b 27-27 ()",
        "function T.inner.deep 28-28 ()",
        "function after 32-32 ()",
        "function alone 36-36 ()",
    ]


def test_signatures_are_one_line_without_comments() -> None:
    signatures = {unit.name: unit.signature for unit in units(HARD, "Lua")}
    assert signatures["M.sub:set"] == "function M.sub:set(key, value)"
    assert signatures["M.make"] == "M.make = function(z)"


def test_windows_lines_are_the_same_units() -> None:
    assert checks.listing(HARD.replace("\n", "\r\n"), "Lua") == checks.listing(HARD, "Lua")


def test_of_a_broken_file_whole_units_are_kept() -> None:
    assert "function a 1-1 ()" in checks.listing("function a() end\nfunction b( end\nfunction c() end\n", "Lua")


def test_linear_time() -> None:
    checks.takes_linear_time(lambda n: "--- F.\nfunction f(a, b) return a end\n" * n, "Lua")
    checks.takes_linear_time(lambda n: "t = {" + "f = function() end,\n" * n + "}\n", "Lua")


@pytest.mark.parametrize(
    "text",
    [
        "{" * 20_000,
        "f = function() " * 3000,
        "--\n" * 50_000,
        "function f(" + "a, " * 50_000 + "z) end",
        "t = {" * 5000,
    ],
    ids=["tables", "functions", "comments", "parameters", "named tables"],
)
def test_hostile_files_end_soon(text: str) -> None:
    checks.ends_soon(text, "Lua")
