/* What a model is made of, for processors: attention of packed rows over paged keys and values, products in tiles, norms,
   activations, the greatest of a row; called through ctypes by kernel.py and its neighbours.

   What a row gets depends on itself, its keys and its position only: every sum runs in one order, whatever rows are
   beside it. So prompts may be cut anywhere, and tokens may be computed again.

   Numbers are float32, or pairs of bfloat16; either way a word of 32 bits.
   keys   [pages][kv heads][size in words][PAGE tokens]: a pair is of two dimensions of a token
   values [pages][kv heads][PAGE in words][size]: a pair is of one dimension of two tokens
   query, output [rows][heads][size]; sizes are multiples of 16. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    PAGE = 64,    /* tokens of a page */
    SOON = 2,     /* rows by which memory is asked for before it is written to */
    MOST = 8,     /* queries at once, in vectors */
    QUERIES = 16, /* queries at once, in tiles */
    SIDE = 32,    /* columns of a block of weights, and rows that are multiplied with it at once, in tiles */
    STEP = 32,    /* numbers of a row that are summed in a step, in tiles */
};

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

/* What some queries of a KV head see, and room for what is made of it. */
typedef struct {
    int size, seen, pages;         /* seen: keys from the first page of the table on */
    const int32_t *table;
    const uint32_t *keys, *values; /* of the head, in page 0 */
    int64_t page_room;             /* words from one page to the next */
    const uint32_t *const *after;  /* two pages of keys that are seen next */
    uint32_t *query, *spare;       /* [QUERIES][size], the queries in one piece; [QUERIES][size] */
    float *sums, *scores;          /* [QUERIES][size]; [QUERIES][stride], which weights take the place of */
    int64_t stride;
} view;

/* Rows of bfloat16 times weights, plus a bias, to x * sigmoid(slope * x + bend * x^3) where slope is not 0; added to
   what the output holds, or put in its place.
   input [rows][in], output [rows][out], bias [blocks * SIDE], in is a multiple of STEP
   weights [blocks of SIDE columns][steps][2 tiles][16 pairs][16 columns]: a pair is of two numbers of a column */
typedef struct {
    int32_t rows, in, out, add;
    float slope, bend;
    const char *input, *weights;
    const float *bias;
    char *output;
    int64_t input_row, output_row; /* elements from one row to the next */
} product;

/* A block of sums that is to be put out, from `row` and `column` of the output on; `done`: rows of it that are. */
typedef struct {
    const float *sums;
    int row, column, rows, done;
} finished;

/* Rows [rows][size] to mean 0 and variance 1, or to a mean square of 1 where there is no shift, then scaled and shifted;
   size is a multiple of 16. */
typedef struct {
    int32_t rows, size, pair;
    float epsilon;
    const float *scale, *shift; /* [size] */
    const char *input;
    char *output;
    int64_t output_row; /* elements from one row to the next */
} norm;

/* All keys or all values of a layer; `bytes` of a page. */
typedef struct {
    char *pages;
    int64_t bytes;
} pool;

/* A decoder layer of GPTBigCode whose heads share keys and values; what the pass gives is left open. */
typedef struct {
    norm norms[2];
    product products[4]; /* query, key and value; attended; into the MLP and out of it, the second and last added */
    job attention;
} layer;

/* Rows of a pass, `tokens` of which are stored and attended; room for as many, once normalised and once multiplied. Of the
   last layer the rows `kept` are wanted, ascending but for padding with 0, and computed in room for as many. */
typedef struct {
    int32_t rows, tokens, keeps, tiles, ends, longest;
    const int64_t *slots, *kept;
    const tile *all_tiles, *end_tiles;
    const int32_t *tables;
    char *hidden, *normal, *wide, *few;
    int64_t normal_row, wide_row; /* elements from one row to the next */
} pass;

typedef struct {
    void (*attend)(const job *, int number, int next, uint32_t *scratch); /* of tile × KV heads + head */
    void (*activate)(char *, int64_t count, float slope, float bend, int pair);
    void (*normalise)(const norm *, const char *from, char *to);
    int (*greatest)(const char *row, int size, int pair);
    void (*multiply)(const product *, int row, int end, int first, int last, float *sums);
    int across; /* blocks of columns that `multiply` works on by turns */
} kind;

/* The page of a request's first key that a row at this position sees. */
static int first_page(const job *j, int position) {
    return j->window && position >= j->window ? (position - j->window + 1) / PAGE : 0;
}

/* Words of keys or values of one head in a page. */
static int64_t head_room(const job *j) { return (int64_t)j->size * (j->pair ? 2 : 4) / 4 * PAGE; }

/* The first two pages of keys that number `at` of tiles × KV heads sees, or twice the only one. */
static void key_pages(const job *j, int at, const uint32_t *pages[2]) {
    const tile *t = j->tiles + at / j->kv_heads;
    const int first = first_page(j, t->position), second = t->position / PAGE > first ? first + 1 : first;
    const int64_t head = at % j->kv_heads;
    pages[0] = j->keys + ((int64_t)j->tables[t->table + first] * j->kv_heads + head) * head_room(j);
    pages[1] = j->keys + ((int64_t)j->tables[t->table + second] * j->kv_heads + head) * head_room(j);
}

#define LOG2_E 1.44269504f
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
#ifdef __linux__
#define TILES
#undef NAME
#define NAME(name) name##_amx
#define WIDTH 64
#define REGISTERS 32
#include "vectors.h"
#endif
#pragma GCC pop_options
#endif

static const kind *chosen(void) {
#ifdef TILES
    if (__builtin_cpu_supports("amx-bf16") && __builtin_cpu_supports("avx512bf16") && tiles_allowed()) return &kind_amx;
#endif
#ifdef DISPATCH
    if (__builtin_cpu_supports("avx512bf16")) return &kind_avx512_bf16;
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return &kind_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &kind_avx2;
#endif
    return &kind_any;
}

static const kind *fastest(void) {
    static const kind *known;
    if (!known) known = chosen();
    return known;
}

/* Room that a thread keeps and grows, so that the system does not hand out and zero the same pages again and again. */
static void *scratch(size_t bytes) {
    static _Thread_local struct {
        void *room;
        size_t bytes;
    } kept;
    if (bytes > kept.bytes) {
        free(kept.room);
        kept.bytes = (bytes + 4095) / 4096 * 4096;
        kept.room = aligned_alloc(64, kept.bytes);
        if (!kept.room) kept.bytes = 0;
    }
    return kept.room;
}

/* 0, or -1 where memory for scores is missing; `longest`: tokens of the longest request. */
int starscribe_attend(const job *j, int tiles, int longest, int threads) {
    const size_t room = sizeof(uint32_t) * QUERIES * (3 * (size_t)j->size + (size_t)longest + 2 * PAGE);
    const kind *here = fastest();
    int failed = 0, all = tiles * j->kv_heads;
#pragma omp parallel num_threads(threads) reduction(| : failed)
    {
        uint32_t *own = scratch(room);
        failed = own == NULL;
#pragma omp for schedule(guided)
        for (int n = 0; n < all; n++)
            if (own) here->attend(j, n, n + 1 < all ? n + 1 : n, own);
    }
    return failed ? -1 : 0;
}

/* Whether `starscribe_multiply` works here. */
int starscribe_multiplies(void) { return fastest()->multiply != NULL; }

/* 0, or -1 where memory for sums is missing. A thread has some columns of all rows, or where columns are too few for all
   threads, of some rows. */
int starscribe_multiply(const product *p, int threads) {
    const kind *here = fastest();
    const int blocks = (p->out + SIDE - 1) / SIDE;
    int parts = 1, failed = 0;
    while (blocks * parts < threads * here->across && p->rows > 2 * SIDE * parts) parts *= 2;
    const int groups = (threads + parts - 1) / parts, rows = ((p->rows + parts - 1) / parts + SIDE - 1) / SIDE * SIDE;
#pragma omp parallel num_threads(threads) reduction(| : failed)
    {
        float *sums = scratch(sizeof(float) * rows * here->across * SIDE);
        failed = sums == NULL;
#pragma omp for schedule(static)
        for (int i = 0; i < groups * parts; i++) {
            const int row = i / groups * rows, end = row + rows < p->rows ? row + rows : p->rows, g = i % groups;
            const int first = (int64_t)blocks * g / groups, last = (int64_t)blocks * (g + 1) / groups;
            if (sums && row < end) here->multiply(p, row, end, first, last, sums);
        }
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
        const int64_t later = slots[r + SOON < rows ? r + SOON : r];
        for (int h = 0; h < kv_heads; h++) {
            uint32_t *to_keys = keys + (page * kv_heads + h) * room, *to_values = values + (page * kv_heads + h) * room;
            const uint32_t *k = (const uint32_t *)(key + (r * key_row + (int64_t)h * size) * bytes);
            const uint32_t *soon = keys + (later / PAGE * kv_heads + h) * room + later % PAGE;
            const char *v = value + (r * value_row + (int64_t)h * size) * bytes;
            for (int d = 0; d < in_words; d++) {
                __builtin_prefetch(soon + d * PAGE, 1);
                to_keys[d * PAGE + offset] = k[d];
            }
            for (int d = 0; d < size; d++)
                if (pair)
                    ((uint16_t *)to_values)[(offset / 2 * size + d) * 2 + offset % 2] = ((const uint16_t *)v)[d];
                else
                    to_values[offset * size + d] = ((const uint32_t *)v)[d];
        }
    }
}

/* Copies pages (from, to) in every pool, one after the other. */
void starscribe_copy(const pool *pools, int count, const int64_t *pages, int copies, int threads) {
#pragma omp parallel for num_threads(threads)
    for (const pool *p = pools; p < pools + count; p++)
        for (const int64_t *page = pages; page < pages + 2 * copies; page += 2)
            memcpy(p->pages + page[1] * p->bytes, p->pages + page[0] * p->bytes, (size_t)p->bytes);
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

void starscribe_normalise(const norm *n, int threads) {
    const int64_t bytes = n->pair ? 2 : 4, from = n->size * bytes, to = n->output_row * bytes;
    const kind *here = fastest();
#pragma omp parallel for num_threads(threads)
    for (int r = 0; r < n->rows; r++) here->normalise(n, n->input + r * from, n->output + r * to);
}

/* Of each row the place of its greatest number, the first of equals; `row`: elements from one to the next. */
void starscribe_greatest(const char *numbers, int rows, int size, int64_t row, int pair, int64_t *places, int threads) {
    const int64_t bytes = row * (pair ? 2 : 4);
    const kind *here = fastest();
#pragma omp parallel for num_threads(threads)
    for (int r = 0; r < rows; r++) places[r] = here->greatest(numbers + r * bytes, size, pair);
}

static void normalised(norm n, const pass *p, int threads) {
    n.rows = p->rows, n.input = p->hidden, n.output = p->normal, n.output_row = p->normal_row;
    starscribe_normalise(&n, threads);
}

/* Rows to the wide room, or from one of the two added to what is hidden. */
static int multiplied(product m, const pass *p, const char *from, int threads) {
    m.rows = p->rows, m.input = from, m.input_row = from == p->wide ? p->wide_row : p->normal_row;
    m.output = m.add ? p->hidden : p->wide, m.output_row = m.add ? m.out : p->wide_row;
    return starscribe_multiply(&m, threads);
}

static int attended(job j, const pass *p, int last, int threads) {
    const char *key = p->wide + 2 * (int64_t)j.heads * j.size, *value = key + 2 * (int64_t)j.size;
    starscribe_write(p->tokens, 1, j.size, 1, p->slots, key, value, p->wide_row, p->wide_row, (uint32_t *)j.keys,
                     (uint32_t *)j.values, threads);
    j.tiles = last ? p->end_tiles : p->all_tiles, j.tables = p->tables;
    j.query = p->wide, j.query_row = p->wide_row, j.output = p->normal, j.output_row = p->normal_row;
    return starscribe_attend(&j, last ? p->ends : p->tiles, p->longest, threads);
}

/* The pass with nothing but the rows to keep of what is hidden and attended, `bytes` of each. */
static pass kept(const pass *p, size_t bytes) {
    pass few = *p;
    few.hidden = p->few, few.rows = p->keeps;
    for (int i = 0; i < p->keeps; i++) {
        memcpy(few.hidden + i * bytes, p->hidden + p->kept[i] * bytes, bytes);
        memmove(few.normal + 2 * i * p->normal_row, p->normal + 2 * p->kept[i] * p->normal_row, bytes);
    }
    return few;
}

/* All layers of a model, one after the other, on what is hidden. 0, or -1 where memory is missing. */
int starscribe_layers(const layer *layers, int count, const pass *all, int threads) {
    const size_t bytes = 2 * (size_t)layers->norms->size;
    pass p = *all;
    for (const layer *l = layers; l < layers + count; l++) {
        const int last = l + 1 == layers + count;
        normalised(l->norms[0], &p, threads);
        if (multiplied(l->products[0], &p, p.normal, threads) || attended(l->attention, &p, last, threads)) return -1;
        if (last) p = kept(all, bytes);
        if (multiplied(l->products[1], &p, p.normal, threads)) return -1;
        normalised(l->norms[1], &p, threads);
        if (multiplied(l->products[2], &p, p.normal, threads)) return -1;
        if (multiplied(l->products[3], &p, p.wide, threads)) return -1;
    }
    for (int i = 0; i < all->keeps; i++) memcpy(all->hidden + all->kept[i] * bytes, p.hidden + i * bytes, bytes);
    return 0;
}
