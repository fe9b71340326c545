"""A small model, shards, and one Ray cluster for every test of a job."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import ray
import torch
from transformers import GPTBigCodeConfig, GPTBigCodeForCausalLM

from tests.conftest import make_tokenizer

SOURCES = {
    "shapes.py": '''
"""Shapes."""

class Square:
    """A square."""

    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side ** 2


def total(shapes):
    def one(shape):
        return shape.area()

    return sum(map(one, shapes))
''',
    "broken.py": "def fine():\n    return 1\n\ndef bad(:\n",
    "empty.py": "",
    "twin.py": "def total(x):\n    return x\n",
    "other.py": "def total(x):\n    return x\n",
}


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model"))


def make_model(folder: Path) -> Path:
    """A GPTBigCode model with random weights."""
    folder.mkdir(exist_ok=True)
    make_tokenizer(folder)
    torch.manual_seed(0)
    config = GPTBigCodeConfig(
        vocab_size=400,
        n_embd=64,
        n_layer=2,
        n_head=2,
        n_positions=512,
        multi_query=True,
        initializer_range=0.3,
        bos_token_id=0,
        eos_token_id=0,
    )
    GPTBigCodeForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    return make_shards(tmp_path / "shards")


def make_shards(folder: Path, copies: int = 1) -> Path:
    """The sources as one shard, so many times over, with rows that cannot be read between them."""
    rows = [(f"{i}/{path}", text.encode()) for i in range(copies) for path, text in SOURCES.items()]
    rows += [("binary.py", b"\x7fELF\0"), ("null.py", None), ("notes.txt", b"Not Python.")]
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.table(
        {
            "content": pa.array([content for _, content in rows], pa.binary()),
            "lang": ["Text" if path.endswith(".txt") else "Python" for path, _ in rows],
            "max_stars_repo_path": [path for path, _ in rows],
        }
    )
    pq.write_table(table, folder / "shard.parquet", row_group_size=4)
    return folder


@pytest.fixture(scope="session")
def cluster() -> Iterator[None]:
    """The session's Ray cluster, which jobs that run in this process use."""
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()
