"""A byte-level BPE tokenizer of StarCoder's kind, trained on texts.

In: texts. Out: a tokenizer that can write any text down again, with StarCoder's special tokens as ids 0 to 18.
Source text is encoded such that a special token's name in it stays text.
"""

from collections.abc import Iterable
from pathlib import Path

from tokenizers import Encoding, Tokenizer, decoders, pre_tokenizers, trainers
from tokenizers.models import BPE
from transformers import PreTrainedTokenizerFast

from pipeline.errors import RefusedError

END = "<|endoftext|>"
SPECIAL = (
    END,
    "<fim_prefix>",
    "<fim_middle>",
    "<fim_suffix>",
    "<fim_pad>",
    "<filename>",
    "<gh_stars>",
    "<issue_start>",
    "<issue_comment>",
    "<issue_closed>",
    "<jupyter_start>",
    "<jupyter_text>",
    "<jupyter_code>",
    "<jupyter_output>",
    "<empty_output>",
    "<commit_before>",
    "<commit_msg>",
    "<commit_after>",
    "<reponame>",
)


def train(texts: Iterable[str], vocabulary: int) -> Tokenizer:
    """A tokenizer with at most `vocabulary` entries; digits stand alone, as in StarCoder's."""
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def load(folder: Path) -> Tokenizer:
    """The tokenizer in a model's directory; RefusedError where there is none."""
    try:
        return Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # tokenizers raises bare Exception
        raise RefusedError(f"There is no tokenizer that can be read in {folder}: {error}.") from error


def save(tokenizer: Tokenizer, folder: Path, window: int) -> None:
    """Write the tokenizer as transformers' AutoTokenizer reads it; `window` [tokens] is the model's."""
    whole = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=END,
        eos_token=END,
        unk_token=END,
        pad_token=END,
        additional_special_tokens=list(SPECIAL[1:]),
        model_max_length=window,
        clean_up_tokenization_spaces=False,
    )
    whole.save_pretrained(folder)


def encode(tokenizer: Tokenizer, text: str) -> Encoding:
    """The tokens of a text with their character ranges; names of special tokens in it are plain text."""
    tokenizer.encode_special_tokens = True
    return tokenizer.encode(text, add_special_tokens=False)
