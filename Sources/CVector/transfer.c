#include "transfer.h"

#include "vmath.h"

BP_INLINE float toe_encode_1(float x, bp_toe_curve c) {
  // Below the break the power is not used; its argument is kept positive so that it costs no NaN.
  float base = x > c.linear_break ? x : 1.0f;
  float curved = c.scale * bp_pow_nonnegative(base, c.inverse_gamma) - c.offset;
  float straight = x * c.slope;
  return x > c.linear_break ? curved : straight;
}

BP_INLINE float toe_decode_1(float x, bp_toe_curve c) {
  float base = x > c.encoded_break ? (x + c.offset) / c.scale : 1.0f;
  float curved = bp_pow_nonnegative(base, c.gamma);
  float straight = x / c.slope;
  return x > c.encoded_break ? curved : straight;
}

#define BP_TARGET BP_CLONES
#define BP_NAME(f) f
#include "transfer_loops.h"
#undef BP_TARGET
#undef BP_NAME

#define BP_TARGET
#define BP_NAME(f) f##_baseline
#include "transfer_loops.h"
