"""What a graph replays is what is computed at once: with CUDA's graphs on a GPU, and with their places taken here."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, PreTrainedModel

from pipeline.engine import Request
from pipeline.engine.engine import Engine
from pipeline.engine.graphs import Graphs
from pipeline.engine.model import load_model
from pipeline.engine.triton_cache import TritonCache

from .conftest import CONFIGS, request_of
from .test_invariance import answers

REQUESTS = [request_of(62, 4), request_of(3, 6), request_of(5, 2)]
GPU = torch.cuda.is_available()


def with_graphs(model: PreTrainedModel, requests: list[Request]) -> tuple[dict[str, tuple[int, ...]], Graphs | None]:
    engine = Engine(model)
    return answers(engine, requests), engine._runner._graphs


def without(model: PreTrainedModel, requests: list[Request]) -> dict[str, tuple[int, ...]]:
    engine = Engine(model)
    engine._runner._graphs = None
    return answers(engine, requests)


@pytest.mark.skipif(not GPU, reason="a GPU's own graphs")
@pytest.mark.parametrize("name", list(CONFIGS))
def test_graphs_change_nothing_and_mixtures_do_without(model, name):
    found, graphs = with_graphs(model(name), REQUESTS)
    assert found == without(model(name), REQUESTS)
    assert bool(graphs._graphs) != (name == "qwen3_moe")


class Replayed:
    """In the place of a CUDA graph: computes again, on the batch that was recorded, into the same memory."""

    def replay(self) -> None:
        self.logits.copy_(self.compute(self.batch))


@contextmanager
def recording(graph: Replayed, _pool: object) -> Iterator[None]:
    Recorder.now = graph
    yield
    Recorder.now = None


class Recorder(Graphs):
    """Notes what is computed while a graph is recorded."""

    now: Replayed | None = None

    def __init__(self, compute, cache, sizes, pages) -> None:
        def noted(batch):
            logits = compute(batch)
            if self.now:
                self.now.compute, self.now.batch, self.now.logits = compute, batch, logits
            return logits

        super().__init__(noted, cache, sizes, pages)


def replayed(folder: str) -> None:
    """In a process of its own, whose Triton interprets."""
    patch = pytest.MonkeyPatch()
    patch.setattr(torch.cuda, "CUDAGraph", Replayed)
    patch.setattr(torch.cuda, "graph", recording)
    patch.setattr(torch.cuda, "graph_pool_handle", lambda: None)
    patch.setattr(torch.cuda, "set_sync_debug_mode", lambda _: None)
    patch.setattr(TritonCache, "usable", lambda *_: True)
    patch.setattr("pipeline.engine.kernel.KernelCache.usable", lambda *_: False)
    patch.setattr("pipeline.engine.runner.Graphs", Recorder)
    model = load_model(folder, "float32")
    found, graphs = with_graphs(model, REQUESTS)
    assert found == without(model, REQUESTS)
    assert graphs._graphs


@pytest.mark.skipif(GPU, reason="the test above is of the real ones")
def test_what_is_replayed_is_what_is_computed(tmp_path):
    pytest.importorskip("triton")
    AutoModelForCausalLM.from_config(CONFIGS["starcoder2"]).save_pretrained(tmp_path)
    command = f"from tests.engine.test_graphs import replayed; replayed({str(tmp_path)!r})"
    environment = os.environ | {"TRITON_INTERPRET": "1"}
    subprocess.run([sys.executable, "-c", command], check=True, cwd=Path(__file__).parents[2], env=environment)
