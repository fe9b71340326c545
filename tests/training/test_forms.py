"""A docstring in whichever style becomes the form that the engine would have forced, with what it says filled in."""

import pytest

from pipeline.training.forms import form
from pipeline.training.units import Example, examples

NUMPY = """Join the parts.

    Parameters
    ----------
    first : str
        Where it begins. It may be empty.
    *rest
        what follows it

    Returns
    -------
    str
        The path, with one separator between two parts.

    Raises
    ------
    OSError
        Never.
    ValueError
        If a part is empty.
    """
REST = """Join the parts.

    :param first: Where it begins. It may be empty.
    :param rest: what follows it
    :returns: The path, with one separator between two parts.
    :raises ValueError: If a part is empty.
    """
CODE = '''def join(first: str, *rest, sep=None) -> str:
    """{}"""
    if not all(rest):
        raise ValueError(rest)
    return first
'''


def example(docstring: str) -> Example:
    return next(it for it in examples(CODE.format(docstring), "paths", 1000) if it.kind == "function")


@pytest.mark.parametrize("docstring", [NUMPY, REST])
def test_the_form_says_what_the_docstring_says_of_what_is_there(docstring: str) -> None:
    assert form(example(docstring), "Join the parts.") == (
        "Join the parts.\n\n"
        "Args:\n    first (str): Where it begins.\n    *rest: What follows it.\n\n"
        "Returns:\n    str: The path, with one separator between two parts.\n\n"
        "Raises:\n    ValueError: If a part is empty."
    )


def test_what_is_not_said_is_not_in_the_form() -> None:
    assert form(example("Join.\n\n    :raises ValueError: If a part is empty.\n    "), "Join.") == (
        "Join.\n\nRaises:\n    ValueError: If a part is empty."
    )
    assert form(example("Join the parts."), "Join the parts.") is None


def test_where_there_is_nothing_to_fill_in_the_summary_is_all() -> None:
    (one,) = (it for it in examples('def f():\n    """Do it."""\n    print(1)\n', "m", 99) if it.kind == "function")
    assert form(one, "Do it.") == "Do it."
