"""What a language's syntax can do, in a file made for it: its units and signatures as listed beside it."""

from pathlib import Path

import pytest
import tree_sitter

from pipeline.extract import extract
from pipeline.languages import find, grammar, language_of
from pipeline.prompt import without
from pipeline.schema import File, Origin
from tests.languages.units import line, units

HARD = Path(__file__).parent / "hard"
FILES = [listing.with_suffix("") for listing in sorted(HARD.glob("*.units"))]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_hard_cases(file: Path, newline: str) -> None:
    listing = file.with_name(file.name + ".units").read_text(encoding="utf-8").splitlines()
    text, language = file.read_text(encoding="utf-8").replace("\n", newline), language_of(str(file), None)
    assert language is not None
    assert [said for unit in units(text, language) for said in (line(unit), f"    {unit.signature}")] == listing


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_what_is_left_of_a_hard_case_without_its_blocks_still_parses(file: Path) -> None:
    text, language = file.read_text(encoding="utf-8"), find(language_of(str(file), None))
    assert language is not None
    blocks = extract(File(Origin("s", 0, path="a", language=language.name), text))[0].blocks
    for block in blocks:
        left = without(text.encode(), [block], language.elision)
        assert not tree_sitter.Parser(grammar(language)).parse(left.encode()).root_node.has_error, block


@pytest.mark.parametrize(
    ("language", "text", "kept"),
    [
        ("Java", "class A { int f() { return 1; } int g( { } }\nclass B { void h() { } }", "B.h"),
        ("C#", "class B { void H() { } }\nclass A { int F() { return 1 +; } }", "B.H"),
        ("Kotlin", "class B {\n  fun h() { }\n}\nclass A {\n  fun f( { }\n}\n", "B.h"),
        ("Swift", "class B {\n  func h() { }\n}\nclass A {\n  func f() { let = }\n}\n", "B.h"),
        ("Scala", "class B {\n  def h = 1\n}\nclass A {\n  def f = (1 +\n}\n", "B.h"),
        ("TypeScript", "class B { h(): void { } }\nclass A { f( { } }", "B.h"),
        ("TSX", "class B { h(): void { } }\nconst a = <p>;", "B.h"),
        ("JavaScript", "class B { h() { } }\nclass A { f( { } }", "B.h"),
    ],
)
def test_of_a_broken_file_what_is_whole_is_used(language: str, text: str, kept: str) -> None:
    names = [unit.name for unit in units(text, language)]
    assert kept in names
    assert "A" not in names
