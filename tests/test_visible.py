"""Nothing that stands in a text stays out of sight."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from pipeline.visible import visible


def test_what_steers_a_terminal_or_the_order_of_text_is_written_out() -> None:
    assert visible("a\x1b[31mb") == "a⟦U+001B⟧[31mb"
    assert visible("x\u202ey\u2066z\u200b\ufeff") == "x⟦U+202E⟧y⟦U+2066⟧z⟦U+200B⟧⟦U+FEFF⟧"
    assert visible("end\r\nbut\rback") == "end\nbut⟦U+000D⟧back"


def test_text_that_can_be_seen_stays_as_it_is() -> None:
    text = 'naïve\n\tπ = "3"  漢字\u3000🎈'
    assert visible(text) == text


@given(st.text())
def test_no_control_or_format_character_is_left(text: str) -> None:
    left = [c for c in visible(text) if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs")]
    assert left == []
