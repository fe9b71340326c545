"""The whole job on a handful of pairs: it learns, writes what transformers loads, and does so twice alike."""

import json
import logging
import re
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GPTBigCodeForCausalLM

from jobs import finetune
from pipeline.config import load
from pipeline.errors import RefusedError, UsageError

PAIRS = [
    {
        "instruction": "Explain.",
        "input": f"def {name}(a):\n    return a",
        "output": "It returns `a`.",
    }
    for name in ("area", "width", "height", "depth", "volume", "color", "weight", "shape", "angle", "radius")
]
SHAPE = "--architecture.vocabulary 330 --architecture.window 512 --architecture.width 32 --architecture.layers 2"
STEPS = (
    "--training.epochs 60 --training.rate 0.01 --training.step_tokens 1500 --training.every 10 --data.validation 0.1"
)


def arguments(folder: Path, data: Path, beginning: str = f"{SHAPE} --architecture.heads 2") -> list[str]:
    where = f"--data.files ['{data}'] --output.path {folder}"
    return ["conf/template/alpaca.yaml", *beginning.split(), *STEPS.split(), *where.split()]


def train(folder: Path, *extra: str, data: Path | None = None) -> int:
    path = data or folder.parent / "pairs.json"
    if data is None:
        path.write_text(json.dumps(PAIRS))
    return finetune.run(load(finetune.CONFIG, [*arguments(folder, path), *extra]))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("training") / "model"
    assert train(folder) == 0
    return folder


def test_transformers_loads_what_was_written(trained: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(trained, dtype="auto")
    assert isinstance(model, GPTBigCodeForCausalLM)
    assert (model.dtype, model.config.multi_query, model.config.eos_token_id) == (torch.bfloat16, True, 0)
    assert len(AutoTokenizer.from_pretrained(trained)) == model.config.vocab_size
    weights = sum(p.numel() for p in model.parameters()) * 2
    assert (trained / "model.safetensors").stat().st_size < weights + 5000, "tied weights are written once"


def test_it_learns_to_answer_and_to_end(trained: Path) -> None:
    model, words = AutoModelForCausalLM.from_pretrained(trained), AutoTokenizer.from_pretrained(trained)
    prompt = words(
        "### Instruction:\nExplain.\n\n### Input:\ndef area(a):\n    return a\n\n### Response:", return_tensors="pt"
    )
    new = model.generate(**prompt, max_new_tokens=30, do_sample=False)[0, prompt.input_ids.shape[1] :]
    assert words.decode(new, skip_special_tokens=True) == "\nIt returns `a`."
    assert new[-1] == model.config.eos_token_id


def test_the_card_says_what_it_is_and_shows_what_it_writes(trained: Path) -> None:
    text = (trained / "README.md").read_text()
    assert text.startswith("---\nlicense: apache-2.0\n")
    assert "9 pairs" in text
    assert "## Limits" in text
    assert "> It returns `a`." in text.split("## Samples")[1]


def test_a_checkpoint_lies_beside_the_model(trained: Path) -> None:
    AutoModelForCausalLM.from_pretrained(f"{trained}.checkpoint")


def test_progress_shows_a_falling_loss_speed_and_time_left(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "pipeline.training"):
        train(tmp_path / "model")
    losses = [float(found) for found in re.findall(r"(?<!validation )loss (\d+\.\d+)", caplog.text)]
    assert losses[-1] < 0.5 * losses[0]
    assert re.search(r"step 10, [\d.]+%, [\d,]+ tokens, [\d,]+ tokens/s, [\d.]+ min left", caplog.text)
    assert re.search(r"validation loss \d", caplog.text)
    assert "1 samples: ended" in caplog.text


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_equal_seeds_give_equal_weights(tmp_path: Path, optimizer: str) -> None:
    few = ["--training.epochs", "4", "--training.optimizer", optimizer]
    for name, seed in (("one", "0"), ("again", "0"), ("other", "1")):
        train(tmp_path / name, *few, "--training.seed", seed)
    one, again, other = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("one", "again", "other"))
    assert one == again != other


def test_training_goes_on_from_a_model(trained: Path, tmp_path: Path) -> None:
    data = trained.parent / "pairs.json"
    config = load(
        finetune.CONFIG, [*arguments(tmp_path / "tuned", data, f"--model {trained}"), "--training.epochs", "1"]
    )
    assert finetune.run(config) == 0
    assert (tmp_path / "tuned" / "tokenizer.json").read_text() == (trained / "tokenizer.json").read_text()
    assert f"fine-tuned from {trained}" in (tmp_path / "tuned" / "README.md").read_text()


def test_pairs_that_no_window_holds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="No pair fits 16 tokens"):
        train(tmp_path / "model", "--training.longest", "16")


def test_a_time_limit_ends_it(tmp_path: Path) -> None:
    assert train(tmp_path / "model", "--training.epochs", "1000000", "--training.minutes", "0.02") == 0


def test_what_cannot_be_begun_is_refused_in_a_sentence(tmp_path: Path) -> None:
    data = tmp_path / "pairs.json"
    data.write_text(json.dumps(PAIRS))
    missing = load(finetune.CONFIG, arguments(tmp_path / "model", data, f"--model {tmp_path / 'none'}"))
    with pytest.raises(RefusedError, match="none"):
        finetune.run(missing)
    for beginning in ("", f"{SHAPE} --model here"):
        with pytest.raises(UsageError, match="Give either model"):
            load(finetune.CONFIG, arguments(tmp_path / "model", data, beginning))
    with pytest.raises(UsageError, match="either files or sources"):
        load(finetune.CONFIG, [*arguments(tmp_path / "model", data), "--data.sources.standard_library", "true"])
