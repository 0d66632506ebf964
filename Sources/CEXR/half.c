// Half <-> float by integer arithmetic alone, so that every CPU gives the same bits (the F16C
// instructions quieten signalling NaNs, the software path need not) and every level vectorises.
#include <string.h>

#include "cexr.h"
#include "clones.h"

static inline float as_float(uint32_t bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

static inline uint32_t as_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return bits;
}

BIPACK_CLONES
void cexr_half_to_float(const uint16_t *restrict from, float *restrict to, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t h = from[i];
    uint32_t sign = (h & 0x8000u) << 16;
    uint32_t magnitude = h & 0x7fffu;
    uint32_t bits = (magnitude << 13) + 0x38000000u;
    bits += magnitude >= 0x7c00u ? 0x38000000u : 0;
    uint32_t tiny = as_bits((float)(int32_t)magnitude * 0x1p-24f);
    bits = magnitude < 0x400u ? tiny : bits;
    to[i] = as_float(bits | sign);
  }
}

BIPACK_CLONES
static void to_half(
    const float *restrict from, uint16_t *restrict to, size_t count, uint32_t overflow) {
  for (size_t i = 0; i < count; i++) {
    uint32_t bits = as_bits(from[i]);
    uint32_t sign = (bits >> 16) & 0x8000u;
    uint32_t magnitude = bits & 0x7fffffffu;
    // Normal halves: rebias the exponent, round the 13 lost bits to nearest even.
    uint32_t normal = (magnitude - 0x38000000u + 0xfffu + ((magnitude >> 13) & 1)) >> 13;
    // Below 2^-14: the addition makes the hardware round to a multiple of 2^-24.
    uint32_t tiny = as_bits(as_float(magnitude) + 0.5f) - 0x3f000000u;
    // NaN: keep the top of the payload, never let it become an infinity.
    uint32_t payload = (magnitude >> 13) & 0x3ffu;
    uint32_t nan = 0x7c00u | (payload ? payload : 0x200u);
    uint32_t h = magnitude < 0x38800000u ? tiny : normal;
    h = magnitude >= 0x477ff000u ? overflow : h;   // 65520 and above round beyond 65504
    h = magnitude == 0x7f800000u ? 0x7c00u : h;
    h = magnitude > 0x7f800000u ? nan : h;
    to[i] = (uint16_t)(h | sign);
  }
}

void cexr_float_to_half(const float *from, uint16_t *to, size_t count, int32_t clamp) {
  to_half(from, to, count, clamp ? 0x7bffu : 0x7c00u);
}

BIPACK_CLONES
void cexr_uint_to_float(const uint32_t *restrict from, float *restrict to, size_t count) {
  for (size_t i = 0; i < count; i++) to[i] = (float)from[i];
}

void cexr_float_to_uint(const float *restrict from, uint32_t *restrict to, size_t count) {
  for (size_t i = 0; i < count; i++) {
    double value = (double)from[i] + 0.5;
    to[i] = value >= 4294967295.0 ? 4294967295u : value > 0 ? (uint32_t)value : 0;
  }
}
