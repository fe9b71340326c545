"""vLLM as an engine, for those who have it: the same requests, completions and records.

Its texts are its own: they may differ in the last bits from the native engine's, and with what else is in the batch.
On a processor it runs in this process, bound to all of its cores.
"""

import os
from typing import Any

import torch

from pipeline.engine.flight import problem_of
from pipeline.engine.model import choose_device, choose_dtype
from pipeline.engine.request import Completion, EngineError, Request
from pipeline.engine.setup import Setup

GIB = 2**30
# Its settings for processors, as far as none are given; in the benchmark these were the fastest. A block of 32 tokens
# (the least that its attention takes) lets prompts share more of what they have in common than the default of 128.
CPU_REQUESTS, CPU_TOKENS, CPU_BLOCK, CPU_GIB = 256, 2048, 32, 4


class VllmEngine:
    """`vllm.LLM`, step by step."""

    def __init__(self, setup: Setup) -> None:
        self._setup, self._device = setup, choose_device(setup.device)
        self._dtype = choose_dtype(setup.dtype, self._device)
        if self._device.type == "cpu":
            _prepare_processor(setup)
        from vllm import LLM

        llm = LLM(**self._settings())
        self._engine, self._model = llm.llm_engine, llm.llm_engine.model_config
        self._window = setup.window or int(self._model.max_model_len)
        self._ready: list[Completion] = []
        self._ids: set[str] = set()

    @property
    def dtype(self) -> str:
        """The number format of the weights."""
        return str(self._dtype).removeprefix("torch.")

    @property
    def device(self) -> str:
        """The kind of device, and which one."""
        cuda = self._device.type == "cuda"
        return f"cuda {torch.cuda.get_device_name(self._device)}" if cuda else f"cpu, {torch.get_num_threads()} threads"

    @property
    def has_work(self) -> bool:
        """Whether `step` has anything to do or to give back."""
        return bool(self._ready or self._engine.has_unfinished_requests())

    def add(self, request: Request) -> None:
        """Takes a request in. Raises EngineError where it cannot be served."""
        problem = problem_of(request, self._window, int(self._model.get_vocab_size()), self._setup.decode)
        if request.id in self._ids:
            problem = "another request with this id is in flight; give each its own."
        elif request.forced:
            problem = "vLLM has no forced stretches; use the native engine."
        if problem:
            raise EngineError(f"request {request.id}: {problem}")
        if request.max_tokens == 0:
            self._ready.append(Completion(request.id, (), "length", None))
            return
        self._engine.add_request(request.id, {"prompt_token_ids": list(request.prompt_ids)}, _parameters(request))
        self._ids.add(request.id)

    def step(self) -> list[Completion]:
        """One step of vLLM's own."""
        done, self._ready = self._ready, []
        if self._engine.has_unfinished_requests():
            done += [_completion(output) for output in self._engine.step() if output.finished]
        self._ids -= {completion.id for completion in done}
        return done

    def _settings(self) -> dict[str, Any]:
        setup, cpu = self._setup, self._device.type == "cpu"
        given = {
            "max_model_len": setup.window,
            "max_num_seqs": setup.max_requests or (CPU_REQUESTS if cpu else None),
            "max_num_batched_tokens": setup.step_tokens or (CPU_TOKENS if cpu else None),
            "block_size": CPU_BLOCK if cpu else None,
            "kv_cache_memory_bytes": None if cpu else setup.memory,
        }
        return {key: value for key, value in given.items() if value is not None} | {
            "model": str(setup.path),
            "dtype": self.dtype,
            "load_format": "safetensors",
            "trust_remote_code": setup.trust_remote_code,
            "enable_prefix_caching": True,
            "skip_tokenizer_init": setup.decode is None,
            "disable_log_stats": True,
        }


def _prepare_processor(setup: Setup) -> None:
    cores = ",".join(map(str, sorted(os.sched_getaffinity(0))))
    os.environ.setdefault("VLLM_ENABLE_V1_MULTIPROCESSING", "0")
    os.environ.setdefault("VLLM_CPU_OMP_THREADS_BIND", cores)
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", str(max(1, (setup.memory or CPU_GIB * GIB) // GIB)))


def _parameters(request: Request) -> Any:
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind

    sampling = request.sampling
    return SamplingParams(
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        top_k=sampling.top_k,
        seed=request.seed % 2**63 if sampling.temperature else None,
        max_tokens=request.max_tokens,
        min_tokens=request.min_tokens,
        ignore_eos=True,  # what ends an output stands in the request
        stop_token_ids=sorted(request.stop_ids) or None,
        stop=list(request.stop) or None,
        detokenize=bool(request.stop),
        skip_special_tokens=False,
        output_kind=RequestOutputKind.FINAL_ONLY,
    )


def _completion(output: Any) -> Completion:
    made = output.outputs[0]
    if made.finish_reason not in ("stop", "length"):
        raise EngineError(f"vLLM ended request {output.request_id} with {made.finish_reason!r}.")
    return Completion(output.request_id, tuple(made.token_ids), made.finish_reason, made.stop_reason)
