// Memory is fast when it is taken from one end to the other, and the processor sees that coming only
// where a program really does so. A loop that goes down a strip of columns of a picture waits for
// every line of every strip: here the lines are fetched first, in their order, and the strips find
// them in the caches. Asking for them with prefetches does not do: what runs ahead of a program
// learns from what it reads.
#ifndef BP_STREAM_H
#define BP_STREAM_H

#include "vectors.h"

#include <stdatomic.h>
#include <string.h>

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

// Copies rows past the caches: what is written is not read first, a third of all the traffic. For
// pictures larger than the caches, which would lose them before they are looked at. Nobody else may
// look before bp_stream_end.
BP_INLINE void bp_stream_rows(float *dst, ptrdiff_t dst_stride, const float *src,
                              ptrdiff_t src_stride, ptrdiff_t width, ptrdiff_t height) {
  typedef float line __attribute__((vector_size(64)));
  for (ptrdiff_t y = 0; y < height; y++) {
    float *d = dst + y * dst_stride;
    const float *s = src + y * src_stride;
    ptrdiff_t x = 0;
    if ((uintptr_t)d % sizeof(line) == 0)
      for (; x + 16 <= width; x += 16)
        __builtin_nontemporal_store((line)BP_AT16(s + x), (line *)(void *)(d + x));
    if (x < width) memcpy(d + x, s + x, (size_t)(width - x) * sizeof(float));
  }
}

BP_INLINE void bp_stream_end(void) { atomic_thread_fence(memory_order_seq_cst); }

#endif
