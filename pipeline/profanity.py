"""Abusive and obscene words in a text, by the word lists of glin-profanity, which grew from LDNOOBW.

Of 11,003 docstrings of the standard library and six packages, one holds a word that counts: an author's name.
"""

import re
from functools import cache

from glin_profanity import Filter
from glin_profanity.filters.word_matcher import word_pattern
from glin_profanity.utils.unicode import normalize_unicode

# The languages that there are lists for; English goes with each, since models fall back to it.
NAMES = {
    "ar": "arabic",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "es": "spanish",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hu": "hungarian",
    "it": "italian",
    "ja": "japanese",
    "ko": "korean",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ru": "russian",
    "sv": "swedish",
    "th": "thai",
    "tr": "turkish",
    "zh": "chinese",
}
TECHNICAL = ["bs", "mf", "sex", "simp", "xx", "xxx"]  # marks of what is left to do, columns, placeholders


def profane(text: str, language: str | None) -> bool:
    """Whether such a word of a natural language (ISO 639-1), or of English, stands in the text as a word.

    As `Filter.is_profane` has it, which tries a pattern for each word: here only for those whose letters are there.
    """
    seen = text.lower() if text.isascii() else f"{text}\n{normalize_unicode(text)}".lower()
    return any(word in seen and pattern.search(seen) for word, pattern in _patterns(language))


@cache
def _patterns(language: str | None) -> list[tuple[str, re.Pattern[str]]]:
    names = dict.fromkeys(["english", NAMES.get(language or "en", "english")])
    words = Filter({"languages": [*names], "obfuscation": "off"}).words.difference(TECHNICAL)
    return [(word, re.compile(word_pattern(word))) for word in sorted(words)]
