"""What is written is what is read back, and no text passes for a section."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.schema import Documentation, Interface, Item
from pipeline.styles import STYLES, parsed, written
from pipeline.styles.prose import clean
from tests.styles.texts import HOSTILE, WORDS, documentation, hostile

SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
between = st.sampled_from((" ", "\n", "\n\n"))
ordinary = st.lists(st.tuples(st.sampled_from(WORDS), between), min_size=2, max_size=30).map(
    lambda parts: "".join(word + space for word, space in parts) + "."
)


def squeezed(text: str) -> str:
    return "".join(clean(text).split())


def shown(item: Item | None, style: str) -> tuple[str | None, ...]:
    if item is None:
        return ()
    name = item.name.lstrip("$")
    return (name, item.type if STYLES[style].types else None, squeezed(item.text))


def told(of: Documentation, style: str) -> object:
    """What a style can tell of a documentation: without types where it shows none, what is yielded as returned."""
    values = [
        item
        for item in (of.returns, of.yields)
        if item and (squeezed(item.text) or (item.type and STYLES[style].types))
    ]
    if not STYLES[style].yields and len(values) == 2:
        types = [item.type for item in values if item.type] if STYLES[style].types else []
        values = [Item("", ", ".join(types) or None, "".join(item.text for item in values))]
    return (
        squeezed(of.summary + of.description),
        [shown(item, style) for item in of.parameters],
        [shown(item, style) for item in values],
        [(item.name, squeezed(item.text)) for item in of.raises],
    )


@pytest.mark.parametrize("style", STYLES)
@SOME
@given(
    documentation=documentation(ordinary),
    indent=st.sampled_from(("", "    ", "\t")),
    newline=st.sampled_from(("\n", "\r\n")),
)
def test_what_is_written_is_read_back(style: str, documentation: Documentation, indent: str, newline: str) -> None:
    text = written(documentation, Interface(), style, "method", indent, newline, 70)
    assert told(parsed(text, style), style) == told(documentation, style), text


def structure(of: Documentation, style: str) -> object:
    shape = told(of, style)
    return [[part[:-1] for part in parts] for parts in shape[1:]]


@pytest.mark.parametrize("style", STYLES)
@SOME
@given(documentation=documentation(hostile), width=st.sampled_from((30, 88)))
def test_no_text_passes_for_a_section(style: str, documentation: Documentation, width: int) -> None:
    text = written(documentation, Interface(), style, "function", "", "\n", width)
    assert structure(parsed(text, style), style) == structure(documentation, style), text


@pytest.mark.parametrize("style", STYLES)
def test_nothing_that_is_a_section_somewhere_is_one_in_a_text(style: str) -> None:
    for hostile_text in HOSTILE:
        for text in (hostile_text, f"a\n\n{hostile_text}\n\nb", f"a\n{hostile_text}\nb", f"a {hostile_text} b" * 9):
            item = Item("x", None, text)
            given = Documentation(text, text, (item,), Item("", "int", text), None, (item,))
            said = written(given, Interface(), style, "function", "", "\n", 40)
            assert structure(parsed(said, style), style) == structure(given, style), said
