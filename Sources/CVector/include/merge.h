// Merges over arrays, for pictures too large for the caches.
#ifndef BP_MERGE_H
#define BP_MERGE_H

#include "vectors.h"

// out = A + B (1 - a). With `stream` the results go past the caches: what is overwritten is not read
// first, a quarter of all the memory moved. Done where `out` lies on 64 bytes; other threads may read
// the results as soon as the call returns.
void bp_over(float *out, const float *A, const float *B, const float *a, size_t count, int stream);

#endif
