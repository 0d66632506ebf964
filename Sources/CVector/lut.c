#include "lut.h"

// Two passes over a few pixels at a time: where in the table and how much of each corner, which is
// arithmetic on whole vectors; then the corners, four lanes each, which lie anywhere.

enum { RUN = 128 };

typedef struct {
  int32_t corner[RUN];                 // of the cell, in floats from the table's start
  int32_t second[RUN], third[RUN];     // the way there, from the first corner
  float w0[RUN], w1[RUN], w2[RUN], w3[RUN];
} places;

BP_INLINE float held(float v, float last) {
  const float x = v > 0.0f ? v * last : 0.0f;
  return x < last ? x : last;
}

BP_INLINE void find(
    places *p, const float *r, const float *g, const float *b, size_t n, int32_t size) {
  const float last = (float)(size - 1);
  const int32_t sr = 4, sg = 4 * size, sb = 4 * size * size;
  BP_ELEMENTWISE for (size_t i = 0; i < n; i++) {
    const float x = held(r[i], last), y = held(g[i], last), z = held(b[i], last);
    int32_t cx = (int32_t)x, cy = (int32_t)y, cz = (int32_t)z;
    cx = cx < size - 2 ? cx : size - 2;
    cy = cy < size - 2 ? cy : size - 2;
    cz = cz < size - 2 ? cz : size - 2;
    const float fx = x - (float)cx, fy = y - (float)cy, fz = z - (float)cz;
    const float low = fx < fy ? fx : fy, high = fx < fy ? fy : fx;
    const float inner = high < fz ? high : fz;
    const float least = low < fz ? low : fz, middle = low < inner ? inner : low;
    const float most = high < fz ? fz : high;
    const int32_t first = fx >= fy && fx >= fz ? sr : fy >= fz ? sg : sb;
    const int32_t final = fz <= fy && fz <= fx ? sb : fy <= fx ? sg : sr;
    p->corner[i] = cx * sr + cy * sg + cz * sb;
    p->second[i] = first;
    p->third[i] = sr + sg + sb - final;
    p->w0[i] = 1.0f - most;
    p->w1[i] = most - middle;
    p->w2[i] = middle - least;
    p->w3[i] = least;
  }
}

BP_INLINE bp_f4 mixed(const places *p, size_t i, const float *table, int32_t opposite) {
  const float *c = table + p->corner[i];
  return (p->w0[i] * BP_AT4(c) + p->w1[i] * BP_AT4(c + p->second[i])) +
         (p->w2[i] * BP_AT4(c + p->third[i]) + p->w3[i] * BP_AT4(c + opposite));
}

BP_CLONES void bp_lut_tetrahedral(
    float *r, float *g, float *b, const float *from_r, const float *from_g, const float *from_b,
    size_t count, const float *table, int32_t size) {
  const int32_t opposite = 4 + 4 * size + 4 * size * size;
  places p;
  for (size_t start = 0; start < count; start += RUN, r += RUN, g += RUN, b += RUN) {
    const size_t n = count - start < RUN ? count - start : RUN;
    find(&p, from_r + start, from_g + start, from_b + start, n, size);
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
      const bp_f4 c0 = mixed(&p, i, table, opposite), c1 = mixed(&p, i + 1, table, opposite);
      const bp_f4 c2 = mixed(&p, i + 2, table, opposite), c3 = mixed(&p, i + 3, table, opposite);
      const bp_f4 rg01 = __builtin_shufflevector(c0, c1, 0, 4, 1, 5);
      const bp_f4 rg23 = __builtin_shufflevector(c2, c3, 0, 4, 1, 5);
      const bp_f4 b01 = __builtin_shufflevector(c0, c1, 2, 6, 3, 7);
      const bp_f4 b23 = __builtin_shufflevector(c2, c3, 2, 6, 3, 7);
      BP_PUT4(r + i, __builtin_shufflevector(rg01, rg23, 0, 1, 4, 5));
      BP_PUT4(g + i, __builtin_shufflevector(rg01, rg23, 2, 3, 6, 7));
      BP_PUT4(b + i, __builtin_shufflevector(b01, b23, 0, 1, 4, 5));
    }
    for (; i < n; i++) {
      const bp_f4 c = mixed(&p, i, table, opposite);
      r[i] = c[0];
      g[i] = c[1];
      b[i] = c[2];
    }
  }
}
