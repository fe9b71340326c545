"""Decoding is exact or does not happen."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.text import MARKS, cookie, decode

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
ENCODINGS = ["latin-1", "cp1252", "koi8-r", "shift_jis", "gb18030", "utf-8"]


def encoded_again(content: str, encoding: str) -> bytes:
    name = encoding.removesuffix("-bom")
    mark = {name: mark for mark, name in MARKS}[name] if name != encoding else b""
    return mark + content.encode(name)


@given(st.binary())
def test_whatever_is_decoded_gives_the_same_bytes_back(data: bytes) -> None:
    text = decode(data, "Python")
    assert text is None or encoded_again(text.content, text.encoding) == data


@given(TEXT.filter(lambda t: not t.startswith("\ufeff")))
def test_utf8_is_read_as_it_is(content: str) -> None:
    data = content.encode()
    text = decode(data)
    assert text is not None
    assert text.content == content


@given(TEXT, st.sampled_from([(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), *MARKS[1:3]]))
def test_a_mark_tells_the_encoding_and_stays_out_of_the_content(content: str, mark: tuple[bytes, str]) -> None:
    text = decode(mark[0] + content.encode(mark[1]))
    if mark[1] == "utf-16-le" and content.startswith("\0"):
        return  # FF FE 00 00 is the mark of UTF-32.
    assert text is not None
    assert (text.content, text.encoding) == (content, f"{mark[1]}-bom")


@given(st.text(), st.sampled_from(ENCODINGS))
def test_a_coding_line_is_obeyed(comment: str, encoding: str) -> None:
    content = f"#!/usr/bin/python\n# -*- coding: {encoding} -*-\nx = {comment!r}\n"
    try:
        data = content.encode(encoding)
        expected = content if data.decode(encoding) == content else None
    except UnicodeError:
        return
    text = decode(data, "Python")
    assert (text.content if text else None) == expected


def test_the_coding_line_of_python_wins_over_utf8() -> None:
    data = "# coding: latin-1\nname = 'é'\n".encode()
    assert "Ã©" in decode(data, "Python").content  # type: ignore[union-attr]
    assert "é" in decode(data, "Shell").content  # type: ignore[union-attr]


def test_a_coding_line_after_code_or_in_line_three_is_a_comment() -> None:
    assert cookie(b"x = 1\n# coding: latin-1\n") is None
    assert cookie(b"#\n#\n# coding: latin-1\n") is None
    assert cookie(b"\n# vim: set fileencoding=koi8-r :\n") == "koi8-r"


@pytest.mark.parametrize("name", ["zlib", "rot13", "nonsense", "unicode_escape", "hex", "idna"])
def test_encodings_that_are_not_plain_text_leave_the_file_out(name: str) -> None:
    assert decode(f"# coding: {name}\nx = '\\n \xe9'\n".encode("latin-1"), "Python") is None


def test_russian_is_recognised_and_french_is_not_guessed() -> None:
    russian = "# Привет, это тестовый файл на русском языке\nx = 1\n"
    french = "# déjà vu, où être français naïf, café, résumé\nx = 1\n"
    assert decode(russian.encode("cp1251")).content == russian  # type: ignore[union-attr]
    assert decode(french.encode("latin-1")) is None


@pytest.mark.parametrize("data", [b"\xff\xfea\xd8", b"\xed\xa0\x80", b"\xff\xfe\x00\xd8"])
def test_surrogates_are_no_text(data: bytes) -> None:
    assert decode(data) is None
