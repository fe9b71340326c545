"""The table of languages: names, paths, and grammars that fit their queries."""

import pytest

from pipeline.languages import LANGUAGES, PATHS, Language, by_path, find, grammar, language_of, query

CAPTURES = {"definition.function", "definition.method", "definition.class", "name", "body", "block"}
CAPTURES |= {"whole", "part", "documented", "doc", "scope.class", "scope.module", "head", "tail", "qualifier"}
CAPTURES |= {
    "note",
    "lead",
    "import",
    "remark",
    "definition.module",
    "arity",
    "curried",
    "open",
    "close",
    "prototype",
    "declarator",
}
CAPTURES |= {"skipped", "place", "static"}
CAPTURES |= {"of", "parameter", "type", "default", "rest", "returns", "gives", "yields", "closure"}
CAPTURES |= {"raise", "raised", "handler", "caught", "bound"}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_the_query_fits_the_grammar_and_keeps_to_the_known_captures(language: Language) -> None:
    found = query(language)
    names = {found.capture_name(i) for i in range(found.capture_count)}
    assert {"name"} <= {name for name in names if not name.startswith("_")} <= CAPTURES
    assert grammar(language) is grammar(language), "loaded once"


def test_no_two_languages_claim_the_same_name_or_path() -> None:
    names = [name.casefold() for entry in LANGUAGES for name in (entry.name, *entry.aliases)]
    rows = [line.split("\t") for line in PATHS.read_text().splitlines() if not line.startswith("#")]
    keys = [(column, key) for _, *columns in rows for column, text in enumerate(columns) for key in text.split()]
    assert len(names) == len(set(names))
    assert len(keys) == len(set(keys))


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
        ("a/b.cob", None, "COBOL"),
        ("a/Dockerfile", None, "Dockerfile"),
        ("Makefile", None, "Makefile"),
        ("a/Rakefile", None, "Ruby"),
        ("a/.bashrc", None, "Shell"),
        ("a/configure.sh.in", None, "Shell"),
        ("a/b.test.f90", None, "FORTRAN"),
        ("a/b.h", None, "C"),
        ("a/b.phtml", None, "PHP"),
        ("BUILD.bazel", None, "Starlark"),
        ("a/meson.build", None, "Meson"),
        ("a/b.unheard-of", None, None),
        ("a/b", None, None),
        ("....", None, None),
        (".py", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_what_is_declared_goes_before_the_path(path: str | None, declared: str | None, language: str | None) -> None:
    assert language_of(path, declared) == language


def test_the_languages_of_the_stack_are_known_by_their_paths() -> None:
    known = by_path()
    assert len(set(known.values())) > 350
    assert not {language.name for language in LANGUAGES} - set(known.values())
    assert all(key.startswith("/") or (key.startswith(".") and key == key.casefold()) for key in known)


def test_a_language_is_found_by_each_of_its_names() -> None:
    for entry in LANGUAGES:
        assert all(find(name.upper()) is entry for name in (entry.name, *entry.aliases))
    assert find("COBOL") is find(None) is find("") is None
