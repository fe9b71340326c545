/* Included by vectors.h for processors with AMX: tiles of 16 rows of 64 bytes, and sums of products of pairs of bfloat16.
   A tile of the left holds 16 rows of 32 numbers, one of the right 16 pairs of 16 columns, one of sums 16 rows of 16.
   Every sum runs in one order, whatever rows are beside it. Intel, Architecture Instruction Set Extensions, chapter 3. */

#include <sys/syscall.h>
#include <unistd.h>

/* Numbers of a row that are summed before the next columns have their turn; blocks of columns that take turns; lines that
   are brought near in a step at most, since more would delay those that it needs. */
enum { DEPTH = 512, ACROSS = 12, NEAR = 4 };

#define tile_load(tile, from, bytes) \
    __asm__ volatile("tileloadd (%0,%1,1), %%tmm" #tile ::"r"(from), "r"((int64_t)(bytes)) : "memory")
/* The same for what is not needed again soon. */
#define tile_pass(tile, from, bytes) \
    __asm__ volatile("tileloaddt1 (%0,%1,1), %%tmm" #tile ::"r"(from), "r"((int64_t)(bytes)) : "memory")
#define tile_store(tile, to, bytes) \
    __asm__ volatile("tilestored %%tmm" #tile ", (%0,%1,1)" ::"r"(to), "r"((int64_t)(bytes)) : "memory")
#define tile_zero(tile) __asm__ volatile("tilezero %%tmm" #tile ::)
#define sums_zero() \
    do { \
        tile_zero(0); \
        tile_zero(1); \
        tile_zero(2); \
        tile_zero(3); \
    } while (0)
#define tile_plus(sums, left, right) __asm__ volatile("tdpbf16ps %%tmm" #right ", %%tmm" #left ", %%tmm" #sums ::)
#define tile_times(sums, right, bytes) \
    do { \
        tile_load(6, right, bytes); \
        tile_plus(sums, 4, 6); \
    } while (0)
#define tiles_end() __asm__ volatile("tilerelease" ::)

/* Whether the system lets this process use tiles. */
static int tiles_allowed(void) {
    const int request = 0x1023, data = 18; /* ARCH_REQ_XCOMP_PERM, XFEATURE_XTILE_DATA */
    return syscall(SYS_arch_prctl, request, data) == 0;
}

/* Tiles 0 to 3 are for sums, 4 and 5 for the left, 6 and 7 for the right; so many rows in the upper and lower ones. */
static void tiles_begin(int upper, int lower) {
    struct {
        uint8_t palette, start, none[14];
        uint16_t bytes[16];
        uint8_t rows[16];
    } shape = {.palette = 1};
    for (int i = 0; i < 8; i++) {
        shape.bytes[i] = 64;
        shape.rows[i] = i >= 6 ? 16 : i == 2 || i == 3 || i == 5 ? lower : upper;
    }
    __asm__ volatile("ldtilecfg %0" ::"m"(shape) : "memory");
}

/* Adds to sums [SIDE][SIDE], or begins them, so many steps of left and right. Beside it, each step brings some lines of
   `next` near, and puts out a share of what is finished. */
INLINE void block_sums(const product *p, const char *left, const char *right, int steps, float *sums, int begin,
                       const char *next, int lines, finished *f, const int two) {
    const int64_t sums_row = SIDE * sizeof(float), left_row = 2 * p->input_row;
    float *const lower = sums + 16 * SIDE;
    if (begin) {
        sums_zero();
    } else {
        tile_load(0, sums, sums_row);
        tile_load(1, sums + 16, sums_row);
        if (two) tile_load(2, lower, sums_row);
        if (two) tile_load(3, lower + 16, sums_row);
    }
    for (int k = 0; k < steps; k++, left += 2 * STEP, right += 2048) {
        tile_load(6, right, 64);
        tile_pass(4, left, left_row);
        tile_load(7, right + 1024, 64);
        tile_plus(0, 4, 6);
        tile_plus(1, 4, 7);
        if (two) {
            tile_pass(5, left + 16 * left_row, left_row);
            tile_plus(2, 5, 6);
            tile_plus(3, 5, 7);
        }
        for (int i = 0; i < lines; i++, next += 64) _mm_prefetch(next, _MM_HINT_T1);
        put_out(p, f, f->rows * (k + 1) / steps);
    }
    tile_store(0, sums, sums_row);
    tile_store(1, sums + 16, sums_row);
    if (two) tile_store(2, lower, sums_row);
    if (two) tile_store(3, lower + 16, sums_row);
}

/* The output's rows [row, end) in the blocks of columns [first, last); sums: room for all of them. */
static void NAME(multiply)(const product *p, int row, int end, int first, int last, float *sums) {
    const int all = p->in / STEP, depths = (p->in + DEPTH - 1) / DEPTH, depth = (all + depths - 1) / depths;
    const int wanted = (STEP * SIDE + end - row - 1) / (end - row), lines = wanted < NEAR ? wanted : NEAR;
    const int across = last - first < ACROSS ? last - first : ACROSS;
    int shape = 0;
    finished f = {.rows = 0};
    for (; first < last; first += across)
        for (int from = 0; from < all; from += depth)
            for (int n = first; n < first + across && n < last; n++) {
                const int steps = all - from < depth ? all - from : depth;
                const char *right = p->weights + ((int64_t)n * all + from) * 2048, *next = right + (int64_t)all * 2048;
                if (n + 1 == first + across || n + 1 == last)
                    next = from + steps < all ? p->weights + ((int64_t)first * all + from + steps) * 2048
                                              : p->weights + ((int64_t)(n + 1 < last ? n + 1 : n) * all) * 2048;
                for (int r = row; r < end; r += SIDE, next += steps * lines * 64) {
                    const int rows = end - r < SIDE ? end - r : SIDE, two = rows > 16;
                    const char *left = p->input + (r * p->input_row + from * STEP) * 2;
                    float *here = sums + ((int64_t)(n - first) * (end - row) + r - row) * SIDE;
                    if (rows != shape) tiles_begin(two ? 16 : rows, two ? rows - 16 : 16);
                    shape = rows;
                    if (two)
                        block_sums(p, left, right, steps, here, !from, next, lines, &f, 1);
                    else
                        block_sums(p, left, right, steps, here, !from, next, lines, &f, 0);
                    if (from + steps == all) f = (finished){here, r, n * SIDE, rows, 0};
                }
            }
    put_out(p, &f, f.rows);
    tiles_end();
}

/* Scores of QUERIES queries with all keys of the pages. */
static void tile_scores(const view *v) {
    const int in_words = v->size / 2;
    for (int at = 0; at < v->seen; at += PAGE) {
        const uint32_t *keys = v->keys + v->table[at / PAGE] * v->page_room;
        float *scores = v->scores + at;
        const int columns = (v->seen - at + 15) / 16;
        sums_zero();
        for (int d = 0; d < in_words; d += 16) {
            tile_load(4, v->query + d, in_words * 4);
            tile_times(0, keys + d * PAGE, PAGE * 4);
            if (columns > 1) tile_times(1, keys + d * PAGE + 16, PAGE * 4);
            if (columns > 2) tile_times(2, keys + d * PAGE + 32, PAGE * 4);
            if (columns > 3) tile_times(3, keys + d * PAGE + 48, PAGE * 4);
        }
        tile_store(0, scores, v->stride * 4);
        tile_store(1, scores + 16, v->stride * 4);
        tile_store(2, scores + 32, v->stride * 4);
        tile_store(3, scores + 48, v->stride * 4);
    }
}

/* Of a step of values those that are seen, and 0 for the others, which may be anything, behind one another in `spare`. */
static const uint32_t *seen_values(const view *v, const uint32_t *values, int seen) {
    const int pairs = (seen + 1) / 2;
    memcpy(v->spare, values, sizeof *values * pairs * v->size);
    if (seen % 2)
        for (int d = 0; d < v->size; d++) v->spare[seen / 2 * v->size + d] &= 0xffff;
    memset(v->spare + pairs * v->size, 0, sizeof *values * (STEP / 2 - pairs) * v->size);
    return v->spare;
}

/* Sums of values, each times the weight that stands in its score's place. */
static void tile_sums(const view *v) {
    for (int d = 0; d < v->size; d += 64) {
        const int columns = (v->size - d) / 16;
        float *sums = v->sums + d;
        sums_zero();
        for (int at = 0; at < v->seen; at += STEP) {
            const uint32_t *values = v->values + v->table[at / PAGE] * v->page_room + at % PAGE / 2 * v->size;
            if (v->seen - at < STEP) values = seen_values(v, values, v->seen - at);
            values += d;
            tile_load(4, (uint16_t *)v->scores + at, v->stride * 4);
            tile_times(0, values, v->size * 4);
            if (columns > 1) tile_times(1, values + 16, v->size * 4);
            if (columns > 2) tile_times(2, values + 32, v->size * 4);
            if (columns > 3) tile_times(3, values + 48, v->size * 4);
        }
        tile_store(0, sums, v->size * 4);
        if (columns > 1) tile_store(1, sums + 16, v->size * 4);
        if (columns > 2) tile_store(2, sums + 32, v->size * 4);
        if (columns > 3) tile_store(3, sums + 48, v->size * 4);
    }
}
