"""Which installed distributions may be learned from: those whose metadata name a permissive licence.

In: a distribution's metadata. Out: its licence as an SPDX expression, or None. A licence that is unclear is a no.
"""

from importlib.metadata import Distribution

from license_expression import ExpressionError, get_spdx_licensing

PERMISSIVE = frozenset(
    {
        "MIT",
        "MIT-0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "Apache-2.0",
        "PSF-2.0",
        "Python-2.0",
        "ISC",
        "0BSD",
        "Zlib",
        "Unlicense",
        "CC0-1.0",
    }
)
# What packages write instead of SPDX ids. Plain "BSD" names no clause count; both are permissive.
NAMES = {
    "mit": "MIT",
    "mit license": "MIT",
    "apache": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache 2.0 license": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "python software foundation license": "PSF-2.0",
}
CLASSIFIER = "License :: OSI Approved :: "


def permissive(distribution: Distribution) -> str | None:
    """The SPDX expression of a distribution under which it may be used permissively, else None."""
    stated = _stated(distribution)
    return stated if stated and all(_allowed(text) for text in stated.split(" AND ")) else None


def _stated(distribution: Distribution) -> str | None:
    metadata = distribution.metadata
    if expression := metadata.get_all("License-Expression"):
        return str(expression[0])
    classifiers = metadata.get_all("Classifier") or []
    named = [c.removeprefix(CLASSIFIER) for c in classifiers if c.startswith(CLASSIFIER)]
    ids = {_spdx(text) for text in named or (metadata.get_all("License") or [""])}
    return " AND ".join(sorted(i for i in ids if i)) if ids and None not in ids else None


def _spdx(name: str) -> str | None:
    text = " ".join(name.split())
    return NAMES.get(text.lower()) or (text if text in PERMISSIVE else None)


def _allowed(expression: str) -> bool:
    """Whether one of the alternatives that a choice of licences offers is permissive."""
    try:
        parsed = get_spdx_licensing().parse(expression.strip("() "), validate=True)
    except ExpressionError:
        return False
    return any(str(symbol) in PERMISSIVE for symbol in parsed.symbols)
