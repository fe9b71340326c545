"""Loading: safetensors of local directories only, and sentences for what cannot be loaded."""

import json
import shutil

import pytest
import torch
from transformers import AutoModelForCausalLM, GPTNeoXConfig

from pipeline.engine import EngineError
from pipeline.engine.engine import Engine
from pipeline.engine.model import choose_device, choose_dtype, load_model
from pipeline.errors import RefusedError
from pipeline.tokenizer import Tokenizer

from .conftest import CONFIGS


def test_a_missing_model_says_how_to_get_it():
    with pytest.raises(RefusedError, match="hf download nobody/nothing"):
        load_model("nobody/nothing")


def test_weights_that_can_run_code_are_not_opened(tmp_path):
    model = AutoModelForCausalLM.from_config(CONFIGS["gpt_bigcode"])
    model.config.save_pretrained(tmp_path)
    torch.save(model.state_dict(), tmp_path / "pytorch_model.bin")
    with pytest.raises(RefusedError, match=r"no \.safetensors file"):
        load_model(tmp_path)


def with_code(folder, canary, **settings):
    """The model in a folder, made to bring Python code that leaves a canary wherever it is loaded."""
    names = {"AutoConfig": "code.Config", "AutoModelForCausalLM": "code.Model", "AutoTokenizer": ["code.Words", None]}
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"auto_map": names} | settings))
    (folder / "code.py").write_text(f"open({str(canary)!r}, 'w').write('here')\nraise ValueError('A bird.')\n")
    return folder


@pytest.fixture
def coded(tmp_path, checkpoint, monkeypatch):
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "modules"))
    return shutil.copytree(checkpoint("gpt_bigcode"), tmp_path / "model"), tmp_path / "canary"


def test_code_that_comes_with_a_model_is_not_run(coded, tokenizer_folder):
    folder, canary = coded
    shutil.copytree(tokenizer_folder, with_code(folder, canary), dirs_exist_ok=True)
    words = json.loads((folder / "tokenizer_config.json").read_text()) | {
        "auto_map": {"AutoTokenizer": ["code.W", None]}
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(words))
    assert type(load_model(folder, "float32", "cpu")).__module__.startswith("transformers.")
    assert Tokenizer(folder).chat([{"role": "user", "content": "x"}])
    assert not canary.exists()


def test_a_model_that_is_nothing_without_its_code_is_refused(coded):
    folder, canary = coded
    with pytest.raises(RefusedError, match="cannot be loaded"):
        load_model(with_code(folder, canary, model_type="of_its_own"), "float32", "cpu")
    assert not canary.exists()


def test_code_that_comes_with_a_model_is_run_where_a_person_says_so(coded):
    folder, canary = coded
    with pytest.raises(RefusedError, match=r"A bird\."):
        load_model(with_code(folder, canary, model_type="of_its_own"), "float32", "cpu", trust_remote_code=True)
    assert canary.exists(), "so that the canary of the other tests can sing"


def test_a_broken_file_is_named(tmp_path):
    CONFIGS["gpt_bigcode"].save_pretrained(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"not a tensor")
    with pytest.raises(RefusedError, match=str(tmp_path)):
        load_model(tmp_path)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_number_format_is_the_one_asked_for(model, dtype):
    assert model("gpt_bigcode", dtype).dtype == getattr(torch, dtype)
    assert not model("gpt_bigcode", dtype).training


def test_auto_takes_what_the_machine_computes_with():
    fast = torch.cpu._is_avx512_bf16_supported()
    assert choose_dtype("auto", torch.device("cpu")) == (torch.bfloat16 if fast else torch.float32)
    assert choose_dtype("auto", torch.device("cuda")) == torch.bfloat16
    assert choose_device("cpu") == torch.device("cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="the machine has CUDA")
def test_absent_cuda_is_refused():
    with pytest.raises(RefusedError, match="no CUDA device"):
        load_model("anywhere", device="cuda")


def test_positions_that_depend_on_the_batch_are_refused(tmp_path, checkpoint):
    config = json.loads((checkpoint("llama") / "config.json").read_text())
    config["rope_parameters"] = {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 10000.0}
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(RefusedError, match="dynamic position embeddings"):
        load_model(tmp_path)


def test_a_model_that_load_model_did_not_make_is_refused():
    plain = AutoModelForCausalLM.from_config(CONFIGS["llama"])
    with pytest.raises(EngineError, match="load_model"):
        Engine(plain, step_tokens=512, max_requests=8)


def test_another_architecture_runs_too(tmp_path):
    shape = {"vocab_size": 300, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = GPTNeoXConfig(**shape, intermediate_size=128, max_position_embeddings=256)
    AutoModelForCausalLM.from_config(config).save_pretrained(tmp_path)
    engine = Engine(load_model(tmp_path, "float32", "cpu"), step_tokens=512, max_requests=8)
    assert engine.window == 256
