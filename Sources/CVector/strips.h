// Columns of a picture, which are independent of each other, in strips two vectors wide, one vector, or
// one number where the picture is narrower: what runs down a column waits for itself, so two vectors at
// once are faster.
#ifndef BP_STRIPS_H
#define BP_STRIPS_H

#include "vectors.h"

enum { STRIP = 32 };

typedef float bp_f32 __attribute__((vector_size(128), aligned(4), may_alias));
typedef float bp_f1 __attribute__((may_alias));
typedef int32_t bp_i32 __attribute__((vector_size(128), aligned(4), may_alias));
typedef int32_t bp_i1 __attribute__((may_alias));

// As many strips as cover `count` columns: the last vector may do some of the one before it again. T is
// f for floats or i for ints. BODY(V, ...) does the columns of one strip, from `column` to `d` in
// `dst`; V is a strip's vector, or a number.
#define BP_STRIPS(T, count, BODY, ...)                                       \
  {                                                                          \
    const ptrdiff_t lanes = (count) < 16 ? 1 : (count) < STRIP ? 16 : STRIP; \
    for (ptrdiff_t x = 0; x < (count); x += lanes) {                         \
      const ptrdiff_t column = x + lanes <= (count) ? x : (count) - lanes;   \
      bp_##T##1 *d = dst + column;                                           \
      if (lanes == STRIP)                                                    \
        BODY(bp_##T##32, __VA_ARGS__)                                        \
      else if (lanes == 16)                                                  \
        BODY(bp_##T##16, __VA_ARGS__)                                        \
      else                                                                   \
        BODY(bp_##T##1, __VA_ARGS__)                                         \
    }                                                                        \
  }

#endif
