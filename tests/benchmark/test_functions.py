"""The default workload, and the random model: real prompts that fit, the same for the same seed."""

from pathlib import Path

import pytest

from pipeline import tokenizer
from pipeline.benchmark import functions, random_model
from pipeline.config import Template
from pipeline.config.benchmark import Benchmark, Model, Shape, Workload
from pipeline.errors import RefusedError
from pipeline.weights import Weights, locate

ALPACA = Template(name="alpaca", form="text", with_input="### Instruction:\n{instruction}\n\n### Input:\n{input}\n")


def config(model: Path, **workload: int) -> Benchmark:
    work = Workload(**({"functions": 6, "shortest": 3, "longest": 9} | workload))  # type: ignore[arg-type]
    return Benchmark(model=Model(path=str(model)), template=ALPACA, workload=work)


@pytest.fixture(scope="module")
def weights(model: Path) -> Weights:
    return locate(Model(path=str(model)))


def test_rows_are_prompts_of_functions_that_fit_the_window(model: Path, weights: Weights) -> None:
    rows = functions.rows(config(model), weights)
    texts = [tokenizer.load(model).decode(row.prompt_ids) for row in rows]
    assert len({row.prompt_ids for row in rows}) == 6
    assert all("Please explain the following program." in text and "def " in text for text in texts)
    assert all(len(row.prompt_ids) + 9 <= weights.window for row in rows)
    assert {row.max_tokens for row in rows} <= set(range(3, 10))


def test_the_seed_decides(model: Path, weights: Weights) -> None:
    one, same, other = (functions.rows(config(model, seed=seed), weights) for seed in (1, 1, 2))
    assert one == same
    assert not {row.prompt_ids for row in one} & {row.prompt_ids for row in other}


def test_a_window_that_holds_no_prompt_is_refused(
    model: Path, weights: Weights, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "small.py").write_text("def f():\n    return 1\n")
    monkeypatch.setattr(functions, "library", lambda: tmp_path)
    with pytest.raises(RefusedError, match="only 1 functions of the standard library"):
        functions.rows(config(model), weights)


def test_a_random_model_has_the_shape_and_the_tokenizer(model: Path, tmp_path: Path) -> None:
    shape = Shape(n_embd=16, n_layer=1, n_head=2, vocab=450, n_positions=64)
    for name in ("one", "two"):
        random_model.make(shape, model, tmp_path / name)
    one, two = (locate(Model(path=str(tmp_path / name))) for name in ("one", "two"))
    assert one.window == 64
    assert one.weights_sha256 == two.weights_sha256
    assert (tmp_path / "one" / "tokenizer.json").read_bytes() == (model / "tokenizer.json").read_bytes()


def test_a_vocabulary_below_the_tokenizers_is_refused(model: Path, tmp_path: Path) -> None:
    shape = Shape(n_embd=16, n_layer=1, n_head=2, vocab=10)
    with pytest.raises(RefusedError, match=r"vocab is 10, but the tokenizer .* has \d+ entries"):
        random_model.make(shape, model, tmp_path)
