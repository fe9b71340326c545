"""What torch has no kernel for, in Triton: attention over pages, and rows in 8 bits.

Attention is of the rows of a pass to the keys and values of their own requests. One program takes some consecutive
tokens of one request and all query heads that share one head of keys and values, as rows of one product, so that keys
are read once. It goes through the pages in order, with a running maximum and sum (online softmax, Milakov and
Gimelshein 2018, https://arxiv.org/abs/1805.02867). A page that a row does not see adds exactly nothing to it: what a
row gets does not depend on the tokens beside it. Knows nothing of caches or models.
"""

import triton
import triton.language as tl

TILE = 64  # rows of a product, at least


@triton.jit  # type: ignore[untyped-decorator]
def attention(
    query: tl.tensor,
    keys: tl.tensor,
    values: tl.tensor,
    output: tl.tensor,
    blocks: tl.tensor,
    tables: tl.tensor,
    scale: tl.tensor,
    window: tl.tensor,
    query_row: tl.tensor,
    query_head: tl.tensor,
    GROUP: tl.constexpr,  # noqa: N803 (constants of the compiled kernel)
    KV_HEADS: tl.constexpr,  # noqa: N803
    KEY: tl.constexpr,  # noqa: N803
    VALUE: tl.constexpr,  # noqa: N803
    KEY_WIDTH: tl.constexpr,  # noqa: N803
    VALUE_WIDTH: tl.constexpr,  # noqa: N803
    ROWS: tl.constexpr,  # noqa: N803
    PAGE: tl.constexpr,  # noqa: N803
) -> None:
    """Programs [blocks, KV heads]. `blocks` [blocks, 4]: first row, position of its token, tokens, where its table is.

    `query` [rows, heads, KEY] by its strides, `keys` [pages, PAGE, KV heads, KEY], `output` [rows, heads, VALUE];
    a token sees `window` tokens, itself included, all before it where that is 0. The widths are the next powers of two.
    """
    block = blocks + tl.program_id(0) * 4
    row, start, count = tl.load(block), tl.load(block + 1), tl.load(block + 2)
    table, head = tables + tl.load(block + 3), tl.program_id(1)
    here = tl.arange(0, ROWS)
    token, member = here // GROUP, head * GROUP + here % GROUP
    at, there = start + token, token < count
    places, key_size, value_size = tl.arange(0, PAGE), tl.arange(0, KEY_WIDTH), tl.arange(0, VALUE_WIDTH)
    where = (row + token).to(tl.int64)
    rows = tl.load(
        query + (where * query_row + member * query_head)[:, None] + key_size[None, :],
        mask=there[:, None] & (key_size < KEY)[None, :],
        other=0.0,
    )
    best = tl.full([ROWS], float("-inf"), tl.float32)
    total = tl.zeros([ROWS], tl.float32)
    found = tl.zeros([ROWS, VALUE_WIDTH], tl.float32)
    first = 0
    if window > 0:
        first = tl.maximum(start - window + 1, 0) // PAGE
    for page in range(first, (start + count + PAGE - 1) // PAGE):
        seen = page * PAGE + places
        stored = (tl.load(table + page).to(tl.int64) * PAGE + places) * KV_HEADS + head
        known = seen < start + count
        some = tl.load(
            keys + stored[None, :] * KEY + key_size[:, None],
            mask=known[None, :] & (key_size < KEY)[:, None],
            other=0.0,
        )
        scores = tl.dot(rows, some, input_precision="ieee") * scale
        visible = seen[None, :] <= at[:, None]
        if window > 0:
            visible = visible & (seen[None, :] > at[:, None] - window)
        scores = tl.where(visible, scores, float("-inf"))
        higher = tl.maximum(best, tl.max(scores, 1))
        base = tl.where(higher == float("-inf"), 0.0, higher)
        weights, faded = tl.exp2(scores - base[:, None]), tl.exp2(best - base)
        total = total * faded + tl.sum(weights, 1)
        other = tl.load(
            values + stored[:, None] * VALUE + value_size[None, :],
            mask=known[:, None] & (value_size < VALUE)[None, :],
            other=0.0,
        )
        found = tl.dot(weights.to(other.dtype), other, found * faded[:, None], input_precision="ieee")
        best = higher
    target = output + ((where * KV_HEADS * GROUP + member) * VALUE)[:, None] + value_size[None, :]
    found = found / tl.where(total == 0, 1.0, total)[:, None]
    tl.store(target, found.to(output.dtype.element_ty), mask=there[:, None] & (value_size < VALUE)[None, :])


@triton.jit  # type: ignore[untyped-decorator]
def scale_rows(
    rows: tl.tensor,
    numbers: tl.tensor,
    scales: tl.tensor,
    SIZE: tl.constexpr,  # noqa: N803
    WIDTH: tl.constexpr,  # noqa: N803
    HIGHEST: tl.constexpr,  # noqa: N803
    LEAST: tl.constexpr,  # noqa: N803
) -> None:
    """Programs [rows]: a row of `rows` [rows, SIZE] to 8 bits in `numbers`, its scale to `scales` [rows]."""
    row, at = tl.program_id(0).to(tl.int64), tl.arange(0, WIDTH)
    some = tl.load(rows + row * SIZE + at, mask=at < SIZE, other=0.0).to(tl.float32)
    scale = tl.maximum(tl.max(tl.abs(some), 0), LEAST) / HIGHEST
    tl.store(numbers + row * SIZE + at, (some / scale).to(numbers.dtype.element_ty), mask=at < SIZE)
    tl.store(scales + row, scale)
