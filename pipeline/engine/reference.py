"""`transformers.generate`, one request at a time, as an engine: slow, and what the others are compared with.

Greedy it gives what the native engine gives in float32; what it draws at random comes from torch's own generator.
"""

from collections import deque
from typing import Any

import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, GenerationConfig, PreTrainedModel, StoppingCriteria, StoppingCriteriaList

from pipeline.engine.device import device_name, dtype_name
from pipeline.engine.flight import Flight, problem_of
from pipeline.engine.model import choose_device, choose_dtype
from pipeline.engine.request import Completion, EngineError, Request
from pipeline.engine.setup import Setup


class ReferenceEngine:
    """Generates requests one after the other, in the order in which they came."""

    def __init__(self, setup: Setup) -> None:
        self._model, self._setup = plain_model(setup), setup
        own: int = self._model.config.get_text_config().max_position_embeddings
        self._window = setup.window or own
        self._vocabulary = int(self._model.get_input_embeddings().num_embeddings)  # type: ignore[arg-type]
        self._waiting: deque[Request] = deque()

    @property
    def dtype(self) -> str:
        """The number format of the weights."""
        return dtype_name(self._model)

    @property
    def device(self) -> str:
        """The kind of device, and which one."""
        return device_name(self._model)

    @property
    def has_work(self) -> bool:
        """Whether a request waits."""
        return bool(self._waiting)

    def add(self, request: Request) -> None:
        """Takes a request in. Raises EngineError where it cannot be served."""
        if problem := problem_of(request, self._window, self._vocabulary, self._setup.decode):
            raise EngineError(f"request {request.id}: {problem}")
        self._waiting.append(request)

    @torch.inference_mode()
    def step(self) -> list[Completion]:
        """The next request from its first token to its last."""
        request = self._waiting.popleft()
        if request.max_tokens == 0:
            return [Completion(request.id, (), "length", None)]
        torch.manual_seed(request.seed)
        end = _End(Flight(request, self._setup.decode))
        while end.completion is None:
            self._generate(end)
        return [end.completion]

    def _generate(self, end: "_End") -> None:
        """One free stretch."""
        request = end.flight.request
        prompt = torch.tensor([end.flight.tokens], device=self._model.device)
        self._model.generate(  # type: ignore[operator]  # transformers types it as a tensor or a module
            prompt,
            attention_mask=torch.ones_like(prompt),
            max_new_tokens=request.max_tokens,
            min_new_tokens=request.min_tokens,
            eos_token_id=sorted(request.stop_ids) or None,
            stopping_criteria=StoppingCriteriaList([end]),
            **_drawn(request),
        )


class _End(StoppingCriteria):
    """The rules of a flight as `generate` asks for them: after each token, whether its free stretch ends."""

    def __init__(self, flight: Flight) -> None:
        self.flight = flight
        self.completion: Completion | None = None

    def __call__(self, input_ids: Tensor, *_: Any, **__: Any) -> Tensor:
        ended = len(self.flight.stretches)
        self.completion = self.flight.push(int(input_ids[0, -1]))
        over = self.completion is not None or len(self.flight.stretches) > ended
        return torch.tensor([over], device=input_ids.device)


def _drawn(request: Request) -> dict[str, Any]:
    sampling = request.sampling
    if sampling.temperature == 0:
        return {"do_sample": False}
    return {
        "do_sample": True,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
    }


def plain_model(setup: Setup) -> PreTrainedModel:
    """The model as transformers loads it, in eval mode, with nothing that ends an output or pads it by itself."""
    device = choose_device(setup.device)
    model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
        setup.path,
        dtype=choose_dtype(setup.dtype, device),
        local_files_only=True,
        use_safetensors=True,
        trust_remote_code=setup.trust_remote_code,
    )
    model.generation_config = GenerationConfig(do_sample=False, pad_token_id=0)
    model.train(False).to(device)
    return model
