"""The two caches: each equals attention computed the long way, and neither shows where a sequence was cut."""

import importlib
import os
import random
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
import torch

from pipeline.engine import kernel
from pipeline.engine.batch import Span
from pipeline.engine.kernel import KernelCache
from pipeline.engine.paged import PagedCache
from pipeline.engine.triton_cache import TritonCache

DTYPES = [torch.float32, torch.bfloat16]
# Query heads, KV heads, head size.
HEADS = [(8, 1, 64), (5, 1, 64), (4, 4, 16), (7, 1, 32), (12, 4, 128)]
LONGEST = 300
GPU = torch.cuda.is_available()
DEVICE = torch.device("cuda" if GPU else "cpu")
COMPILED = TritonCache if GPU else KernelCache
KINDS = [PagedCache, COMPILED] if GPU or kernel.library() else [PagedCache]


def caches(heads, size, dtype):
    shapes = {0: (heads, size, size, dtype)}
    return [made(kind, shapes) for kind in KINDS]


def made(kind, shapes):
    cache = kind(shapes, DEVICE)
    cache.resize(40)
    for stores in cache._layers.values():
        for store in stores:
            store.fill_(float("nan"))  # what another request left must not matter
    return cache


def sequence(heads, kv_heads, size, dtype, seed=0):
    draw = torch.Generator().manual_seed(seed)
    return [torch.randn(LONGEST, n, size, generator=draw).to(DEVICE, dtype) for n in (heads, kv_heads, kv_heads)]


def expected(query, key, value, window):
    at = torch.arange(LONGEST, device=DEVICE)
    hidden = at[None] > at[:, None]
    if window:
        hidden |= at[None] <= at[:, None] - window
    query, key, value = (t.float().transpose(0, 1) for t in (query, key, value))
    mask = torch.zeros(LONGEST, LONGEST, device=DEVICE).masked_fill(hidden, float("-inf"))
    found = torch.nn.functional.scaled_dot_product_attention(query, key, value, mask, scale=0.2, enable_gqa=True)
    return found.transpose(0, 1)


def attended(cache, tensors, cuts, window, prompt=LONGEST, others=()):
    """A sequence that comes in pieces, each beside tokens of other sequences; pages in no order."""
    pages, out = random.Random(0).sample(range(1, 12), 5), []
    for start, end in zip((0, *cuts), (*cuts, LONGEST), strict=True):
        spans = [Span([0] * (end - start), start, pages, prompt)]
        rows = [t[start:end] for t in tensors]
        for n, (other, length) in enumerate(others):
            spans.insert(0, Span([0] * length, 0, [20 + 5 * n + i for i in range(5)], length))
            rows = [torch.cat([t[:length], row]) for t, row in zip(other, rows, strict=True)]
        padded = [torch.cat([row, row.new_ones(3, *row.shape[1:])]) for row in rows]
        found = cache.attend(0, *padded, cache.layout(spans), 0.2, window)
        out.append(found[-3 - (end - start) : -3])
    return torch.cat(out)


@pytest.mark.parametrize("window", [None, 70])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("heads", HEADS)
def test_equals_attention_computed_the_long_way(heads, dtype, window):
    tensors = sequence(*heads, dtype)
    slack = 3e-2 if dtype == torch.bfloat16 else 1e-5
    for cache in caches(heads[1], heads[2], dtype):
        found = attended(cache, tensors, (), window)
        torch.testing.assert_close(found.float(), expected(*tensors, window), rtol=slack, atol=slack)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("window", [None, 70])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("heads", HEADS)
def test_cuts_and_neighbours_change_no_bit(heads, dtype, window, threads):
    torch.set_num_threads(threads)
    tensors, others = sequence(*heads, dtype), [(sequence(*heads, dtype, 1), 100), (sequence(*heads, dtype, 2), 1)]
    for cache in caches(heads[1], heads[2], dtype)[GPU:]:  # what `paged` promises, it promises on processors
        for prompt in (LONGEST, 130):
            whole = attended(cache, tensors, (), window, prompt)
            for cuts in ((1,), (64, 65, 200), tuple(range(7, 290, 11))):
                assert torch.equal(attended(cache, tensors, cuts, window, prompt, others), whole)


def test_copied_pages_are_the_same_pages_and_so_are_copies_of_copies():
    tensors = sequence(4, 2, 16, torch.float32)
    for cache in caches(2, 16, torch.float32):
        whole = attended(cache, tensors, (), None)
        pages = random.Random(0).sample(range(1, 12), 5)
        cache.copy([copy for i, page in enumerate(pages) for copy in ((page, 12 + i), (12 + i, 30 + i))])
        copied = Span([0], LONGEST - 1, [30 + i for i in range(5)], LONGEST)
        again = cache.attend(0, *(t[-1:] for t in tensors), cache.layout([copied]), 0.2, None)
        assert torch.equal(again[0], whole[-1])


def test_the_compiled_attention_is_there_where_it_can_be_built():
    assert kernel.library() is not None, "pip install -e . again, with a C compiler"


def in_one_order(rows, columns, dtype):
    """What `numpy.matmul` makes, summed from first to last: BLAS sums a row by its place (seen with AVX2)."""
    return (rows[:, :, None].astype(dtype) * columns[None]).sum(1)


@patch("numpy.matmul", in_one_order)
def interpreted():
    """Triton's kernel, run by its interpreter as NumPy would: each row is right, and the same in any pass."""
    for heads, window in zip(HEADS[1:4], (70, None, 70), strict=True):
        tensors, others = sequence(*heads, torch.float16), [(sequence(*heads, torch.float16, 1), 50)]
        cache = made(TritonCache, {0: (heads[1], heads[2], heads[2], torch.float16)})
        whole = attended(cache, tensors, (), window)
        torch.testing.assert_close(whole.float(), expected(*tensors, window), rtol=1e-2, atol=1e-2)
        assert torch.equal(attended(cache, tensors, (64, 65, 200), window, others=others), whole)


@pytest.mark.skipif(GPU, reason="the tests above are of the real kernel")
def test_tritons_kernel_as_its_interpreter_runs_it():
    pytest.importorskip("triton")
    command = [sys.executable, "-c", "from tests.engine.test_attention import interpreted; interpreted()"]
    environment = os.environ | {"TRITON_INTERPRET": "1"}  # it is looked at when Triton is imported
    subprocess.run(command, check=True, cwd=Path(__file__).parents[2], env=environment)


def signature(kernel, number, constants):
    kinds = {"blocks": "*i32", "tables": "*i32", "scales": "*fp32", "numbers": "*fp8e4nv", "scale": "fp32"}
    kinds |= dict.fromkeys(("window", "query_row", "query_head"), "i32") | dict.fromkeys(constants, "constexpr")
    return {name: kinds.get(name, f"*{number}") for name in kernel.arg_names}


def test_tritons_kernels_compile_for_a_gpu_that_is_not_here():
    triton, kernels = pytest.importorskip("triton"), importlib.import_module("pipeline.engine.triton_kernel")
    widths = {"KEY": 128, "VALUE": 128, "KEY_WIDTH": 128, "VALUE_WIDTH": 128, "ROWS": 64, "PAGE": 64}
    attention = {"GROUP": 48, "KV_HEADS": 1} | widths
    scale_rows = {"SIZE": 6144, "WIDTH": 8192, "HIGHEST": 448.0, "LEAST": 1e-12}
    for interpreted, number, constants in (
        (kernels.attention, "bf16", attention),
        (kernels.scale_rows, "bf16", scale_rows),
    ):
        plain = triton.JITFunction(interpreted.fn)
        source = triton.compiler.ASTSource(plain, signature(plain, number, constants), constants)
        made = triton.compile(source, target=triton.backends.compiler.GPUTarget("cuda", 90, 32))
        assert made.asm["cubin"]
        assert made.metadata.shared < 2**17


def test_tritons_attention_is_for_cuda_and_heads_that_fit():
    cuda, cpu = torch.device("cuda"), torch.device("cpu")
    assert TritonCache.usable({0: (1, 128, 128, torch.bfloat16)}, cuda)
    assert not TritonCache.usable({0: (1, 128, 128, torch.bfloat16)}, cpu)
    assert not TritonCache.usable({0: (1, 512, 512, torch.bfloat16)}, cuda)
