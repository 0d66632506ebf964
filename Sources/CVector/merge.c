#include "merge.h"

typedef float bp_line __attribute__((vector_size(64), aligned(64), may_alias));

BP_CLONES void bp_over(
    float *out, const float *A, const float *B, const float *a, size_t count, int stream) {
  size_t i = 0;
  if (stream && ((uintptr_t)out & 63) == 0) {
    for (; i + 16 <= count; i += 16) {
      const bp_line v = BP_AT16(A + i) + BP_AT16(B + i) * (1.0f - BP_AT16(a + i));
      __builtin_nontemporal_store(v, (bp_line *)(void *)(out + i));
    }
#if defined(__x86_64__)
    // Such stores are not ordered with others by themselves.
    __builtin_ia32_sfence();
#endif
  }
  BP_ELEMENTWISE for (; i < count; i++) out[i] = A[i] + B[i] * (1.0f - a[i]);
}
