"""What a draft says: the model's text as it came, or the form that it filled in.

In: a prompt, and the texts of what the model wrote. Out: an `Answer`: the text to keep, the prose in it for the checks,
and, of a docstring, what it says in no style. Knows nothing of tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.guide import explained, filled, sentence
from pipeline.schema import Documentation, Explanation, Prompt
from pipeline.styles import LANGUAGES, phrased, understood

DOCSTRING = "docstring"  # the task whose texts are documentation


@dataclass(frozen=True, slots=True)
class Answer:
    """`ended` says whether the model came to an end, everywhere."""

    output: str
    prose: str
    ended: bool
    documentation: Documentation | None = None


def free(prompt: Prompt, output: str, ended: bool) -> Answer:
    """A text of the model's own."""
    language = prompt.unit.origin.language or ""
    is_documentation = prompt.task == DOCSTRING and language in LANGUAGES
    return Answer(output, output, ended, understood(output, language) if is_documentation else None)


def form(prompt: Prompt, stretches: Sequence[tuple[str, bool]]) -> Answer:
    """A form with its entries, each with whether the model came to an end there. One without words says nothing."""
    said = [sentence(text, ended) for text, ended in stretches]
    texts, ended = [text for text, _ in said], all(whole for _, whole in said)
    prose = "\n".join(texts) if all(any(map(str.isalnum, text)) for text in texts) else ""
    if isinstance(prompt.form, Explanation):
        return Answer(explained(prompt.form, texts), prose, ended)
    if prompt.form is None or prompt.style is None:
        raise ValueError(f"The task {prompt.task} has no form.")
    documentation = filled(prompt.form, texts)
    output = "\n".join(phrased(documentation, prompt.unit.interface, prompt.style, prompt.unit.kind))
    return Answer(output, prose, ended, documentation)
