"""Elixir: what real files and hard ones consist of."""

import re
from pathlib import Path

import pytest

from tests.languages import checks
from tests.languages.units import units

FILES = checks.real("elixir")
FUNCTION = re.compile(r"^ *def(?:p|macro)? (\w+[?!]?)(?:\((.*?)\))?(?: when|,| do|$)", re.M)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_files(path: Path) -> None:
    checks.as_listed(path, "Elixir")
    text = re.sub(r'"""[\s\S]*?"""', '"a"', path.read_text(encoding="utf-8"))
    found = {unit.name.rpartition(".")[2] for unit in units(text, "Elixir") if unit.kind in ("function", "method")}
    assert found == {name for name, _ in FUNCTION.findall(text)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_any_block_may_be_left_out(path: Path) -> None:
    checks.may_be_left_out(path.read_text(encoding="utf-8"), "Elixir")


HARD = '''defmodule Shop.Cart do
  @moduledoc """
  The module.
  """
  use GenServer

  @doc """
  Adds.
  """
  @doc since: "1.0"
  @spec add(integer, binary) :: integer
  def add(a, b \\\\ 1)
  def add(0, _), do: 1
  # between the clauses
  def add(a, %{x: y} = b) when is_integer(a) and b > 1 do
    raise ArgumentError, "x"
  end
  def add(a, b, c), do: a

  @doc false
  defp hidden, do: raise(Shop.Error)

  @doc ~S"""
  A macro.
  """
  # why
  defmacro twice(x) do
    quote do: unquote(x)
  end
  def a + b do a end
  def unquote(name)(x), do: x
  defguard is_x(a) when a > 1
  defdelegate size(x), to: Bar
  @doc "A callback."
  @callback handle(integer) :: atom
  defstruct [:a, :b]

  @impl true
  def init([h | t]) do
    fn x -> raise RuntimeError end
    h
  rescue
    e in [KeyError, ArithmeticError] -> reraise e, __STACKTRACE__
  end

  defmodule Inner do
    def g(x, opts \\\\ []), do: x
  end
end

defprotocol Size do
  @doc "Sizes."
  def size(data)
end

defimpl Size, for: Map do
  def size(m), do: map_size(m)
end
'''


def test_hard_cases() -> None:
    assert checks.listing(HARD, "Elixir") == [
        "module Shop.Cart 1-49 () documented",
        "function Shop.Cart.add 7-17 (a, b = 1) -> integer gives raises ArgumentError documented",
        "function Shop.Cart.add 18-18 (a, b, c) gives",
        "function Shop.Cart.hidden 20-21 () gives raises Shop.Error documented",
        "function Shop.Cart.twice 23-29 (x) gives documented",
        "function Shop.Cart.+ 30-30 () gives",
        "function Shop.Cart.unquote(name) 31-31 (x) gives",
        "function Shop.Cart.is_x 32-32 (a)",
        "function Shop.Cart.size 33-33 (x) gives",
        "function Shop.Cart.handle 34-35 () -> atom documented",
        "function Shop.Cart.init 38-44 ([h | t]) gives raises KeyError raises ArithmeticError",
        "module Shop.Cart.Inner 46-48 ()",
        "function Shop.Cart.Inner.g 47-47 (x, opts = []) gives",
        "class Size 51-54 ()",
        "method Size.size 52-53 (data) documented",
        "method Size.Map.size 57-57 (m) gives",
    ]


def test_signatures() -> None:
    signatures = {unit.name: unit.signature for unit in units(HARD, "Elixir")}
    assert signatures["Shop.Cart.hidden"] == "defp hidden"
    assert signatures["Shop.Cart.twice"] == "defmacro twice(x)"
    assert signatures["Shop.Cart"] == "defmodule Shop.Cart"


def test_windows_lines_are_the_same_units() -> None:
    assert checks.listing(HARD.replace("\n", "\r\n"), "Elixir") == checks.listing(HARD, "Elixir")


def test_of_a_broken_file_whole_units_are_kept() -> None:
    text = "defmodule A do\n  def a(x), do: x\nend\ndefmodule B do\n  def b(x, do: x\nend\n"
    assert "function A.a 2-2 (x) gives" in checks.listing(text, "Elixir")


def test_linear_time() -> None:
    def functions(count: int) -> str:
        return "".join(f'@doc "F."\ndef f{i}(a, b) do\n  a\nend\n' for i in range(count))

    checks.takes_linear_time(functions, "Elixir")


def test_the_clauses_of_a_function_take_linear_time() -> None:
    once, twice = (checks.seconds("def f(0), do: 1\n" * count, "Elixir", 1) for count in (4000, 8000))
    assert twice < 3 * once or checks.seconds("def f(0), do: 1\n" * 8000, "Elixir", 1) < 3 * once


@pytest.mark.parametrize(
    "text",
    [
        "def f(" + "a, " * 20_000 + "z), do: 1\n",
        "def f do\n" * 3000,
        "# a\n" * 50_000,
        "if x do " * 5000,
        '@doc "a"\n' * 20_000,
    ],
    ids=["parameters", "open", "comments", "ifs", "docs"],
)
def test_hostile_files_end_soon(text: str) -> None:
    checks.ends_soon(text, "Elixir")
