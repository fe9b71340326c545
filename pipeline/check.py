"""Whether a text is worth keeping: each check has a name, and says of one text what is wrong with it.

In: the text and the code it is about. Out: the `CHECKS` of a record, and the names of the checks that failed. Pure;
knows nothing of models.
"""

import functools
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from pipeline.config.document import Checks
from pipeline.profanity import profane
from pipeline.visible import hidden

WORD = re.compile(r"\w+", re.UNICODE)
# The same few characters five times on end, a letter among them, as in `open_open_open_open_open`.
LOOP = re.compile(r"(?=[\d.]{0,19}[^\W\d])(\w[\w.,` ]{1,19}?)\1{4,}")
CODE_SPAN, NAME = re.compile(r"`[^`]*`"), re.compile(r"[_.()\d]")
COPIED_RUN = 6  # a shorter run of words in common with the code is a name or a phrase, not a copy
LANGUAGE_LETTERS = 60  # below this a language cannot be told reliably
LANGUAGE_DOUBT = 0.02  # how unlikely the wanted language must be
# What a comment says that speaks to a model and not to people: orders to forget, a new part, talk of its prompt, orders
# about the documentation, the marks of chats and of templates. English only, and easily got around: it tells how much
# of a corpus tries, and proves nothing of one file. Of 13,353 Python files of installed packages it names two.
INJECTIONS = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        r"\b(?:ignore|disregard|forget|override)\s+(?:(?:all|any|the|your|of|my)\s+){0,3}(?:previous|prior|above|earlier|"
        r"preceding|system|other)\s+(?:instruction|prompt|direction|message|rule|text|context|command)",
        r"\byou\s+are\s+(?:now\s+)?(?:an?\s+)(?:\w+\s+){0,2}(?:ai|assistant|language\s+model|chatbot|llm)\b",
        r"\b(?:reveal|print|repeat|show|output|leak)\s+(?:(?:me|us|all|of|the|full|exact)\s+){0,4}"
        r"(?:(?:your|system|hidden|secret|initial|full)\s+){1,3}(?:prompt|instructions)\b",
        r"\b(?:ai|llm|model|assistant|agent)s?\b[^\n.]{0,40}\b(?:must|should|shall)\s+(?:not\s+|only\s+|always\s+|instead\s+)?"
        r"(?:document|explain|describe|mention|say|write|answer|respond|reply|state|claim)\b",
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext|start_header_id)\|>|(?-i:\[/?INST\])|<</?SYS>>",
        r"^\W{0,12}(?:###\s*(?:instruction|response|system)\s*:|(?:new|updated)\s+(?:system\s+)?(?:instructions|prompt)\s*:)",
    )
)


def check(text: str, code: str, ended: bool, config: Checks) -> tuple[dict[str, Any], list[str]]:
    """The results of all checks, and the names of those that failed. `ended`: the model came to an end by itself."""
    words = WORD.findall(text)
    repetition, copied = repeated_share(words), copied_share(words, WORD.findall(code))
    failed = {
        "empty": not words,
        "truncated": not ended and not config.allow_truncated,
        "repeated": repetition > config.max_repetition or LOOP.search(text) is not None,
        "echo": copied > config.max_copied,
        "language": config.language is not None and foreign(text, config.language),
        "hidden_unicode": hidden(text) > 0,
        "toxic": not config.allow_toxic and profane(text, config.language),
    }
    seen = {"hidden_in_code": hidden(code), "injection": injection(code)}
    results = {**failed, **seen, "repetition": repetition, "copied": copied, "words": len(words)}
    return results, [name for name, bad in failed.items() if bad]


@functools.lru_cache(maxsize=64)
def injection(code: str) -> int:
    """How many kinds of instruction to a model stand in the code."""
    return sum(pattern.search(code) is not None for pattern in INJECTIONS)


def repeated_share(words: Sequence[str], n: int = 4) -> float:
    """The share of n-grams of words that are not the first of their kind."""
    grams = Counter(zip(*(words[i:] for i in range(n)), strict=False))
    return 1 - len(grams) / grams.total() if grams else 0.0


def copied_share(words: Sequence[str], code: Sequence[str]) -> float:
    """The share of words that stand in runs of at least `COPIED_RUN` which the code has too."""
    n = min(COPIED_RUN, len(words))
    if n == 0:
        return 0.0
    known = set(zip(*(code[i:] for i in range(n)), strict=False))
    copied = [False] * len(words)
    for i in range(len(words) - n + 1):
        if tuple(words[i : i + n]) in known:
            copied[i : i + n] = [True] * n
    return sum(copied) / len(words)


def foreign(text: str, language: str) -> bool:
    """Whether a text is surely not in a language; false where there is too little to tell."""
    prose = " ".join(word for word in CODE_SPAN.sub(" ", text).split() if not NAME.search(word))
    if sum(map(str.isalpha, prose)) < LANGUAGE_LETTERS:
        return False
    return bool(dict(_identifier().rank(prose)).get(language, 0.0) < LANGUAGE_DOUBT)


@functools.cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
