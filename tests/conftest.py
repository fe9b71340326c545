"""What every test may use: units made by hand, a tokenizer made on the spot."""

import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer as Backend
from tokenizers import decoders, models, pre_tokenizers, trainers

from pipeline.schema import Block, Origin, Unit
from pipeline.tokenizer import Tokenizer

SPECIAL = ["<|endoftext|>", "<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<|user|>", "<|assistant|>"]
CORPUS = ["def area(width, height):\n    return width * height\n", "Please explain the following program. class for in"]
STARTING_RAY = {"jobs", "faults"}
CHAT = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def make_tokenizer(folder: Path, chat: str | None = CHAT) -> Path:
    """A small byte-level BPE tokenizer with special tokens, saved in Hugging Face's format."""
    backend = Backend(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    backend.train_from_iterator(CORPUS, trainer)
    folder.mkdir(parents=True, exist_ok=True)
    backend.save(str(folder / "tokenizer.json"))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": SPECIAL[0], "chat_template": chat}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return folder


@pytest.hookimpl(tryfirst=True)  # xdist itself looks at the marks in this hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that start Ray follow each other in one of pytest-xdist's processes, which share one small cluster."""
    for item in items:
        if STARTING_RAY & set(item.path.parts):
            item.add_marker(pytest.mark.xdist_group("ray"))


@pytest.fixture(scope="session")
def tokenizer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"))


@pytest.fixture(scope="session")
def tokenizer(tokenizer_folder: Path) -> Tokenizer:
    return Tokenizer(tokenizer_folder)


def make_unit(code: str = "def f(x):\n    return x\n", **changes: object) -> Unit:
    """A function that stands alone in its file."""
    values: dict[str, object] = {
        "origin": Origin("shard.parquet", 0, path="f.py", language="Python"),
        "kind": "function",
        "name": "f",
        "signature": "def f(x)",
        "start_line": 1,
        "end_line": code.count("\n"),
        "start_byte": 0,
        "end_byte": len(code.encode()),
        "code": code,
    }
    return Unit(**(values | changes))  # type: ignore[arg-type]


def block(code: str, part: str, depth: int) -> Block:
    """The block of a code that a part of it is."""
    start = code.encode().index(part.encode())
    return Block(start, start + len(part.encode()), depth)
