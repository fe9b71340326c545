"""Layers in 8 bits: near the plain ones, rows by themselves, and a model that writes about as well as before."""

import inspect
import random
import textwrap
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModelForCausalLM, GPTBigCodeConfig, GPTBigCodeForCausalLM

from pipeline.engine import Setup, create
from pipeline.engine.engine import Engine
from pipeline.engine.float8 import Float8Linear, convert
from pipeline.engine.model import load_model
from pipeline.errors import RefusedError

from .test_invariance import answers, workload

BUNDLED = Path(__file__).parents[2] / "conf/model/bundled"
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("bias", [True, False])
@torch.inference_mode()
def test_products_are_near_the_plain_ones_and_rows_by_themselves(bias, dtype):
    if dtype == torch.float32 and DEVICE.type == "cuda":
        pytest.skip("rows of 32 bits are multiplied in 8 on processors only")
    torch.manual_seed(0)
    plain = nn.Linear(512, 256, bias=bias).to(DEVICE, dtype)
    rows = torch.randn(2, 40, 512).to(DEVICE, dtype) * torch.logspace(-3, 3, 40, device=DEVICE, dtype=dtype)[:, None]
    narrow = Float8Linear(plain)
    made, wanted = narrow(rows).float(), plain(rows).float()
    assert made.shape == wanted.shape
    assert ((made - wanted).norm(dim=-1) / wanted.norm(dim=-1)).max() < 0.06
    assert torch.equal(narrow(rows[1:, 7:39]).float(), made[1:, 7:39])


def kinds(model):
    return {name: type(layer) for name, layer in model.named_modules() if hasattr(layer, "in_features")}


def test_the_last_layer_is_left_alone():
    found = kinds(load_model(BUNDLED, "float8"))
    assert found.pop("lm_head") is not Float8Linear
    assert set(found.values()) == {Float8Linear}


def test_layers_of_other_sizes_are_left_alone():
    model = GPTBigCodeForCausalLM(
        GPTBigCodeConfig(vocab_size=50, n_positions=8, n_embd=32, n_layer=1, n_head=2, n_inner=40)
    )
    convert(model)
    found = kinds(model)
    assert {name.split(".")[-1] for name, kind in found.items() if kind is Float8Linear} == {"c_attn", "c_proj"}
    assert found["transformer.h.0.mlp.c_fc"] is found["transformer.h.0.mlp.c_proj"] is nn.Linear


def test_a_request_gets_the_same_alone_and_in_any_batch(checkpoint):
    model, asked = load_model(checkpoint("gpt_bigcode"), "float8"), workload(random.Random(0), 16)
    engine = Engine(model)
    assert engine.dtype == "float8_e4m3fn"
    whole = answers(engine, asked)
    for request in asked[:4]:
        assert answers(Engine(model, step_tokens=100), [request])[request.id] == whole[request.id]


@pytest.mark.parametrize("name", ["transformers", "vllm"])
def test_other_engines_refuse(checkpoint, name):
    if name == "vllm":
        pytest.importorskip("vllm")
    with pytest.raises(RefusedError, match="float8"):
        create(name, Setup(checkpoint("gpt_bigcode"), "float8"))


@torch.inference_mode()
def test_the_bundled_model_finds_real_code_as_likely_as_before():
    model = AutoModelForCausalLM.from_pretrained(BUNDLED, dtype=torch.bfloat16).eval().to(DEVICE)
    backend = Tokenizer.from_file(str(BUNDLED / "tokenizer.json"))
    texts = [inspect.getsource(module) for module in (textwrap, random, inspect)]
    ids = [torch.tensor([backend.encode(text).ids[:1000]], device=DEVICE) for text in texts]
    before = sum(model(some, labels=some).loss.item() for some in ids)
    convert(model)
    after = sum(model(some, labels=some).loss.item() for some in ids)
    assert after != before
    assert after == pytest.approx(before, rel=0.02)
