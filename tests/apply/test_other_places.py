"""Where documentation goes in Haskell and Elixir: bytes before, bytes after."""

import contextlib
from pathlib import Path

import pytest

from pipeline.errors import LimitError
from tests.apply.trees import apply, documented, plain, planted, recorded, rows

DOC, LONG = plain("New."), plain("New.", description="More.")

HASKELL = {
    "below a plain comment": (
        "module A where\n-- why\nf :: Int -- one\nf = 1\n",
        "module A where\n-- why\n-- | New.\n--\n-- More.\nf :: Int -- one\nf = 1\n",
    ),
    "over one that goes on": (
        "x = 1 -- x\n-- why\n-- | Old\n-- older\n--\n-- oldest\nf = 1 -- one\n",
        "x = 1 -- x\n-- why\n-- | New.\n--\n-- More.\nf = 1 -- one\n",
    ),
    "over one in a class": (
        "class C a where\n  -- | Old\n  -- older\n  f :: a -- one\n",
        "class C a where\n  -- | New.\n  --\n  -- More.\n  f :: a -- one\n",
    ),
    "over a block": ("-- why\n{-| Old\n -- old -}\nf = 1\n", "-- why\n-- | New.\n--\n-- More.\nf = 1\n"),
    "a pragma between": (
        "-- | Old\n-- older\n{-# INLINE f #-}\nf = 1\n",
        "-- | New.\n--\n-- More.\n{-# INLINE f #-}\nf = 1\n",
    ),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("name", HASKELL)
def test_a_function_of_haskell(name: str, newline: str, tmp_path: Path) -> None:
    before, after = (text.replace("\n", newline).encode() for text in HASKELL[name])
    say = lambda unit: LONG if unit.name.rpartition(".")[2] == "f" and unit.kind != "module" else None  # noqa: E731
    assert documented(tmp_path, "m.hs", before, "--existing=replace", say=say) == after


MODULES = {
    "none": ("module A where\nf = 1", "-- | New.\n--\n-- More.\nmodule A where\nf = 1"),
    "behind pragmas and a licence": (
        "{-# LANGUAGE X #-}\n-- Licence.\n\nmodule A -- why\n  where\n",
        "{-# LANGUAGE X #-}\n-- Licence.\n\n-- | New.\n--\n-- More.\nmodule A -- why\n  where\n",
    ),
    "over one": (
        "-- Licence.\n-- |\n-- Module: A\nmodule A where\n",
        "-- Licence.\n-- | New.\n--\n-- More.\nmodule A where\n",
    ),
    "no header": ("f = 1\n", "f = 1\n"),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("name", MODULES)
def test_a_module_of_haskell(name: str, newline: str, tmp_path: Path) -> None:
    before, after = (text.replace("\n", newline).encode() for text in MODULES[name])
    say = lambda unit: LONG if unit.kind == "module" else None  # noqa: E731
    assert documented(tmp_path, "m.hs", before, "--existing=replace", say=say) == after


ELIXIR = """defmodule A do # a
  # why
  use B

  defmodule C do
    @x 1
    @moduledoc "Old." # old
    defmodule D, do: nil
  end

  defmodule E do
    @moduledoc false
    def f, do: "@moduledoc"
  end

  defmodule F do
  end
end
defprotocol G do
  def f(x)
end
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("indent", ["  ", "\t"], ids=["spaces", "tab"])
def test_modules_of_elixir(newline: str, indent: str, tmp_path: Path) -> None:
    doc = '@moduledoc """\n{0}New.\n{0}"""'
    after = ELIXIR.replace("# why", doc.format("  ") + "\n  # why", 1)
    after = after.replace('@moduledoc "Old."', doc.format("    "))
    after = after.replace("G do\n", "G do\n  " + doc.format("  ") + "\n")
    before, after = (text.replace("  ", indent).replace("\n", newline) for text in (ELIXIR, after))
    say = lambda unit: DOC if unit.kind in ("module", "class") else None  # noqa: E731
    assert documented(tmp_path, "a.ex", before.encode(), "--existing=replace", say=say) == after.encode()


def test_a_module_on_one_line_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = b"defmodule A do use B end\n"
    with pytest.raises(LimitError):
        documented(tmp_path, "a.ex", code, say=lambda unit: DOC if unit.name == "A" else None)
    assert "refused: module A (one_line)" in capsys.readouterr().out
    assert (tmp_path / "tree/a.ex").read_bytes() == code


@pytest.mark.parametrize("existing", ["keep", "complete", "replace"])
def test_a_function_of_elixir_that_is_not_to_be_documented_stays_so(existing: str, tmp_path: Path) -> None:
    code = b"defmodule A do\n  @doc false\n  def f(x), do: x\nend\n"
    say = lambda unit: DOC if unit.name == "A.f" else None  # noqa: E731
    assert documented(tmp_path, "a.ex", code, f"--existing={existing}", say=say) == code


REAL = Path(__file__).parents[1] / "languages" / "real"
FILES = sorted(path for path in REAL.glob("*/*") if path.suffix not in (".md", ".units"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_documentation_that_was_replaced_makes_no_unit_stale(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = planted(tmp_path / "tree", {path.name: path.read_bytes()})
    out = recorded(tmp_path / "out", list(rows(path.name, path.read_bytes())))
    texts = []
    for _ in range(2):
        with contextlib.suppress(LimitError):
            apply(out, tree, "--existing=replace")
        assert "stale" not in capsys.readouterr().out
        texts.append((tree / path.name).read_bytes())
    assert texts[0] == texts[1]
