"""The table of languages: names, paths, and grammars that fit their queries."""

import pytest

from pipeline.languages import LANGUAGES, Language, find, grammar, language_of, query

CAPTURES = {"definition.function", "definition.method", "definition.class", "name", "body", "block"}
CAPTURES |= {
    "whole",
    "part",
    "documented",
    "doc",
    "scope.class",
    "scope.module",
    "head",
    "tail",
    "qualifier",
    "note",
    "lead",
}
CAPTURES |= {"of", "parameter", "type", "default", "rest", "returns", "gives", "yields", "closure"}
CAPTURES |= {"raise", "raised", "handler", "caught", "bound"}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_the_query_fits_the_grammar_and_keeps_to_the_known_captures(language: Language) -> None:
    found = query(language)
    names = {found.capture_name(i) for i in range(found.capture_count)}
    assert {"name", "body", "of", "parameter"} <= {name for name in names if not name.startswith("_")} <= CAPTURES
    assert grammar(language) is grammar(language), "loaded once"


def test_no_two_languages_claim_the_same_name_or_extension() -> None:
    names = [name.casefold() for entry in LANGUAGES for name in (entry.name, *entry.aliases)]
    extensions = [extension for entry in LANGUAGES for extension in entry.extensions]
    assert len(names) == len(set(names))
    assert len(extensions) == len(set(extensions))
    assert all(extension.startswith(".") and extension == extension.casefold() for extension in extensions)


@pytest.mark.parametrize(
    ("path", "declared", "language"),
    [
        ("a/b.py", None, "Python"),
        ("a/B.PYI", None, "Python"),
        ("a/b.py", "", "Python"),
        ("a/b.py", "  ", "Python"),
        ("a/b", "python", "Python"),
        (None, " PY ", "Python"),
        ("a/b.py", "COBOL", "COBOL"),
        ("a/b.cob", None, None),
        (".py", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_what_is_declared_goes_before_the_path(path: str | None, declared: str | None, language: str | None) -> None:
    assert language_of(path, declared) == language


def test_a_language_is_found_by_each_of_its_names() -> None:
    for entry in LANGUAGES:
        assert all(find(name.upper()) is entry for name in (entry.name, *entry.aliases))
    assert find("COBOL") is find(None) is find("") is None
