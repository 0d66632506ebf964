// Half <-> float with the same bits on every CPU: integer arithmetic, which every level vectorises,
// and the conversion instructions where they exist and give the same.
#include <string.h>

#if defined(__x86_64__) && (!defined(BP_KERNELS) || BP_KERNELS >= 3)
#define HAS_F16C 1
#include <immintrin.h>
#endif

#include "cexr.h"
#include "vmath.h"

BP_CLONES
static void half_to_float(const uint16_t *restrict from, float *restrict to, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t h = from[i];
    uint32_t sign = (h & 0x8000u) << 16;
    uint32_t magnitude = h & 0x7fffu;
    uint32_t bits = (magnitude << 13) + 0x38000000u;
    bits += magnitude >= 0x7c00u ? 0x38000000u : 0;
    uint32_t tiny = bp_bits((float)(int32_t)magnitude * 0x1p-24f);
    bits = magnitude < 0x400u ? tiny : bits;
    to[i] = bp_float(bits | sign);
  }
}

BP_CLONES
static void float_to_half(
    const float *restrict from, uint16_t *restrict to, size_t count, uint32_t overflow) {
  for (size_t i = 0; i < count; i++) {
    uint32_t bits = bp_bits(from[i]);
    uint32_t sign = (bits >> 16) & 0x8000u;
    uint32_t magnitude = bits & 0x7fffffffu;
    // Normal halves: rebias the exponent, round the 13 lost bits to nearest even.
    uint32_t normal = (magnitude - 0x38000000u + 0xfffu + ((magnitude >> 13) & 1)) >> 13;
    // Below 2^-14: the addition makes the hardware round to a multiple of 2^-24.
    uint32_t tiny = bp_bits(bp_float(magnitude) + 0.5f) - 0x3f000000u;
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

#ifdef HAS_F16C
// The conversion instructions agree with the loops above except for NaN (which they quieten) and
// for what overflows; eight samples with such a one among them go through the loops.
// A store past the caches does not read what it replaces, which is a third of all the traffic.
#define HALF_TO_FLOAT(name, store)                                                                 \
  __attribute__((target("avx2,f16c"))) static void name(                                           \
      const uint16_t *restrict from, float *restrict to, size_t count) {                           \
    const __m128i magnitude = _mm_set1_epi16(0x7fff);                                              \
    const __m128i infinity = _mm_set1_epi16(0x7c00);                                               \
    size_t i = 0;                                                                                  \
    for (; i + 8 <= count; i += 8) {                                                               \
      __m128i h = _mm_loadu_si128((const __m128i *)(from + i));                                    \
      __m128i nan = _mm_cmpgt_epi16(_mm_and_si128(h, magnitude), infinity);                        \
      if (_mm_testz_si128(nan, nan)) {                                                             \
        store(to + i, _mm256_cvtph_ps(h));                                                         \
      } else {                                                                                     \
        half_to_float(from + i, to + i, 8);                                                        \
      }                                                                                            \
    }                                                                                              \
    half_to_float(from + i, to + i, count - i);                                                    \
  }

HALF_TO_FLOAT(half_to_float_f16c, _mm256_storeu_ps)
HALF_TO_FLOAT(half_to_float_past_caches, _mm256_stream_ps)

__attribute__((target("avx2,f16c"))) static void float_to_half_f16c(
    const float *restrict from, uint16_t *restrict to, size_t count, uint32_t overflow) {
  const __m256i magnitude = _mm256_set1_epi32(0x7fffffff);
  const __m256i most = _mm256_set1_epi32(0x477fefff);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    __m256 f = _mm256_loadu_ps(from + i);
    __m256i large = _mm256_cmpgt_epi32(_mm256_and_si256(_mm256_castps_si256(f), magnitude), most);
    if (_mm256_testz_si256(large, large)) {
      _mm_storeu_si128((__m128i *)(to + i), _mm256_cvtps_ph(f, _MM_FROUND_TO_NEAREST_INT));
    } else {
      float_to_half(from + i, to + i, 8, overflow);
    }
  }
  float_to_half(from + i, to + i, count - i, overflow);
}

static int has_f16c(void) {
  static _Atomic int known = 0;  // 1 no, 2 yes
  if (known == 0) {
    __builtin_cpu_init();
    known = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("f16c") ? 2 : 1;
  }
  return known == 2;
}
#endif

void cexr_half_to_float(const uint16_t *from, float *to, size_t count) {
#ifdef HAS_F16C
  if (has_f16c()) {
    half_to_float_f16c(from, to, count);
    return;
  }
#endif
  half_to_float(from, to, count);
}

void cexr_half_to_float_streaming(const uint16_t *from, float *to, size_t count) {
#ifdef HAS_F16C
  if (has_f16c() && (uintptr_t)to % 32 == 0) {
    half_to_float_past_caches(from, to, count);
    return;
  }
#endif
  cexr_half_to_float(from, to, count);
}

void cexr_stream_end(void) {
#ifdef HAS_F16C
  _mm_sfence();
#endif
}

void cexr_float_to_half(const float *from, uint16_t *to, size_t count, int32_t clamp) {
  uint32_t overflow = clamp ? 0x7bffu : 0x7c00u;
#ifdef HAS_F16C
  if (has_f16c()) {
    float_to_half_f16c(from, to, count, overflow);
    return;
  }
#endif
  float_to_half(from, to, count, overflow);
}

BP_CLONES
void cexr_uint_to_float(const uint32_t *restrict from, float *restrict to, size_t count) {
  for (size_t i = 0; i < count; i++) to[i] = (float)from[i];
}

void cexr_float_to_uint(const float *restrict from, uint32_t *restrict to, size_t count) {
  for (size_t i = 0; i < count; i++) {
    double value = (double)from[i] + 0.5;
    to[i] = value >= 4294967295.0 ? 4294967295u : value > 0 ? (uint32_t)value : 0;
  }
}

void cexr_pack(
    int32_t type, const float *from, size_t from_stride, uint8_t *to, size_t to_stride,
    size_t width, size_t height, int32_t clamp) {
  for (size_t y = 0; y < height; y++, from += from_stride, to += to_stride) {
    switch (type) {
      case CEXR_HALF: cexr_float_to_half(from, (uint16_t *)(void *)to, width, clamp); break;
      case CEXR_UINT: cexr_float_to_uint(from, (uint32_t *)(void *)to, width); break;
      default: memcpy(to, from, 4 * width); break;
    }
  }
}
