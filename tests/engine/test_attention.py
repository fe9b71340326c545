"""The two caches: each equals attention computed the long way, and neither shows where a sequence was cut."""

import random

import pytest
import torch

from pipeline.engine import kernel, varlen
from pipeline.engine.batch import Span
from pipeline.engine.kernel import KernelCache
from pipeline.engine.paged import PagedCache
from pipeline.engine.varlen import VarlenCache

DTYPES = [torch.float32, torch.bfloat16]
# Query heads, KV heads, head size.
HEADS = [(8, 1, 64), (5, 1, 64), (4, 4, 16), (7, 1, 32), (12, 4, 128)]
LONGEST = 300


def caches(heads, size, dtype):
    shapes = {0: (heads, size, size, dtype)}
    return [made(kind, shapes) for kind in ([PagedCache, KernelCache] if kernel.library() else [PagedCache])]


def made(kind, shapes):
    cache = kind(shapes, torch.device("cpu"))
    cache.resize(40)
    for stores in cache._layers.values():
        for store in stores:
            store.fill_(float("nan"))  # what another request left must not matter
    return cache


def sequence(heads, kv_heads, size, dtype, seed=0):
    draw = torch.Generator().manual_seed(seed)
    return [torch.randn(LONGEST, n, size, generator=draw).to(dtype) for n in (heads, kv_heads, kv_heads)]


def expected(query, key, value, window):
    at = torch.arange(LONGEST)
    hidden = at[None] > at[:, None]
    if window:
        hidden |= at[None] <= at[:, None] - window
    query, key, value = (t.float().transpose(0, 1) for t in (query, key, value))
    mask = torch.zeros(LONGEST, LONGEST).masked_fill(hidden, float("-inf"))
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
    for cache in caches(heads[1], heads[2], dtype):
        for prompt in (LONGEST, 130):
            whole = attended(cache, tensors, (), window, prompt)
            for cuts in ((1,), (64, 65, 200), tuple(range(7, 290, 11))):
                assert torch.equal(attended(cache, tensors, cuts, window, prompt, others), whole)


def test_copied_pages_are_the_same_pages():
    tensors = sequence(4, 2, 16, torch.float32)
    for cache in caches(2, 16, torch.float32):
        whole = attended(cache, tensors, (), None)
        pages = random.Random(0).sample(range(1, 12), 5)
        cache.copy([(page, 30 + i) for i, page in enumerate(pages)])
        copied = Span([0], LONGEST - 1, [30 + i for i in range(5)], LONGEST)
        again = cache.attend(0, *(t[-1:] for t in tensors), cache.layout([copied]), 0.2, None)
        assert torch.equal(again[0], whole[-1])


def test_the_compiled_attention_is_there_where_it_can_be_built():
    assert kernel.library() is not None, "pip install -e . again, with a C compiler"


def varlen_attn(
    query, key, value, cu_seq_q, cu_seq_k, max_q, max_k, *, scale, window_size, seqused_k, block_table, **rest
):
    """torch.nn.attention.varlen.varlen_attn as its documentation has it, since the real one needs CUDA."""
    assert rest == {"enable_gqa": True, "num_splits": 1}
    assert {t.dtype for t in (cu_seq_q, seqused_k, block_table)} == {torch.int32}
    assert cu_seq_k is None
    assert window_size[1] == 0
    assert key.shape[1] % 256 == 0
    out, group = torch.empty_like(query), query.shape[1] // key.shape[2]
    assert cu_seq_q[-1] == len(query)
    assert (max_q, max_k) == (int(cu_seq_q.diff().max()), int(seqused_k.max()))
    for i, length in enumerate(seqused_k.tolist()):
        rows = slice(int(cu_seq_q[i]), int(cu_seq_q[i + 1]))
        keys, values = (
            t[block_table[i].long()].flatten(0, 1)[:length].repeat_interleave(group, 1) for t in (key, value)
        )
        scores = torch.einsum("qhd,khd->hqk", query[rows].float(), keys.float()) * scale
        at, seen = torch.arange(length - (rows.stop - rows.start), length)[:, None], torch.arange(length)
        hidden = (seen > at) | ((window_size[0] >= 0) & (seen < at - window_size[0]))
        weights = scores.masked_fill(hidden, float("-inf")).softmax(-1)
        out[rows] = torch.einsum("hqk,khd->qhd", weights, values.float()).to(out.dtype)
    return out


@pytest.mark.parametrize("window", [None, 70])
@pytest.mark.parametrize("heads", HEADS)
def test_pages_and_lengths_are_given_to_cuda_attention_as_it_takes_them(monkeypatch, heads, window):
    monkeypatch.setattr(varlen, "varlen_attn", varlen_attn)
    tensors = sequence(*heads, torch.bfloat16)
    cache = made(VarlenCache, {0: (heads[1], heads[2], heads[2], torch.bfloat16)})
    others = [(sequence(*heads, torch.bfloat16, 1), 100), (sequence(*heads, torch.bfloat16, 2), 1)]
    found = attended(cache, tensors, (64, 65, 200), window, others=others)
    torch.testing.assert_close(found.float(), expected(*tensors, window), rtol=3e-2, atol=3e-2)


def test_cuda_attention_is_for_cuda_and_16_bits():
    cuda, shapes = torch.device("cuda"), {0: (1, 128, 128, torch.bfloat16)}
    assert VarlenCache.usable(shapes, cuda)
    assert not VarlenCache.usable(shapes, torch.device("cpu"))
    assert not VarlenCache.usable({0: (1, 128, 128, torch.float32)}, cuda)
