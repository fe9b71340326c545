"""Text to token ids and back, such that text from a source file can never become a special token.

In: pieces of text, each marked as the template's own or as data. Out: token ids. Special tokens are recognised in the
template's pieces only; everything else goes through a copy of the tokenizer that knows no added tokens at all.
"""

import functools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer as Backend

from pipeline.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a prompt; `literal` is the template's own text, in which special tokens count."""

    text: str
    literal: bool


class Tokenizer:
    """A model's tokenizer, read from `tokenizer.json`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            tree = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
            self._special = {t["content"]: int(t["id"]) for t in tree["added_tokens"]}
            self._plain = Backend.from_str(json.dumps({**tree, "added_tokens": [], "post_processor": None}))
            self._whole = Backend.from_file(str(folder / "tokenizer.json"))
        except (OSError, ValueError, KeyError) as error:
            raise RefusedError(f"The tokenizer in {folder} cannot be read: {error}. Get the model again.") from error
        longest_first = sorted(self._special, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def encode(self, pieces: Iterable[Piece]) -> list[int]:
        """The pieces' token ids. Neighbouring text is encoded as one, so the cut between pieces leaves no trace."""
        ids: list[int] = []
        text = ""
        for part in self._parts(pieces):
            if isinstance(part, str):
                text += part
                continue
            ids += [*self._encode_plain(text), part]
            text = ""
        return ids + self._encode_plain(text)

    def _parts(self, pieces: Iterable[Piece]) -> Iterator[str | int]:
        for piece in pieces:
            end = 0
            for match in self._pattern.finditer(piece.text) if piece.literal else ():
                yield piece.text[end : match.start()]
                yield self._special[match.group()]
                end = match.end()
            yield piece.text[end:]

    def _encode_plain(self, text: str) -> list[int]:
        if not text:
            return []
        (encoding,) = self._plain.encode_batch_fast([text], add_special_tokens=False)  # does not track offsets
        ids: list[int] = encoding.ids
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """The text of token ids, without special tokens."""
        text: str = self._whole.decode(list(ids), skip_special_tokens=True)
        return text

    @functools.cached_property
    def breaks(self) -> frozenset[int]:
        """The tokens that hold a line break."""
        return frozenset(id_ for id_ in range(self._plain.get_vocab_size()) if "\n" in self._plain.decode([id_]))

    def chat(self, turns: Sequence[dict[str, str]]) -> str:
        """The tokenizer's own chat template over turns, up to where the answer begins.

        A template that knows no system turn gets its text at the head of the first user turn. RefusedError where the
        tokenizer has no chat template.
        """
        tokenizer = _transformers(self._folder)
        if not tokenizer.chat_template:
            raise RefusedError(
                f"The tokenizer in {self._folder} has no chat template; use another, e.g. conf/template/alpaca.yaml."
            )
        try:
            return self._render(tokenizer, turns)
        except Exception as error:
            if turns[0]["role"] != "system":
                raise RefusedError(
                    f"The chat template in {self._folder} failed: {error}. Use another template."
                ) from error
        first = {"role": "user", "content": turns[0]["content"] + "\n\n" + turns[1]["content"]}
        return self._render(tokenizer, [first, *turns[2:]])

    @staticmethod
    def _render(tokenizer: Any, turns: Sequence[dict[str, str]]) -> str:
        return str(tokenizer.apply_chat_template(list(turns), tokenize=False, add_generation_prompt=True))


@functools.cache
def load(folder: Path) -> Tokenizer:
    """The tokenizer of a model's directory, read once per process."""
    return Tokenizer(folder)


@functools.cache
def _transformers(folder: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
