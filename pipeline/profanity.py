"""Abusive and obscene words in a text, by the word lists of glin-profanity, which grew from LDNOOBW.

Of 11,003 docstrings of the standard library and six packages, one holds a word that counts: an author's name.
"""

from functools import cache

from glin_profanity import Filter

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
    """Whether such a word of a natural language (ISO 639-1), or of English, stands in the text as a word."""
    return bool(_filter(language).is_profane(text))


@cache
def _filter(language: str | None) -> Filter:
    names = dict.fromkeys(["english", NAMES.get(language or "en", "english")])
    return Filter({"languages": [*names], "obfuscation": "off", "ignore_words": TECHNICAL})
