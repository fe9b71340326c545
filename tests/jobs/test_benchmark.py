"""The benchmark as a person runs it: rows in, a table and a result file out, or a sentence."""

import json
from pathlib import Path

import pytest

from jobs import benchmark
from pipeline.config import load
from pipeline.config.benchmark import Benchmark
from pipeline.errors import RefusedError, UsageError
from pipeline.weights import locate
from tests.benchmark.test_rounds import FACTS

ROOT = Path(__file__).parents[2]


def configured(model: Path, *arguments: str) -> Benchmark:
    base = [str(ROOT / "conf" / "benchmark.yaml"), f"--model.path={model}", "--model.dtype=float32", "--device=cpu"]
    return load(benchmark.CONFIG, [*base, *arguments])


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    rows = [{"prompt_token_ids": list(range(i, 23 + 3 * i)), "max_tokens": 2 + i} for i in range(10)]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_engines_are_compared_on_a_file_of_requests(
    model: Path, requests: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "result.json"
    engines = '--engines=["native", "generate_batched"]'
    config = configured(model, f"--requests={requests}", engines, "--rounds=2", f"--output.path={out}")
    assert benchmark.run(config) == 0
    result = json.loads(out.read_text())
    assert result["requests"] == {"count": 10, "prompt_tokens": 320, "output_tokens": 65}
    assert result["config"]["rounds"] == 2
    assert (result["machine"]["dtype"], result["machine"]["layers"]) == ("float32", 2)
    assert result["machine"]["peak_flops"]["low"] > 0
    assert len(result["model"]["weights_sha256"]) == 64
    assert list(result["engines"]) == ["native", "generate_batched"]
    for engine in result["engines"].values():
        rate = engine["output_tokens_per_second"]
        assert 0 < rate["low"] <= rate["median"] <= rate["high"]
        assert [r["round"] for r in engine["rounds"]] == [1, 2]
        assert engine["same_outputs"] == 1
        assert engine["memory_bytes"] > 10**8
        assert engine["startup_seconds"] > 0
    shown = capsys.readouterr()
    assert "10 requests, 320 prompt and 65 output tokens, float32" in shown.out
    assert "round 2 of 2: generate_batched" in shown.err


def test_extraction_alone_needs_no_engine(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "result.json"
    few = "--extraction.most_bytes=20000"
    assert benchmark.run(configured(model, "--engines=[]", "--rounds=1", few, f"--output.path={out}")) == 0
    result = json.loads(out.read_text())
    assert "engines" not in result
    assert result["extraction"]["languages"]["Python"]["bytes"] >= 20_000
    assert "Python" in capsys.readouterr().out


def test_a_random_shape_does_functions_of_the_standard_library(model: Path, tmp_path: Path) -> None:
    shape = "--model.shape={n_embd: 32, n_layer: 1, n_head: 2, vocab: 500, n_positions: 700}"
    config = configured(model, shape, "--workload.functions=3")
    weights = benchmark.model(config, tmp_path)
    rows = benchmark.rows(config, weights, FACTS)
    assert (weights.id, weights.window, weights.path) == ("random weights", 700, tmp_path)
    assert [len(row.prompt_ids) + row.max_tokens <= 700 for row in rows] == [True] * 3


def test_a_bad_request_ends_the_job_with_its_line(model: Path, requests: Path) -> None:
    requests.write_text(requests.read_text() + '{"prompt_token_ids": [1, 400], "max_tokens": 1}\n')
    config = configured(model, f"--requests={requests}")
    with pytest.raises(RefusedError, match=r"line 11: token id 400 is not in the model's vocabulary of 50"):
        benchmark.rows(config, locate(config.model), FACTS)


@pytest.mark.parametrize(
    ("argument", "problem"),
    [
        ("--engines=[native, navite]", "no engine 'navite'"),
        ("--engines=[native, native]", "each only once"),
        ("--model.shape={n_embd: 30, n_layer: 1, n_head: 4, vocab: 500}", "n_embd 30 is no multiple of n_head 4"),
        ("--workload.shortest=200", "shortest 200 is above longest 128"),
    ],
)
def test_a_contradictory_configuration_is_refused(model: Path, argument: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        benchmark.run(configured(model, argument))


@pytest.mark.parametrize("name", ["absent/result.json", "."])
def test_a_result_that_cannot_be_written_is_refused_before_the_work(model: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(RefusedError, match=r"output\.path: .* cannot be written"):
        benchmark.run(configured(model, f"--output.path={tmp_path / name}"))
