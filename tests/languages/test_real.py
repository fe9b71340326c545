"""Real files in each language: their units as listed beside them, which were checked against the files by reading."""

import re
from pathlib import Path

import pytest
import tree_sitter

from pipeline.extract import extract
from pipeline.languages import find, grammar, language_of
from pipeline.prompt import without
from pipeline.schema import File, Origin, Unit
from tests.languages.units import line, units

REAL = Path(__file__).parent / "real"
FILES = [listing.with_suffix("") for listing in sorted(REAL.glob("*/*.units"))]

# What begins a definition, as far as a regular expression can tell; and the kinds of the units that begin so.
WORDS = {
    ".kt": r"\bfun\b",
    ".swift": r"\bfunc\b",
    ".scala": r"\bdef\b",
    ".java": r"\b(?:class|interface|enum)\s+\w",
    ".cs": r"\b(?:class|interface|enum|struct)\s+\w",
    ".ts": r"\b(?:class|interface|enum)\s+\w",
}
COMMENTS = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)

pytestmark = pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)


def read(file: Path) -> tuple[str, str]:
    language = language_of(str(file), None)
    assert language is not None
    return file.read_bytes().decode(), language


def whole(text: str, language: str) -> Unit:
    return extract(File(Origin("s", 0, path="a", language=language), text))[0]


def test_the_units_are_those_of_the_listing(file: Path) -> None:
    listing = file.with_name(file.name + ".units").read_text(encoding="utf-8").splitlines()
    assert [line(unit) for unit in units(*read(file))] == listing


def test_the_code_of_each_unit_is_the_files_own_and_none_is_found_twice(file: Path) -> None:
    text, language = read(file)
    found = units(text, language)
    assert all(unit.code.encode() == text.encode()[unit.start_byte : unit.end_byte] for unit in found)
    assert len({(unit.start_byte, unit.end_byte, unit.kind) for unit in found}) == len(found)
    assert all(
        unit.code[-1] not in " \t\n" and unit.code.count("\n") == unit.end_line - unit.start_line for unit in found
    )


def test_the_ends_of_lines_make_no_difference(file: Path) -> None:
    text, language = read(file)
    text = text.replace("\r\n", "\n")
    assert [line(unit) for unit in units(text.replace("\n", "\r\n"), language)] == [
        line(unit) for unit in units(text, language)
    ]


def test_what_is_left_of_a_file_without_its_blocks_still_parses(file: Path) -> None:
    text, language = read(file)
    entry = find(language)
    assert entry is not None
    blocks = whole(text, language).blocks
    for depth in {block.depth for block in blocks}:
        left = without(text.encode(), [block for block in blocks if block.depth == depth], entry.elision)
        assert not tree_sitter.Parser(grammar(entry)).parse(left.encode()).root_node.has_error


def test_there_are_as_many_definitions_as_words_that_begin_one(file: Path) -> None:
    words = WORDS.get(file.suffix)
    if words is None:
        pytest.skip("no word begins all definitions of this language")
    text, language = read(file)
    found = [unit for unit in units(text, language) if re.search(words, unit.signature)]
    assert len(found) == len(re.findall(words, COMMENTS.sub("", text)))
