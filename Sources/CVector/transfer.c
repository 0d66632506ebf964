#include "transfer.h"

#include "power_loop.h"

BP_INLINE float toe_encoded(float x, float power, bp_toe_curve c) {
  return x > c.linear_break ? c.scale * power - c.offset : x * c.slope;
}

BP_INLINE float toe_decoded(float x, float power, bp_toe_curve c) {
  return x > c.encoded_break ? power : x / c.slope;
}

BP_INLINE float mirrored(float x, float v) { return x < 0.0f ? -v : v; }

#define BP_TARGET BP_CLONES
#define BP_NAME(f) f
#include "transfer_loops.h"
#undef BP_TARGET
#undef BP_NAME

#define BP_TARGET
#define BP_NAME(f) f##_baseline
#include "transfer_loops.h"
