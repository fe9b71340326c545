/* The part of kernel.c that is compiled once for each kind of processor, whose vectors are of WIDTH bytes, and which
   has so many REGISTERS for them: wider ones, and sums for which there are none, would live on the stack. */

#define LANES (WIDTH / 4)
#define WIDE(N) (N > 4 ? REGISTERS / 16 : 4) /* vectors of sums for each of N queries */

#ifdef __AVX512F__
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

/* 0, 1, 2 and so on. */
#define places NAME(places)
INLINE ints places(void) {
    ints all;
    for (int l = 0; l < LANES; l++) all[l] = l;
    return all;
}

#define greater NAME(greater)
INLINE floats greater(floats x, floats y) {
#ifdef __AVX512F__
    return (floats)_mm512_max_ps((__m512)x, (__m512)y);
#else
    return choose(x > y, x, y);
#endif
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
#ifdef __AVX512BF16__
    _mm256_storeu_si256(to, (__m256i)_mm512_cvtneps_pbh((__m512)x));
#else
    words bits = (words)x;
    halves half = __builtin_convertvector((bits + 0x7fff + ((bits >> 16) & 1)) >> 16, halves);
    memcpy(to, &half, sizeof half);
#endif
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

#ifdef __AVX512F__
/* 2 to the power of x with an error of 2^-18, twice as fast: for what is rounded to bfloat16. 0 below -120. */
#define power_of_two NAME(power_of_two)
INLINE floats power_of_two(floats x) {
    const __m512 least = _mm512_set1_ps(-120), near = _mm512_max_ps((__m512)x, least);
    const __m512 whole = _mm512_roundscale_ps(near, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const floats r = (floats)(near - whole);
    floats y = splat(0.00958285f); /* 2^r for -0.5 <= r <= 0.5 with the least relative error */
    y = y * r + 0.05590643f;
    y = y * r + 0.24024099f;
    y = y * r + 0.69312419f;
    y = y * r + 1.0f;
    return (floats)_mm512_maskz_scalef_ps(_mm512_cmp_ps_mask((__m512)x, least, _CMP_GT_OQ), (__m512)y, whole);
}
#endif

/* scores[i][k] of N queries with the first `seen` keys of one page, and some more. Beside it the page `next` is brought
   near, since computing would wait for it. */
#define page_scores NAME(page_scores)
INLINE void page_scores(const uint32_t *query, const uint32_t *keys, const uint32_t *next, int size, int seen,
                        float *scores, int64_t stride, const int N, const int pair) {
    const int wide = WIDE(N);
    for (int k = 0; k < seen; k += wide * LANES) {
        floats sum[MOST][4];
        for (int i = 0; i < N; i++)
            for (int w = 0; w < wide; w++) sum[i][w] = splat(0);
        for (int d = 0; d < size; d++)
            for (int w = 0; w < wide; w++) {
                floats key = load(keys + d * PAGE + k + w * LANES);
                __builtin_prefetch(next + d * PAGE + k + w * LANES);
                for (int i = 0; i < N; i++) sum[i][w] = plus(sum[i][w], key, query[i * size + d], pair);
            }
        for (int i = 0; i < N; i++)
            for (int w = 0; w < wide; w++) store(scores + i * stride + k + w * LANES, sum[i][w]);
    }
}

/* sums[i][d] += weights[i][k] * values[k][d] for N queries and `wide` vectors of dimensions of the page's first keys. */
#define page_sums NAME(page_sums)
INLINE void page_sums(const uint32_t *weights, int64_t stride, const uint32_t *values, const uint32_t *next, int size,
                      int keys, float *sums, const int N, const int wide, const int pair) {
    floats sum[MOST][4];
    for (int i = 0; i < N; i++)
        for (int w = 0; w < wide; w++) sum[i][w] = load(sums + i * size + w * LANES);
    const int whole = pair ? keys / 2 : keys;
    for (int k = 0; k < whole; k++)
        for (int w = 0; w < wide; w++) {
            floats value = load(values + k * size + w * LANES);
            __builtin_prefetch(next + k * size + w * LANES);
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

#define sum_of_lanes NAME(sum_of_lanes)
INLINE float sum_of_lanes(floats x) {
#ifdef __AVX512F__
    return _mm512_reduce_add_ps((__m512)x);
#else
    float sum = 0;
    for (int l = 0; l < LANES; l++) sum += x[l];
    return sum;
#endif
}

#define most_of_lanes NAME(most_of_lanes)
INLINE float most_of_lanes(floats x) {
#ifdef __AVX512F__
    return _mm512_reduce_max_ps((__m512)x);
#else
    float most = x[0];
    for (int l = 1; l < LANES; l++) most = x[l] > most ? x[l] : most;
    return most;
#endif
}

/* Scores to weights, in place; those before key `first` and after key `last` to 0. The sum of the weights. */
#define weigh NAME(weigh)
INLINE float weigh(float *scores, float scale, int first, int last, int keys, const int pair) {
    floats most = splat(-INFINITY), total = splat(0);
    for (int k = 0; k < keys; k += LANES) {
        floats x = load(scores + k);
        if (k < first || k + LANES > last + 1) {
            x = choose((places() >= first - k) & (places() <= last - k), x, splat(-INFINITY));
            store(scores + k, x);
        }
        most = greater(x, most);
    }
    const float top = most_of_lanes(most);
    for (int k = 0; k < keys; k += LANES) {
        const floats z = (load(scores + k) - top) * scale;
#ifdef __AVX512F__
        const floats x = pair ? power_of_two(z * LOG2_E) : exponential(z);
#else
        const floats x = exponential(z);
#endif
        total += x;
        if (pair)
            store_halves((uint16_t *)scores + k, x);
        else
            store(scores + k, x);
    }
    return sum_of_lanes(total);
}

/* x / (1 + e to the power of -(slope * x + bend * x * x * x)). */
#define curved NAME(curved)
INLINE floats curved(floats x, float slope, float bend, const int pair) {
#ifdef __AVX512F__
    if (pair) {
        const floats e = power_of_two(x * (x * (-LOG2_E * bend) * x - LOG2_E * slope));
        return x * (floats)_mm512_rcp14_ps((__m512)(e + 1.0f)); /* with an error of 2^-14 */
    }
#endif
    const floats z = x * (x * bend * x + slope);
    const ints below = z < 0.0f;
    const floats e = exponential(choose(below, z, -z));
    return x * choose(below, e, splat(1)) / (e + 1.0f);
}

/* Scores of N queries with all keys that the last of them sees. */
#define all_scores NAME(all_scores)
INLINE void all_scores(const view *v, const int N, const int pair) {
    for (int at = 0; at < v->seen; at += PAGE) {
        const uint32_t *keys = v->keys + v->table[at / PAGE] * v->page_room;
        const int left = v->seen - at, here = left < PAGE ? left : PAGE;
        const uint32_t *next = left > PAGE ? v->keys + v->table[at / PAGE + 1] * v->page_room
                                           : v->values + v->table[0] * v->page_room;
        page_scores(v->query, keys, next, pair ? v->size / 2 : v->size, here, v->scores + at, v->stride, N, pair);
    }
}

/* Values of a page; behind the last, keys that are seen next. */
#define values_page NAME(values_page)
INLINE const uint32_t *values_page(const view *v, int page) {
    return page < v->pages ? v->values + v->table[page] * v->page_room : v->after[page - v->pages];
}

/* Brings share `i` of N of the first two pages of values near: weighing scores leaves memory idle. */
#define bring_values NAME(bring_values)
INLINE void bring_values(const view *v, int i, const int N, const int pair) {
    const int share = (pair ? v->size / 2 : v->size) * PAGE / N;
    for (int page = 0; page < 2; page++) {
        const uint32_t *near = values_page(v, page) + i * share;
        for (int at = 0; at < share; at += 16) __builtin_prefetch(near + at);
    }
}

/* Sums of values, each times the weight that stands in its score's place. */
#define all_sums NAME(all_sums)
INLINE void all_sums(const view *v, const int N, const int pair) {
    const int wide = WIDE(N), size = v->size;
    memset(v->sums, 0, sizeof(float) * N * size);
    for (int at = 0; at < v->seen; at += PAGE) {
        const uint32_t *values = v->values + v->table[at / PAGE] * v->page_room;
        const uint32_t *weights = (uint32_t *)v->scores + (pair ? at / 2 : at);
        const int left = v->seen - at, here = left < PAGE ? left : PAGE;
        const uint32_t *next = values_page(v, at / PAGE + 2);
        int d = 0;
        for (; d + wide * LANES <= size; d += wide * LANES)
            page_sums(weights, v->stride, values + d, next + d, size, here, v->sums + d, N, wide, pair);
        for (; d < size; d += LANES)
            page_sums(weights, v->stride, values + d, next + d, size, here, v->sums + d, N, 1, pair);
    }
}

#ifdef __AVX512BF16__
#include "product.h"
#endif

#ifdef TILES
#include "tiles.h"
#define TILED 1
#else
#define TILED 0
#define tile_scores(v)
#define tile_sums(v)
#define tiles_begin(upper, lower)
#define tiles_end()
#endif

/* N queries of one KV head, the first of them number `from` of the tile's rows × queries of a head. */
#define queries NAME(queries)
INLINE void queries(const job *j, int number, const uint32_t *const *after, int from, uint32_t *scratch, const int N,
                    const int pair, const int tiled) {
    const tile *t = j->tiles + number / j->kv_heads;
    const int group = j->heads / j->kv_heads, bytes = pair ? 2 : 4, size = j->size, head = number % j->kv_heads;
    const int last = t->position + (from + N - 1) / group, first = first_page(j, t->position + from / group);
    const int pages = last / PAGE + 1 - first;
    const int64_t room = head_room(j);
    const view v = {
        .size = size,
        .seen = last - first * PAGE + 1,
        .pages = pages,
        .table = j->tables + t->table + first,
        .keys = j->keys + head * room,
        .values = j->values + head * room,
        .page_room = j->kv_heads * room,
        .after = after,
        .query = scratch,
        .sums = (float *)scratch + QUERIES * size,
        .spare = scratch + 2 * QUERIES * size,
        .scores = (float *)scratch + 3 * QUERIES * size,
        .stride = (int64_t)pages * PAGE,
    };
    const int weighed = tiled ? (v.seen + STEP - 1) / STEP * STEP : (v.seen + LANES - 1) / LANES * LANES;
    int64_t at[QUERIES];
    float total[QUERIES];
    for (int i = 0; i < N; i++) {
        const int row = t->row + (from + i) / group;
        at[i] = (int64_t)(head * group + (from + i) % group) * size;
        memcpy((char *)v.query + i * size * bytes, j->query + (row * j->query_row + at[i]) * bytes, (size_t)size * bytes);
        at[i] += row * j->output_row;
    }
    if (tiled)
        tile_scores(&v);
    else
        all_scores(&v, N, pair);
    for (int i = 0; i < N; i++) {
        const int position = t->position + (from + i) / group - first * PAGE;
        const int oldest = j->window && position >= j->window ? position - j->window + 1 : 0;
        if (!tiled && t->rows == 1) bring_values(&v, i, N, pair); /* of more rows, those before brought them */
        total[i] = weigh(v.scores + i * v.stride, j->scale, oldest, position, weighed, pair);
    }
    if (tiled)
        tile_sums(&v);
    else
        all_sums(&v, N, pair);
    for (int i = 0; i < N; i++)
        for (int d = 0; d < size; d += LANES) {
            const floats x = load(v.sums + i * size + d) / total[i];
            if (pair)
                store_halves(j->output + (at[i] + d) * bytes, x);
            else
                store(j->output + (at[i] + d) * bytes, x);
        }
}

#define all_queries NAME(all_queries)
INLINE void all_queries(const job *j, int number, const uint32_t *const *after, int all, uint32_t *scratch,
                        const int pair) {
    int from = 0;
    for (; from + 8 <= all; from += 8) queries(j, number, after, from, scratch, 8, pair, 0);
    for (; from + 4 <= all; from += 4) queries(j, number, after, from, scratch, 4, pair, 0);
    for (; from + 2 <= all; from += 2) queries(j, number, after, from, scratch, 2, pair, 0);
    for (; from < all; from++) queries(j, number, after, from, scratch, 1, pair, 0);
}

/* The same for pairs, on AMX. */
#define tiled_queries NAME(tiled_queries)
INLINE void tiled_queries(const job *j, int number, int all, uint32_t *scratch) {
    tiles_begin(16, 16);
    for (int from = 0; from < all; from += QUERIES)
        queries(j, number, NULL, from, scratch, all - from < QUERIES ? all - from : QUERIES, 1, 1);
    tiles_end();
}

static void NAME(attend)(const job *j, int number, int next, uint32_t *scratch) {
    const int all = j->tiles[number / j->kv_heads].rows * (j->heads / j->kv_heads);
    const uint32_t *after[2];
    key_pages(j, next, after);
    if (!j->pair)
        all_queries(j, number, after, all, scratch, 0);
    else if (TILED && j->size % STEP == 0)
        tiled_queries(j, number, all, scratch);
    else
        all_queries(j, number, after, all, scratch, 1);
}

/* LANES numbers at `at` to what `curved` makes of them. */
#define activate_lanes NAME(activate_lanes)
INLINE void activate_lanes(char *at, float slope, float bend, const int pair) {
    const floats y = curved(pair ? load_halves(at) : load(at), slope, bend, pair);
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

#define load_number NAME(load_number)
INLINE floats load_number(const char *from, int at, const int pair) {
    return pair ? load_halves(from + at * 2) : load(from + at * 4);
}

/* `wide` sums at a time, since one waits for the one before. */
#define normalise_row NAME(normalise_row)
INLINE void normalise_row(const norm *n, const char *from, char *to, const int wide, const int pair) {
    floats sum[4] = {{0}}, squares[4] = {{0}};
    float mean = 0;
    if (n->shift) {
        for (int d = 0; d < n->size; d += wide * LANES)
            for (int w = 0; w < wide; w++) sum[w] += load_number(from, d + w * LANES, pair);
        mean = sum_of_lanes((sum[0] + sum[1]) + (sum[2] + sum[3])) / n->size;
    }
    for (int d = 0; d < n->size; d += wide * LANES)
        for (int w = 0; w < wide; w++) {
            const floats x = load_number(from, d + w * LANES, pair) - mean;
            squares[w] += x * x;
        }
    const float mean_square = sum_of_lanes((squares[0] + squares[1]) + (squares[2] + squares[3])) / n->size;
    const float factor = 1 / sqrtf(mean_square + n->epsilon);
    for (int d = 0; d < n->size; d += LANES) {
        floats x = (load_number(from, d, pair) - mean) * factor * load(n->scale + d);
        if (n->shift) x += load(n->shift + d);
        if (pair)
            store_halves(to + d * 2, x);
        else
            store(to + d * 4, x);
    }
}

static void NAME(normalise)(const norm *n, const char *from, char *to) {
    const int wide = n->size % (4 * LANES) == 0;
    if (n->pair && wide)
        normalise_row(n, from, to, 4, 1);
    else if (n->pair)
        normalise_row(n, from, to, 1, 1);
    else if (wide)
        normalise_row(n, from, to, 4, 0);
    else
        normalise_row(n, from, to, 1, 0);
}

/* The place of the greatest number, the first of equals. */
#define greatest_of NAME(greatest_of)
INLINE int greatest_of(const char *row, int size, const int pair) {
    floats most = splat(-INFINITY);
    ints at = {0};
    int k = 0, place = size;
    for (; k + LANES <= size; k += LANES) {
        const floats x = load_number(row, k, pair);
        const ints above = x > most;
        most = choose(above, x, most);
        at = (above & k) | (~above & at);
    }
    float top = most_of_lanes(most);
    for (int l = 0; l < LANES; l++)
        if (most[l] == top && at[l] + l < place) place = at[l] + l;
    for (; k < size; k++) {
        const uint32_t word = pair ? (uint32_t)((const uint16_t *)row)[k] << 16 : ((const uint32_t *)row)[k];
        float x;
        memcpy(&x, &word, sizeof x);
        if (x > top) top = x, place = k;
    }
    return place;
}

static int NAME(greatest)(const char *row, int size, int pair) {
    return pair ? greatest_of(row, size, 1) : greatest_of(row, size, 0);
}

#ifdef TILES
static const kind NAME(kind) = {NAME(attend), NAME(activate), NAME(normalise), NAME(greatest), NAME(multiply), ACROSS};
#elif defined(__AVX512BF16__)
static const kind NAME(kind) = {NAME(attend), NAME(activate), NAME(normalise), NAME(greatest), NAME(multiply), 1};
#else
static const kind NAME(kind) = {NAME(attend), NAME(activate), NAME(normalise), NAME(greatest), NULL, 1};
#endif

#undef floats
#undef ints
#undef words
#undef halves
#undef splat
#undef choose
#undef places
#undef greater
#undef load
#undef store
#undef load_halves
#undef store_halves
#undef plus
#undef exponential
#undef power_of_two
#undef page_scores
#undef page_sums
#undef weigh
#undef all_scores
#undef values_page
#undef bring_values
#undef all_sums
#undef queries
#undef all_queries
#undef tiled_queries
#undef curved
#undef activate_lanes
#undef activate_all
#undef sum_of_lanes
#undef most_of_lanes
#undef load_number
#undef greatest_of
#undef normalise_row
#undef put_out
#undef TILED
#undef tile_scores
#undef tile_sums
#undef tiles_begin
#undef tiles_end
#undef LANES
#undef WIDE
#undef WIDTH
#undef REGISTERS
