/* The part of kernel.c that is compiled once for each kind of processor, whose vectors are of WIDTH bytes, and which
   has so many REGISTERS for them: wider ones, and sums for which there are none, would live on the stack. */

#define LANES (WIDTH / 4)
#define WIDE(N) (N > 4 ? REGISTERS / 16 : 4) /* vectors of sums for each of N queries */

#ifdef __AVX512BF16__
#include <immintrin.h>
#endif

#define floats NAME(floats)
#define ints NAME(ints)
#define words NAME(words)
#define halves NAME(halves)
typedef float floats __attribute__((vector_size(WIDTH)));
typedef int32_t ints __attribute__((vector_size(WIDTH)));
typedef uint32_t words __attribute__((vector_size(WIDTH)));
typedef uint16_t halves __attribute__((vector_size(WIDTH / 2)));

#define splat NAME(splat)
INLINE floats splat(float x) { return x - (floats){}; }

#define choose NAME(choose)
INLINE floats choose(ints where, floats x, floats y) {
    return (floats)((where & (ints)x) | (~where & (ints)y));
}

#define load NAME(load)
INLINE floats load(const void *from) {
    floats x;
    memcpy(&x, from, sizeof x);
    return x;
}

#define store NAME(store)
INLINE void store(void *to, floats x) { memcpy(to, &x, sizeof x); }

#define load_halves NAME(load_halves)
INLINE floats load_halves(const void *from) {
    halves half;
    memcpy(&half, from, sizeof half);
    return (floats)(__builtin_convertvector(half, words) << 16);
}

/* To bfloat16, round to nearest, ties to even. */
#define store_halves NAME(store_halves)
INLINE void store_halves(void *to, floats x) {
    words bits = (words)x;
    halves half = __builtin_convertvector((bits + 0x7fff + ((bits >> 16) & 1)) >> 16, halves);
    memcpy(to, &half, sizeof half);
}

/* sum + x * y for words: one product, or two of a pair. */
#define plus NAME(plus)
INLINE floats plus(floats sum, floats x, uint32_t y, const int pair) {
    if (!pair) {
        float factor;
        memcpy(&factor, &y, sizeof factor);
        return sum + x * factor;
    }
#ifdef __AVX512BF16__
    return (floats)_mm512_dpbf16_ps((__m512)sum, (__m512bh)x, (__m512bh)_mm512_set1_epi32((int)y));
#else
    uint32_t low = y << 16, high = y & 0xffff0000;
    float factors[2];
    memcpy(factors, &low, sizeof low);
    memcpy(factors + 1, &high, sizeof high);
    sum += (floats)((words)x & 0xffff0000) * factors[1];
    return sum + (floats)((words)x << 16) * factors[0];
#endif
}

/* e to the power of x for x <= 0, after Cephes' expf; exactly 0 for -inf. */
#define exponential NAME(exponential)
INLINE floats exponential(floats x) {
    ints normal = x > -87.0f;
    x = choose(normal, x, splat(-87.0f));
    ints n = __builtin_convertvector(x * 1.44269504f - 0.5f, ints); /* rounds towards 0, as x is not above it */
    floats k = __builtin_convertvector(n, floats);
    floats r = (x - k * 0.693359375f) + k * 2.12194440e-4f;
    floats y = splat(1.9875691500e-4f);
    y = y * r + 1.3981999507e-3f;
    y = y * r + 8.3334519073e-3f;
    y = y * r + 4.1665795894e-2f;
    y = y * r + 1.6666665459e-1f;
    y = y * r + 5.0000001201e-1f;
    y = y * (r * r) + r + 1.0f;
    return choose(normal, y * (floats)((n + 127) << 23), splat(0));
}

/* scores[i][k] of N queries with the first `seen` keys of one page, and some more. */
#define page_scores NAME(page_scores)
INLINE void page_scores(const uint32_t *query, const uint32_t *keys, int size, int seen, float *scores, int64_t stride,
                        const int N, const int pair) {
    const int wide = WIDE(N);
    for (int k = 0; k < seen; k += wide * LANES) {
        floats sum[BLOCK][4];
        for (int i = 0; i < N; i++)
            for (int w = 0; w < wide; w++) sum[i][w] = splat(0);
        for (int d = 0; d < size; d++)
            for (int w = 0; w < wide; w++) {
                floats key = load(keys + d * PAGE + k + w * LANES);
                for (int i = 0; i < N; i++) sum[i][w] = plus(sum[i][w], key, query[i * size + d], pair);
            }
        for (int i = 0; i < N; i++)
            for (int w = 0; w < wide; w++) store(scores + i * stride + k + w * LANES, sum[i][w]);
    }
}

/* sums[i][d] += weights[i][k] * values[k][d] for N queries and `wide` vectors of dimensions of the page's first keys. */
#define page_sums NAME(page_sums)
INLINE void page_sums(const uint32_t *weights, int64_t stride, const uint32_t *values, int size, int keys, float *sums,
                      const int N, const int wide, const int pair) {
    floats sum[BLOCK][4];
    for (int i = 0; i < N; i++)
        for (int w = 0; w < wide; w++) sum[i][w] = load(sums + i * size + w * LANES);
    const int whole = pair ? keys / 2 : keys;
    for (int k = 0; k < whole; k++)
        for (int w = 0; w < wide; w++) {
            floats value = load(values + k * size + w * LANES);
            for (int i = 0; i < N; i++) sum[i][w] = plus(sum[i][w], value, weights[i * stride + k], pair);
        }
    if (pair && keys % 2) /* what stands beside the last key belongs to nobody: it may be anything */
        for (int w = 0; w < wide; w++) {
            floats value = (floats)((words)load(values + whole * size + w * LANES) & 0xffff);
            for (int i = 0; i < N; i++) sum[i][w] = plus(sum[i][w], value, weights[i * stride + whole], pair);
        }
    for (int i = 0; i < N; i++)
        for (int w = 0; w < wide; w++) store(sums + i * size + w * LANES, sum[i][w]);
}

/* Scores to weights, in place; those before key `first` and after key `last` to 0. The sum of the weights. */
#define weigh NAME(weigh)
INLINE float weigh(float *scores, float scale, int first, int last, int keys, const int pair) {
    for (int k = 0; k < first; k++) scores[k] = -INFINITY;
    for (int k = last + 1; k < keys; k++) scores[k] = -INFINITY;
    floats most = splat(-INFINITY), total = splat(0);
    for (int k = 0; k < keys; k += LANES) {
        floats x = load(scores + k);
        most = choose(x > most, x, most);
    }
    float top = most[0], sum = 0;
    for (int l = 1; l < LANES; l++) top = most[l] > top ? most[l] : top;
    for (int k = 0; k < keys; k += LANES) {
        floats x = exponential((load(scores + k) - top) * scale);
        total += x;
        if (pair)
            store_halves((uint16_t *)scores + k, x);
        else
            store(scores + k, x);
    }
    for (int l = 0; l < LANES; l++) sum += total[l];
    return sum;
}

/* N queries of one KV head, the first of them number `from` of the tile's rows × queries of a head. */
#define queries NAME(queries)
INLINE void queries(const job *j, const tile *t, int head, int from, uint32_t *scratch, const int N, const int pair) {
    const int group = j->heads / j->kv_heads, bytes = pair ? 2 : 4, size = j->size, in_words = size * bytes / 4;
    const int last = t->position + (from + N - 1) / group;
    const int oldest = t->position + from / group - j->window + 1;
    const int first_page = j->window && oldest > 0 ? oldest / PAGE : 0, pages = last / PAGE + 1 - first_page;
    const int seen = last - first_page * PAGE + 1;
    const int64_t stride = (int64_t)pages * PAGE, room = (int64_t)in_words * PAGE;
    const int32_t *table = j->tables + t->table + first_page;
    const uint32_t *keys = j->keys + head * room, *values = j->values + head * room;
    const int64_t page_room = j->kv_heads * room;
    uint32_t *query = scratch;
    float *sums = (float *)(query + BLOCK * size), *scores = sums + BLOCK * size, total[BLOCK];
    int64_t at[BLOCK];
    for (int i = 0; i < N; i++) {
        const int row = t->row + (from + i) / group;
        at[i] = (int64_t)(head * group + (from + i) % group) * size;
        memcpy(query + i * in_words, j->query + (row * j->query_row + at[i]) * bytes, (size_t)size * bytes);
        at[i] += row * j->output_row;
    }
    for (int p = 0; p < pages; p++) {
        const int left = seen - p * PAGE;
        page_scores(query, keys + table[p] * page_room, in_words, left < PAGE ? left : PAGE, scores + p * PAGE, stride, N,
                    pair);
    }
    for (int i = 0; i < N; i++) {
        const int position = t->position + (from + i) / group - first_page * PAGE;
        const int first = j->window && position >= j->window ? position - j->window + 1 : 0;
        total[i] = weigh(scores + i * stride, j->scale, first, position, (seen + LANES - 1) / LANES * LANES, pair);
    }
    memset(sums, 0, sizeof(float) * N * size);
    for (int p = 0; p < pages; p++) {
        const uint32_t *page = values + table[p] * page_room;
        const uint32_t *weights = (uint32_t *)scores + p * PAGE * bytes / 4;
        const int left = seen - p * PAGE, here = left < PAGE ? left : PAGE, wide = WIDE(N);
        int d = 0;
        for (; d + wide * LANES <= size; d += wide * LANES)
            page_sums(weights, stride, page + d, size, here, sums + d, N, wide, pair);
        for (; d < size; d += LANES) page_sums(weights, stride, page + d, size, here, sums + d, N, 1, pair);
    }
    for (int i = 0; i < N; i++)
        for (int d = 0; d < size; d += LANES) {
            const floats x = load(sums + i * size + d) / total[i];
            if (pair)
                store_halves(j->output + (at[i] + d) * bytes, x);
            else
                store(j->output + (at[i] + d) * bytes, x);
        }
}

#define all_queries NAME(all_queries)
INLINE void all_queries(const job *j, const tile *t, int head, uint32_t *scratch, const int pair) {
    const int all = t->rows * (j->heads / j->kv_heads);
    int from = 0;
    for (; from + 8 <= all; from += 8) queries(j, t, head, from, scratch, 8, pair);
    for (; from + 4 <= all; from += 4) queries(j, t, head, from, scratch, 4, pair);
    for (; from + 2 <= all; from += 2) queries(j, t, head, from, scratch, 2, pair);
    for (; from < all; from++) queries(j, t, head, from, scratch, 1, pair);
}

static void NAME(attend)(const job *j, const tile *t, int head, uint32_t *scratch) {
    if (j->pair)
        all_queries(j, t, head, scratch, 1);
    else
        all_queries(j, t, head, scratch, 0);
}

/* x / (1 + e to the power of -(slope * x + bend * x * x * x)) for LANES numbers at `at`, in place. */
#define activate_lanes NAME(activate_lanes)
INLINE void activate_lanes(char *at, float slope, float bend, const int pair) {
    const floats x = pair ? load_halves(at) : load(at), z = x * (x * bend * x + slope);
    const ints below = z < 0.0f;
    const floats e = exponential(choose(below, z, -z)), y = x * choose(below, e, splat(1)) / (e + 1.0f);
    if (pair)
        store_halves(at, y);
    else
        store(at, y);
}

#define activate_all NAME(activate_all)
INLINE void activate_all(char *at, int64_t count, float slope, float bend, const int pair) {
    const int64_t bytes = pair ? 2 : 4, whole = count / LANES * LANES;
    char last[WIDTH] = {0};
    for (int64_t i = 0; i < whole; i += LANES) activate_lanes(at + i * bytes, slope, bend, pair);
    memcpy(last, at + whole * bytes, (count - whole) * bytes);
    activate_lanes(last, slope, bend, pair);
    memcpy(at + whole * bytes, last, (count - whole) * bytes);
}

static void NAME(activate)(char *at, int64_t count, float slope, float bend, int pair) {
    if (pair)
        activate_all(at, count, slope, bend, 1);
    else
        activate_all(at, count, slope, bend, 0);
}

static const kind NAME(kind) = {NAME(attend), NAME(activate)};

#undef floats
#undef ints
#undef words
#undef halves
#undef splat
#undef choose
#undef load
#undef store
#undef load_halves
#undef store_halves
#undef plus
#undef exponential
#undef page_scores
#undef page_sums
#undef weigh
#undef queries
#undef all_queries
#undef activate_lanes
#undef activate_all
#undef LANES
#undef WIDE
#undef WIDTH
#undef REGISTERS
