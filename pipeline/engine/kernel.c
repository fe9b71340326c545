/* Attention of packed rows over paged keys and values, and activations, for processors; called through ctypes by
   kernel.py and activation.py.

   What a row gets depends on its query, its keys and its position only: every sum over dimensions or keys runs in one
   order, whatever rows are beside it. So prompts may be cut anywhere, and tokens may be computed again.

   Numbers are float32, or pairs of bfloat16; either way a word of 32 bits.
   keys   [pages][kv heads][size in words][PAGE tokens]: a pair is of two dimensions of a token
   values [pages][kv heads][PAGE in words][size]: a pair is of one dimension of two tokens
   query, output [rows][heads][size]; sizes are multiples of 16. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 64, BLOCK = 8 };

typedef struct {
    int32_t row, rows, position, table; /* rows of one request from `row` on; where its pages begin in `tables` */
} tile;

typedef struct {
    int32_t heads, kv_heads, size, pair, window; /* pair: bfloat16; window: tokens that a row sees, itself too; 0: all */
    float scale;
    const tile *tiles;
    const int32_t *tables;
    const char *query;
    const uint32_t *keys, *values;
    char *output;
    int64_t query_row, output_row; /* elements from one row to the next */
} job;

typedef struct {
    void (*attend)(const job *, const tile *, int head, uint32_t *scratch);
    void (*activate)(char *, int64_t count, float slope, float bend, int pair);
} kind;

#define INLINE static inline __attribute__((always_inline))

/* The same code for each kind of processor, as kind_<name>. */
#define NAME(name) name##_any
#define WIDTH 16
#define REGISTERS 16
#include "vectors.h"
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define DISPATCH
#undef NAME
#define NAME(name) name##_avx2
#define WIDTH 32
#define REGISTERS 16
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#include "vectors.h"
#pragma GCC pop_options
#undef NAME
#define NAME(name) name##_avx512
#define WIDTH 64
#define REGISTERS 32
#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")
#include "vectors.h"
#pragma GCC pop_options
#undef NAME
#define NAME(name) name##_avx512_bf16
#define WIDTH 64
#define REGISTERS 32
#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")
#include "vectors.h"
#pragma GCC pop_options
#endif

static const kind *fastest(void) {
#ifdef DISPATCH
    if (__builtin_cpu_supports("avx512bf16")) return &kind_avx512_bf16;
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return &kind_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &kind_avx2;
#endif
    return &kind_any;
}

/* 0, or -1 where memory for scores is missing; `longest`: tokens of the longest request. */
int starscribe_attend(const job *j, int tiles, int longest, int threads) {
    const size_t room = sizeof(uint32_t) * BLOCK * (2 * (size_t)j->size + (size_t)longest + 2 * PAGE);
    const kind *here = fastest();
    int failed = 0;
#pragma omp parallel num_threads(threads) reduction(| : failed)
    {
        uint32_t *scratch = aligned_alloc(64, (room + 63) / 64 * 64);
        failed = scratch == NULL;
#pragma omp for schedule(dynamic)
        for (int n = 0; n < tiles * j->kv_heads; n++)
            if (scratch) here->attend(j, j->tiles + n / j->kv_heads, n % j->kv_heads, scratch);
        free(scratch);
    }
    return failed ? -1 : 0;
}

/* Stores rows of keys and values [rows][kv heads][size] at `slots` (page * PAGE + offset). */
void starscribe_write(int rows, int kv_heads, int size, int pair, const int64_t *slots, const char *key,
                      const char *value, int64_t key_row, int64_t value_row, uint32_t *keys, uint32_t *values,
                      int threads) {
    const int64_t bytes = pair ? 2 : 4, in_words = size * bytes / 4, room = in_words * PAGE;
#pragma omp parallel for num_threads(threads)
    for (int r = 0; r < rows; r++) {
        const int64_t page = slots[r] / PAGE, offset = slots[r] % PAGE;
        for (int h = 0; h < kv_heads; h++) {
            uint32_t *to_keys = keys + (page * kv_heads + h) * room, *to_values = values + (page * kv_heads + h) * room;
            const uint32_t *k = (const uint32_t *)(key + (r * key_row + (int64_t)h * size) * bytes);
            const char *v = value + (r * value_row + (int64_t)h * size) * bytes;
            for (int d = 0; d < in_words; d++) to_keys[d * PAGE + offset] = k[d];
            for (int d = 0; d < size; d++)
                if (pair)
                    ((uint16_t *)to_values)[(offset / 2 * size + d) * 2 + offset % 2] = ((const uint16_t *)v)[d];
                else
                    to_values[offset * size + d] = ((const uint32_t *)v)[d];
        }
    }
}

/* Numbers in place to x * sigmoid(slope * x + bend * x^3), in `pair` two of bfloat16 to a word. */
void starscribe_activate(char *numbers, int64_t count, int pair, float slope, float bend, int threads) {
    const int64_t bytes = pair ? 2 : 4, share = (count / threads / 64 + 1) * 64;
    const kind *here = fastest();
#pragma omp parallel for num_threads(threads)
    for (int t = 0; t < threads; t++) {
        const int64_t from = t * share, left = count - from;
        if (left > 0) here->activate(numbers + from * bytes, left < share ? left : share, slope, bend, pair);
    }
}
