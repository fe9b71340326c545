/* Included by vectors.h for processors that multiply pairs of bfloat16: how products end and, where there are no tiles,
   products by AVX-512. Every sum runs in one order, whatever rows are beside it. */

#define put_out NAME(put_out)
/* Sums plus the bias, activated, to the output, up to row `end` of the block. */
INLINE void put_out(const product *p, finished *f, int end) {
    for (; f->done < end; f->done++)
        for (int c = 0; c < SIDE; c += LANES) {
            const int left = p->out - f->column - c;
            uint16_t *to = (uint16_t *)p->output + (f->row + f->done) * p->output_row + f->column + c, last[LANES];
            floats x = load(f->sums + f->done * SIDE + c) + load(p->bias + f->column + c);
            if (p->slope != 0) x = curved(x, p->slope, p->bend, 1);
            if (left >= LANES)
                store_halves(to, p->add ? x + load_halves(to) : x);
            else if (left > 0) {
                memcpy(last, to, sizeof *last * left);
                store_halves(last, p->add ? x + load_halves(last) : x);
                memcpy(to, last, sizeof *last * left);
            }
        }
}

#ifndef TILES
/* Rows that are multiplied with a block at once: their sums fill the registers. Steps of them that are summed before the
   next rows have their turn, so that the weights stay in the innermost cache. */
enum { TOGETHER = 12, STEPS = 8 };

/* Adds a pair's products with its weights in two vectors of columns. Sums stay in registers by force: a compiler that may
   move products about runs out of them. */
#define sums_plus(sum, pair, one, other) \
    do { \
        floats all; \
        __asm__ volatile("vpbroadcastd %3, %2\n\tvdpbf16ps %2, %4, %0\n\tvdpbf16ps %2, %5, %1" \
                         : "+v"((sum)[0]), "+v"((sum)[1]), "=&v"(all) \
                         : "m"(*(const int32_t *)(pair)), "v"(one), "v"(other)); \
    } while (0)

/* Adds to sums [N][SIDE], or begins them, so many steps of N rows and a block of weights. Each brings some lines of `next`
   near. An address reaches a row and the two behind it: so few are few enough for all of them to stay in registers. */
INLINE void rows_sums(const char *rows, int64_t row, const char *weights, int steps, float *sums, int begin,
                      const char *next, int lines, const int N) {
    const char *threes[TOGETHER / 3];
    floats sum[TOGETHER][2];
    for (int i = 0; i < N; i += 3) threes[i / 3] = rows + i * row;
    for (int i = 0; i < N; i++)
        for (int c = 0; c < 2; c++) sum[i][c] = begin ? splat(0) : load(sums + i * SIDE + c * LANES);
    for (int k = 0; k < steps; k++, weights += 1024) {
        for (int i = 0; i < lines; i++, next += 64) _mm_prefetch(next, _MM_HINT_T1);
#pragma GCC unroll 1
        for (int at = 0; at < 16; at += 2) {
            for (int word = 0; word < 2; word++, weights += 64) {
                const floats one = load(weights), other = load(weights + 1024);
#pragma GCC unroll 12
                for (int i = 0; i < N; i++)
                    sums_plus(sum[i], threes[i / 3] + i % 3 * row + word * 4, one, other);
            }
            for (int i = 0; i < N; i += 3) {
                threes[i / 3] += 8;
                __asm__ volatile("" : "+r"(threes[i / 3]));
            }
        }
    }
    for (int i = 0; i < N; i++)
        for (int c = 0; c < 2; c++) store(sums + i * SIDE + c * LANES, sum[i][c]);
}

/* The output's rows [row, end) in the blocks of columns [first, last); sums: room for a block of them. */
static void NAME(multiply)(const product *p, int row, int end, int first, int last, float *sums) {
    const int all = p->in / STEP, count = end - row, sweeps = (count + TOGETHER - 1) / TOGETHER;
    const int lines = (STEP + sweeps - 1) / sweeps;
    const int64_t input_row = 2 * p->input_row;
    for (int n = first; n < last; n++) {
        for (int from = 0; from < all; from += STEPS) {
            const int steps = all - from < STEPS ? all - from : STEPS;
            const char *rows = p->input + row * input_row + from * STEP * 2;
            const char *weights = p->weights + ((int64_t)n * all + from) * 2048;
            const char *next = n + 1 == last && from + steps == all ? weights : weights + steps * 2048;
            int r = 0;
#define SWEEP(N) \
    for (; r + N <= count; r += N, next += steps * lines * 64) \
        rows_sums(rows + r * input_row, input_row, weights, steps, sums + r * SIDE, !from, next, lines, N)
            SWEEP(TOGETHER);
            SWEEP(8);
            SWEEP(4);
            SWEEP(1);
#undef SWEEP
        }
        finished f = {sums, row, n * SIDE, count, 0};
        put_out(p, &f, count);
    }
}
#endif
