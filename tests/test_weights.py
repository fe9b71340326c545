"""A model is found, named by its hashes, and asked what it is; a missing one gets a sentence that helps."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from pipeline import weights
from pipeline.config import Model
from pipeline.errors import RefusedError
from pipeline.weights import locate
from tests.conftest import make_tokenizer


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model's directory with weights that nobody loads."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = make_tokenizer(tmp_path / "model")
    (folder / "config.json").write_text(json.dumps({"n_positions": 128, "eos_token_id": 0}))
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": [0, 5]}))
    save_file({"weight": np.zeros(2)}, folder / "model.safetensors")
    return folder


def test_what_is_known_of_a_model(model: Path) -> None:
    found = locate(Model(path=str(model), id="mine", license="MIT"))
    assert (found.id, found.license, found.revision) == ("mine", "MIT", None)
    assert (found.window, found.stop_ids) == (128, (0, 5))


def test_other_weights_or_another_tokenizer_have_another_name(model: Path) -> None:
    first = locate(Model(path=str(model)))
    save_file({"weight": np.ones(2)}, model / "model.safetensors")
    second = locate(Model(path=str(model)))
    assert first.weights_sha256 != second.weights_sha256
    assert first.tokenizer_sha256 == second.tokenizer_sha256
    (model / "tokenizer_config.json").write_text("{}")
    assert locate(Model(path=str(model))).tokenizer_sha256 != first.tokenizer_sha256


def test_a_weight_file_is_hashed_once(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = locate(Model(path=str(model)))
    hashed: list[Path] = []
    original = weights.file_sha256
    monkeypatch.setattr(weights, "file_sha256", lambda path: (hashed.append(path), original(path))[1])
    assert locate(Model(path=str(model))) == first
    assert "model.safetensors" not in [path.name for path in hashed]


def test_a_window_beyond_the_models_is_refused(model: Path) -> None:
    assert locate(Model(path=str(model), window=64)).window == 64
    with pytest.raises(RefusedError, match="holds only 128 tokens"):
        locate(Model(path=str(model), window=129))


def test_a_missing_model_gets_a_sentence_that_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RefusedError, match="hf download bigcode/starcoder --revision abc") as caught:
        locate(Model(path="bigcode/starcoder", revision="abc"))
    assert caught.value.exit_status == 3


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_an_incomplete_directory_is_named(model: Path, name: str) -> None:
    (model / name).unlink()
    with pytest.raises(RefusedError, match=r"config\.json|tokenizer\.json|safetensors"):
        locate(Model(path=str(model)))


def test_pickled_weights_are_refused(model: Path) -> None:
    (model / "model.safetensors").rename(model / "pytorch_model.bin")
    with pytest.raises(RefusedError, match="can run code"):
        locate(Model(path=str(model)))


@pytest.mark.parametrize("name", ["../model.safetensors", "pytorch_model.bin", "absent.safetensors"])
def test_an_index_that_names_other_files_is_refused(model: Path, name: str) -> None:
    index = model / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"weight": "model.safetensors"}}))
    assert locate(Model(path=str(model))).window == 128
    index.write_text(json.dumps({"weight_map": {"weight": "model.safetensors", "more": name}}))
    with pytest.raises(RefusedError, match=r"index\.json names .* no \.safetensors file beside it"):
        locate(Model(path=str(model)))


def test_code_that_is_trusted_is_part_of_what_the_model_is(model: Path) -> None:
    plain = locate(Model(path=str(model))).config_sha256
    (model / "code.py").write_text("x = 1")
    assert locate(Model(path=str(model))).config_sha256 == plain
    trusted = locate(Model(path=str(model), trust_remote_code=True)).config_sha256
    (model / "code.py").write_text("x = 2")
    assert len({plain, trusted, locate(Model(path=str(model), trust_remote_code=True)).config_sha256}) == 3


def test_truncated_weights_are_refused(model: Path) -> None:
    path = model / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(RefusedError, match=r"model\.safetensors are not whole"):
        locate(Model(path=str(model)))


def test_other_settings_of_the_model_are_another_model(model: Path) -> None:
    first = locate(Model(path=str(model)))
    (model / "config.json").write_text(json.dumps({"n_positions": 128, "eos_token_id": 0, "scale_attn_weights": False}))
    assert locate(Model(path=str(model))).config_sha256 != first.config_sha256
