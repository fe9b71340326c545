"""Large and hostile files take time in proportion to their length, in each language."""

import json.decoder
from pathlib import Path

import pytest

from pipeline.extract import extract
from pipeline.languages import LANGUAGES, language_of
from pipeline.schema import File, Origin
from tests.languages import checks

# One definition with a number, and how many units that is.
DEFINITIONS = {
    "JavaScript": ("/** Doc. */\nfunction f{i}(a, b = 1) {{ if (a) {{ return b; }} }}\n", 1),
    "TypeScript": ("/** Doc. */\nexport function f{i}(a: number, b = 1): number {{ if (a) {{ return b; }} }}\n", 1),
    "TSX": ("/** Doc. */\nexport const F{i} = ({{ a }}: Props) => <p>{{a}}</p>;\n", 1),
    "Java": ("/** Doc. */\nclass C{i} {{ int f(int a) throws E {{ if (a) {{ return b; }} }} }}\n", 2),
    "C#": ("/// <summary>Doc.</summary>\nclass C{i} {{ int F(int a) => throw new E(); }}\n", 2),
    "Kotlin": ("/** Doc. */\nfun f{i}(a: Int, b: Int = 1): Int {{\n  return b\n}}\n", 1),
    "Swift": ("/// Doc.\nfunc f{i}(a: Int, b: Int = 1) -> Int {{ return b }}\n", 1),
    "Scala": ("/** Doc. */\nclass C{i} {{ def f(a: Int, b: Int = 1): Int = b }}\n", 2),
}

HOSTILE = {
    "braces": "{" * 20_000,
    "classes": "class A {\n" * 5_000,
    "comments": "/** a */\n// b\n" * 20_000 + "class A { }",
    "annotations": "@A\n" * 10_000 + "class A { }",
    "branches": "if (a) { } " + "else if (b) { } " * 35_000,
    "calls": "x = " + "f(" * 10_000 + "a" + ")" * 10_000,
    "members": "x = a" + ".b" * 10_000,
    "operators": "x = a" + " + a" * 10_000,
    "parameters": "class A { f(" + "int a, " * 5_000 + "int b) { } }",
    "handlers": "func f() { do { } " + "catch let e as E { throw e } " * 35_000 + "}",
    "space": "class A {" + "\n" * 1_000_000 + "}",
}


REAL = [Path(json.decoder.__file__), *(checks.real(folder.name)[0] for folder in sorted(checks.REAL.glob("*/")))]


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_real_text_twice_as_long_takes_about_twice_the_work(path: Path) -> None:
    language = "C++" if path.parent.name == "cpp" else language_of(path.name, None)
    assert language is not None
    checks.takes_linear_work(path.read_text(encoding="utf-8") + "\n", language)


def test_there_is_real_text_of_every_language() -> None:
    assert len(REAL) == len(LANGUAGES)


@pytest.mark.parametrize("language", DEFINITIONS)
def test_twice_as_many_definitions_take_about_twice_as_long(language: str) -> None:
    definition, units_each = DEFINITIONS[language]
    checks.takes_linear_time(
        lambda count: "".join(definition.format(i=i) for i in range(count // units_each)), language
    )


@pytest.mark.parametrize("language", DEFINITIONS)
def test_hostile_files_end_soon(language: str) -> None:
    for text in HOSTILE.values():
        checks.ends_soon(text, language)


RUNS = {
    "Java": ["a<" * 20_000, "a => " * 10_000, "int a<" * 5000 + "x;"],
    "C#": ["a<" * 20_000, "a => " * 10_000, "int a<" * 5000 + "x;"],
    "TypeScript": ["a<b," * 20_000, "f(a<b.c, " * 5000],
    "TSX": ["a<b," * 20_000],
    "C": ["a => " * 20_000, "a =\n% " * 2000],
    "Shell": ["a|" * 20_000, "a |& $b | " * 2000],
}


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in RUNS.items() for text in texts])
def test_what_would_take_the_parser_gigabytes_is_left_whole(text: str, language: str) -> None:
    (unit,) = extract(File(Origin("shard", 0, language=language), text))
    assert unit.problem == "parse_limit"
