"""A profane word is found where the library that has the lists finds it, and nowhere else."""

import random

import pytest
from glin_profanity import Filter

from pipeline.profanity import NAMES, TECHNICAL, profane

DISGUISES = (
    "Return {} rows.",
    "class{}",
    "{0}_rows, x{0}",
    "As ({}).\n",
    "é{}",
    "\u200b{}",
    "{0} {0}",
)


@pytest.mark.parametrize("language", ["en", "de", "fr", "ru", "ja", "zh", "hi"])
def test_it_finds_what_the_library_finds(language: str) -> None:
    options = {"languages": ["english", NAMES.get(language, "english")], "obfuscation": "off"}
    whole, draw = Filter({**options, "ignore_words": TECHNICAL}), random.Random(language)
    words = draw.sample(sorted(whole.words), 20)
    texts = [form.format(change(word)) for word in words for form in DISGUISES for change in (str, str.upper)]
    found = [profane(text, language) for text in texts]
    assert found == [whole.is_profane(text) for text in texts]
    assert 0.2 < sum(found) / len(found) < 0.95
