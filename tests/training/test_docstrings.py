import pytest

from pipeline.training.docstrings import description, phrase, summary


def test_the_summary_and_a_short_description_are_taken() -> None:
    written = """Return the name of the file.

    The name is looked up
    in the index.

    Args:
        path: where to look.
    """
    assert description(written) == "Return the name of the file.\n\nThe name is looked up in the index."


@pytest.mark.parametrize(
    "section",
    ["Args:\n    x: a number", ":param x: a number of the list", ">>> f(1)\n2", "Parameters\n----------\nx : int"],
)
def test_it_ends_where_sections_fields_and_examples_begin(section: str) -> None:
    assert description(f"Return the sum of the list.\n\n{section}") == "Return the sum of the list."
    assert description(f"Return the sum of the list.\n{section}") == "Return the sum of the list."


def test_markup_is_taken_off() -> None:
    assert description("Return a new :class:`~http.Server` that listens to ``port``.") == (
        "Return a new `http.Server` that listens to `port`."
    )


def test_a_role_at_the_head_of_a_line_is_text() -> None:
    assert description("Return an instance of\n:class:`Server`.") == "Return an instance of `Server`."


@pytest.mark.parametrize(
    "useless",
    [
        "",
        "Yes.",
        "See the base class for more.",
        "Same as the method in the parent.",
        "Gibt den Namen zurück.",
        "返回文件的名称。",
        "TODO write the documentation of this",
        "foo(bar, baz) -> int -> spam[eggs] of {a: b}",
        "Copyright of the authors of this file.",
    ],
)
def test_what_teaches_no_english_gives_nothing(useless: str) -> None:
    assert description(useless) is None


def test_long_descriptions_end_with_a_whole_sentence() -> None:
    text = description("Return the name of it.\n\n" + "This is one more sentence of the description. " * 20)
    assert text is not None
    assert len(text.split()) <= 45
    assert text.endswith("description.")


def test_the_summary_is_the_first_sentence() -> None:
    assert summary("Return it. Or not.\n\nMore of it.") == "Return it"


def test_of_an_entry_its_first_sentence_is_taken_where_it_is_short() -> None:
    assert phrase("the name of ``it``,\n  as given. More.\n\nAnd more.") == "The name of `it`, as given."
    assert phrase("the " * 22 + "name") is None
    assert phrase("") is None
    assert phrase("int") is None
