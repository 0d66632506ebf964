// Memory is fast when it is taken from one end to the other, and the processor sees that coming only
// where a program really does so. A loop that goes down a strip of columns of a picture waits for
// every line of every strip: here the lines are fetched first, in their order, and the strips find
// them in the caches. Asking for them with prefetches does not do: what runs ahead of a program
// learns from what it reads.
#ifndef BP_STREAM_H
#define BP_STREAM_H

#include "vectors.h"

// `rows` are about to be read. `mixed`, 16 floats, gets something of all of them, or the compiler would
// see that nobody wants it.
BP_INLINE void bp_fetch_rows(const float *const *rows, ptrdiff_t width, ptrdiff_t count,
                             void *mixed) {
  bp_i16 all = {0};
  for (ptrdiff_t y = 0; y < count; y++)
    for (ptrdiff_t x = 0; x + 16 <= width; x += 16) all ^= BP_IAT16(rows[y] + x);
  BP_IPUT16(mixed, all);
}

// `width` x `height` floats are about to be written, all of them, in whatever order.
BP_INLINE void bp_claim(float *dst, ptrdiff_t stride, ptrdiff_t width, ptrdiff_t height) {
  for (ptrdiff_t y = 0; y < height; y++)
    for (ptrdiff_t x = 0; x + 16 <= width; x += 16) BP_PUT16(dst + y * stride + x, (bp_f16){0});
}

#endif
