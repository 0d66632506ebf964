// Powers and colour transfer curves over arrays: the compute-bound loops of colour.
//
// Every function works element by element; `out` may be the same array as an input, and must not
// overlap it otherwise. The same bits come out on every machine (see clones.h). Each function has a
// twin `..._baseline`, compiled for the oldest CPU only, which the tests hold against it.

#ifndef BP_TRANSFER_H
#define BP_TRANSFER_H

#include "clones.h"

#include <stddef.h>

// What becomes of a negative base.
typedef enum {
  BP_NEGATIVE_C = 0,       // as C's pow: NaN, unless the exponent is an integer
  BP_NEGATIVE_CLAMP = 1,   // taken as 0
  BP_NEGATIVE_MIRROR = 2,  // -(|x|^y)
  BP_NEGATIVE_PASS = 3,    // x itself
} bp_negative;

// A power curve with a straight toe (sRGB, Rec.709): the encoded value `y` of a linear `x` is
//   x > linear_break ? scale * x^(1 / gamma) - offset : slope * x
typedef struct {
  float gamma;
  float inverse_gamma;
  float scale;          // 1 + offset
  float offset;
  float slope;          // encoded per linear in the toe
  float linear_break;   // end of the toe, linear
  float encoded_break;  // end of the toe, encoded
  int mirror;           // 0: the toe runs on below 0; 1: odd symmetry
} bp_toe_curve;

// A logarithm with a straight toe (camera logs): the encoded value of a linear `x` is
//   x > linear_break ? log_slope * log2(max(lin_slope * x + lin_offset, 2^-126)) + log_offset
//                    : toe_slope * x + toe_offset
// A pure logarithm has both breaks at minus infinity.
typedef struct {
  float log_slope, log_offset, lin_slope, lin_offset;
  float toe_slope, toe_offset;
  float linear_break, encoded_break;
} bp_log_curve;

#define BP_TRANSFER_FUNCTIONS(name)                                                               \
  void name(bp_exp2)(const float *x, float *out, size_t count);                                   \
  void name(bp_log2)(const float *x, float *out, size_t count);                                   \
  /* x[i]^y[i], as C's pow. */                                                                    \
  void name(bp_pow)(const float *x, const float *y, float *out, size_t count);                    \
  /* x[i]^y. */                                                                                   \
  void name(bp_pow_by)(const float *x, float y, bp_negative negative, float *out, size_t count);  \
  /* rgb = m rgb + offset in place; `m` holds three rows of three, `offset` three. */              \
  void name(bp_matrix)(                                                                           \
      float *r, float *g, float *b, const float *m, const float *offset, size_t count);           \
  void name(bp_toe_encode)(const float *x, bp_toe_curve curve, float *out, size_t count);         \
  void name(bp_toe_decode)(const float *x, bp_toe_curve curve, float *out, size_t count);         \
  void name(bp_log_encode)(const float *x, bp_log_curve curve, float *out, size_t count);         \
  void name(bp_log_decode)(const float *x, bp_log_curve curve, float *out, size_t count);

#define BP_PLAIN(f) f
#define BP_BASELINE(f) f##_baseline
BP_TRANSFER_FUNCTIONS(BP_PLAIN)
BP_TRANSFER_FUNCTIONS(BP_BASELINE)

#endif
