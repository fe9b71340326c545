"""The text of a licence file in, SPDX ids out; nothing where the text is not clearly that of a known
licence.

The words of the text are compared with those of each licence text that `identify` ships (from
choosealicense.com), as GitHub's licensee does: by the share of word pairs that both have. Whatever comes
out has been checked against the SPDX list by `license-expression`.
"""

import re
from collections import Counter
from functools import cache, lru_cache
from itertools import pairwise

from identify.vendor.licenses import LICENSES
from license_expression import ExpressionError, get_spdx_licensing

Pairs = Counter[tuple[str, str]]

COPYRIGHT = re.compile(r"^\W*(?:copyright\b|\(c\)|all rights reserved).*$", re.I | re.M)
TAG = re.compile(r"SPDX-License-Identifier:\s*([^\n]+)")
PYTHON = re.compile(
    r"software and documentation are licensed under the\s+Python Software Foundation License Version 2\b"
)
PYTHON_STACK = (
    "PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2",
    "BEOPEN.COM LICENSE AGREEMENT",
    "CWI LICENSE AGREEMENT",
)

# Sentences that turn a well-known text into another licence while changing few of its words.
RIDERS = re.compile(r"shall be used for good, not evil|commons clause|non-?commercial\b|not be used in training", re.I)
ALIKE = 0.93


def license_ids(text: str) -> list[str]:
    """The sorted SPDX ids of a licence file."""
    if tag := TAG.search(text):
        return spdx_ids(tag[1].strip(" */#-"))
    if python := _python(text):
        return [python]
    best = _closest(text)
    return spdx_ids(best) if best and riders(text) <= riders(dict(LICENSES)[best]) else []


def riders(text: str) -> set[str]:
    """The restrictions that the text names."""
    return {rider.lower() for rider in RIDERS.findall(text)}


def _python(text: str) -> str | None:
    # Python's own file is a stack of licences, of which it says itself that the first one applies.
    if PYTHON.search(text):
        return "PSF-2.0"
    return "Python-2.0" if all(heading in text for heading in PYTHON_STACK) else None


@lru_cache(maxsize=1024)
def _closest(text: str) -> str | None:
    own = _pairs(text)
    score, name = max((_alike(own, pairs), name) for name, pairs in _known())
    return name if score >= ALIKE else None


@cache
def _known() -> list[tuple[str, Pairs]]:
    return [(name, _pairs(text)) for name, text in LICENSES]


def _pairs(text: str) -> Pairs:
    # Instructions for using a licence follow the terms in some files and not in others.
    terms = re.split(r"END OF TERMS AND CONDITIONS", text, maxsplit=1, flags=re.I)[0]
    words = re.findall(r"[a-z0-9]+", COPYRIGHT.sub("", terms).lower())
    return Counter(pairwise(words))


def _alike(one: Pairs, other: Pairs) -> float:
    return 2 * (one & other).total() / ((one.total() + other.total()) or 1)


@cache
def spdx_ids(expression: str) -> list[str]:
    """The sorted ids in an SPDX expression; none if it is not one, or names a licence that SPDX lacks."""
    licensing = get_spdx_licensing()
    try:
        found = licensing.license_symbols(licensing.parse(expression, validate=True), unique=True, decompose=False)
    except (ExpressionError, AttributeError):
        return []
    names = sorted(str(symbol) for symbol in found)
    return [] if any("LicenseRef" in name for name in names) else names
