// Vectors of sixteen floats or ints, as the compiler's own type: one zmm, two ymm or four xmm.
//
// Loops over neighbourhoods are written with them because they keep several sums in registers across
// the taps, which the automatic vectoriser does not. Every lane is an ordinary IEEE operation, so a
// lane, a narrower machine and the scalar tail of a row give the same bits.

#ifndef BP_VECTORS_H
#define BP_VECTORS_H

#include "clones.h"

#include <stddef.h>
#include <stdint.h>

typedef float bp_f16 __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t bp_i16 __attribute__((vector_size(64), aligned(4), may_alias));
typedef float bp_f8 __attribute__((vector_size(32), aligned(4), may_alias));
typedef int32_t bp_i8 __attribute__((vector_size(32), aligned(4), may_alias));
typedef float bp_f4 __attribute__((vector_size(16), aligned(4), may_alias));
typedef int32_t bp_i4 __attribute__((vector_size(16), aligned(4), may_alias));

#define BP_AT16(p) (*(const bp_f16 *)(p))
#define BP_PUT16(p, v) (*(bp_f16 *)(p) = (v))
#define BP_AT8(p) (*(const bp_f8 *)(p))
#define BP_PUT8(p, v) (*(bp_f8 *)(p) = (v))
#define BP_AT4(p) (*(const bp_f4 *)(p))
#define BP_PUT4(p, v) (*(bp_f4 *)(p) = (v))
#define BP_IAT16(p) (*(const bp_i16 *)(p))
#define BP_IPUT16(p, v) (*(bp_i16 *)(p) = (v))

// Sixteen times a number; bits of `a` or of `b`, and floats, by the lanes of a mask; without the sign.
#define BP_SPLAT16(v) ((v) - (bp_f16){0})
#define BP_CHOOSE(mask, a, b) (((mask) & (a)) | (~(mask) & (b)))
#define BP_PICK16(mask, a, b) ((bp_f16)BP_CHOOSE(mask, (bp_i16)(a), (bp_i16)(b)))
#define BP_SIZE16(v) ((bp_f16)((bp_i16)(v) & 0x7fffffff))

#endif
