#include "denoise.h"

#include "vectors.h"

enum { PATCH = BP_DENOISE_PATCH, PIXELS = PATCH * PATCH, MOST = BP_DENOISE_MOST };

#define SUM8(v) ((((v)[0] + (v)[1]) + ((v)[2] + (v)[3])) + (((v)[4] + (v)[5]) + ((v)[6] + (v)[7])))

void bp_denoise_frame(
    bp_denoise_shot *shot, int index, const float *const planes[3], const float *const guides[3],
    const float *const flows[2]) {
  for (int c = 0; c < 3; c++) shot->planes[index][c] = planes[c], shot->guides[index][c] = guides[c];
  for (int c = 0; c < 2; c++) shot->flows[index][c] = flows[c];
}

typedef struct {
  bp_f8 row[PATCH];
} block;

BP_INLINE void transpose(block *b) {
  bp_f8 *r = b->row, t[8];
  for (int i = 0; i < 8; i += 2) {
    t[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    t[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (int i = 0; i < 8; i += 4)
    for (int k = 0; k < 2; k++) {
      r[i + k] = __builtin_shufflevector(t[i + k], t[i + k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      r[i + k + 2] = __builtin_shufflevector(t[i + k], t[i + k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  for (int k = 0; k < 4; k++) {
    t[k] = __builtin_shufflevector(r[k], r[k + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    t[k + 4] = __builtin_shufflevector(r[k], r[k + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
  for (int k = 0; k < 8; k++) r[k] = t[k];
}

// Cosines of the orthonormal DCT of 8: even rows from sums of opposite rows, odd ones from differences.
static const float even[4][4] = {{0.35355339f, 0.35355339f, 0.35355339f, 0.35355339f},
                                 {0.46193977f, 0.19134172f, -0.19134172f, -0.46193977f},
                                 {0.35355339f, -0.35355339f, -0.35355339f, 0.35355339f},
                                 {0.19134172f, -0.46193977f, 0.46193977f, -0.19134172f}};
static const float odd[4][4] = {{0.49039264f, 0.41573481f, 0.27778512f, 0.09754516f},
                                {0.41573481f, -0.09754516f, -0.49039264f, -0.27778512f},
                                {0.27778512f, -0.49039264f, 0.09754516f, 0.41573481f},
                                {0.09754516f, -0.27778512f, 0.41573481f, -0.49039264f}};

BP_INLINE void cosines(block *b) {
  bp_f8 sum[4], off[4];
  for (int k = 0; k < 4; k++) sum[k] = b->row[k] + b->row[7 - k], off[k] = b->row[k] - b->row[7 - k];
  for (int k = 0; k < 4; k++) {
    b->row[2 * k] = (even[k][0] * sum[0] + even[k][1] * sum[1]) + (even[k][2] * sum[2] + even[k][3] * sum[3]);
    b->row[2 * k + 1] = (odd[k][0] * off[0] + odd[k][1] * off[1]) + (odd[k][2] * off[2] + odd[k][3] * off[3]);
  }
}

BP_INLINE void cosines_back(block *b) {
  bp_f8 sum[4], off[4];
  for (int k = 0; k < 4; k++) {
    sum[k] = (even[0][k] * b->row[0] + even[1][k] * b->row[2]) + (even[2][k] * b->row[4] + even[3][k] * b->row[6]);
    off[k] = (odd[0][k] * b->row[1] + odd[1][k] * b->row[3]) + (odd[2][k] * b->row[5] + odd[3][k] * b->row[7]);
  }
  for (int k = 0; k < 4; k++) b->row[k] = sum[k] + off[k], b->row[7 - k] = sum[k] - off[k];
}

BP_INLINE void read_block(block *b, const float *at, ptrdiff_t stride) {
  for (int r = 0; r < PATCH; r++) b->row[r] = BP_AT8(at + r * stride);
  cosines(b);
  transpose(b);
  cosines(b);
}

BP_INLINE void write_back(block *b) {
  cosines_back(b);
  transpose(b);
  cosines_back(b);
}

// The orthonormal Haar transform of `count` blocks, a power of 2.
BP_INLINE void haar(block *group, int count) {
  const float half = 0.70710678f;
  block other[MOST / 2];
  for (int left = count; left > 1; left /= 2) {
    for (int k = 0; k < left / 2; k++)
      for (int r = 0; r < PATCH; r++) {
        const bp_f8 a = group[2 * k].row[r], b = group[2 * k + 1].row[r];
        group[k].row[r] = half * (a + b), other[k].row[r] = half * (a - b);
      }
    for (int k = 0; k < left / 2; k++) group[left / 2 + k] = other[k];
  }
}

BP_INLINE void haar_back(block *group, int count) {
  const float half = 0.70710678f;
  block other[MOST];
  for (int left = 2; left <= count; left *= 2) {
    for (int k = 0; k < left / 2; k++)
      for (int r = 0; r < PATCH; r++) {
        const bp_f8 a = group[k].row[r], b = group[left / 2 + k].row[r];
        other[2 * k].row[r] = half * (a + b), other[2 * k + 1].row[r] = half * (a - b);
      }
    for (int k = 0; k < left; k++) group[k] = other[k];
  }
}

BP_INLINE ptrdiff_t least(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

typedef struct {
  float differs;
  int32_t frame, x, y;
} found;

// The nearest whole number, of what is no step in a picture none.
BP_INLINE ptrdiff_t whole(float v) { return v > -32768 && v < 32768 ? (ptrdiff_t)(v + 32768.5f) - 32768 : 0; }

enum { LANES = 16, FEW = 4 };

// How different sixteen patches side by side are from one. A bit for each that differs by less than `worst`; where half of a
// patch says of all of them that it does not, the rest is not asked. The sum of a patch is the same in every lane.
BP_INLINE int differences(float *out, const float *here, const float *there, ptrdiff_t stride, float worst) {
  const bp_i16 lane = {1,   2,   4,    8,    16,   32,   64,    128,
                       256, 512, 1024, 2048, 4096, 8192, 16384, 32768};
  bp_f16 sums[4] = {{0}, {0}, {0}, {0}};
  int less = 0;
  for (int half = 0; half < 2; half++) {
    for (int r = half * PATCH / 2; r < (half + 1) * PATCH / 2; r++)
      for (int i = 0; i < PATCH; i++) {
        const bp_f16 d = BP_AT16(there + r * stride + i) - here[r * stride + i];
        sums[i % 4] += d * d;
      }
    const bp_f16 all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    BP_PUT16(out, all);
    const bp_i16 bits = (all < worst) & lane;
    less = 0;
    for (int k = 0; k < LANES; k++) less |= bits[k];
    if (!less) return 0;
  }
  return less;
}

// The same of one patch.
BP_INLINE float difference(const float *here, const float *there, ptrdiff_t stride) {
  bp_f4 sum = {0};
  for (int r = 0; r < PATCH; r++)
    for (int i = 0; i < PATCH; i += 4) {
      const bp_f4 d = BP_AT4(there + r * stride + i) - BP_AT4(here + r * stride + i);
      sum += d * d;
    }
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

// Puts a patch where it belongs among those most alike; returns how many there are.
BP_INLINE int put(found *best, int count, found patch) {
  int place = count < MOST ? count++ : MOST - 1;
  for (; place > 1 && best[place - 1].differs > patch.differs; place--) best[place] = best[place - 1];
  best[place] = patch;
  return count;
}

// Those most alike, the least different first; of equals the one that was met first.
BP_INLINE int collect(
    found *best, const bp_denoise_shot *shot, const bp_denoise_search *search, ptrdiff_t x, ptrdiff_t y) {
  const ptrdiff_t stride = shot->stride;
  const float *here = shot->guides[0][0] + y * stride + x;
  const float limit = search->alike * PIXELS;
  int count = 1;
  best[0] = (found){-1, 0, (int32_t)x, (int32_t)y};
  for (int frame = 0; frame < shot->frames; frame++) {
    const float *plane = shot->guides[frame][0];
    const ptrdiff_t reach = frame == 0 ? search->reach : search->reach_over;
    ptrdiff_t mx = x, my = y;
    if (frame > 0) {
      const ptrdiff_t middle = (y + PATCH / 2) * stride + x + PATCH / 2;
      mx = x + whole(shot->flows[frame][0][middle]), my = y + whole(shot->flows[frame][1][middle]);
    }
    const ptrdiff_t left = mx > reach ? mx - reach : 0, top = my > reach ? my - reach : 0;
    const ptrdiff_t right = mx + reach < shot->width - PATCH ? mx + reach : shot->width - PATCH;
    const ptrdiff_t bottom = my + reach < shot->height - PATCH ? my + reach : shot->height - PATCH;
    for (ptrdiff_t v = top; v <= bottom; v++)
      for (ptrdiff_t u = left; u <= right;) {
        const float *there = plane + v * stride + u;
        float sums[LANES];
        const float worst = count == MOST ? best[MOST - 1].differs : limit;
        // Few are asked one by one, and those whose neighbours lie outside the picture.
        const int lanes = right - u >= FEW && u + PATCH + LANES - 1 <= shot->width ? LANES : 1;
        const ptrdiff_t end = least(u + lanes, right + 1);
        int less = 1;
        if (lanes == 1)
          sums[0] = difference(here, there, stride);
        else
          less = differences(sums, here, there, stride, worst);
        for (; less; less &= less - 1) {
          const int k = __builtin_ctz((unsigned)less);
          const int isOwn = frame == 0 && u + k == x && v == y;
          if (u + k >= end || isOwn || !(sums[k] < (count == MOST ? best[MOST - 1].differs : limit))) continue;
          count = put(best, count, (found){sums[k], (int32_t)frame, (int32_t)(u + k), (int32_t)v});
        }
        u = end;
      }
  }
  int power = 1;
  while (2 * power <= count) power *= 2;
  return power;
}

// How much the pixels of a patch count: less towards its border (a Kaiser window, beta 2).
static const float window[PATCH] = {0.4387f, 0.6813f, 0.8768f, 0.9858f, 0.9858f, 0.8768f, 0.6813f, 0.4387f};

BP_CLONES void bp_denoise_patch(
    const bp_denoise_sum *sum, const bp_denoise_shot *shot, const bp_denoise_search *search, ptrdiff_t x,
    ptrdiff_t y) {
  found best[MOST];
  const int count = collect(best, shot, search, x, y);
  const ptrdiff_t stride = shot->stride;
  bp_f8 across;
  for (int k = 0; k < PATCH; k++) across[k] = window[k];
  for (int c = 0; c < 3; c++) {
    block group[MOST];
    for (int k = 0; k < count; k++)
      read_block(&group[k], shot->planes[best[k].frame][c] + best[k].y * stride + best[k].x, stride);
    haar(group, count);
    const float *noise = search->noise[c];
    bp_f8 kept = {0}, sum_of_noise = {0};
    for (int r = 0; r < PATCH; r++) sum_of_noise += BP_AT8(noise + r * PATCH);
    const float mean = SUM8(sum_of_noise) / PIXELS;
    if (search->threshold > 0) {
      const float limit = search->threshold * search->threshold;
      for (int k = 0; k < count; k++)
        for (int r = 0; r < PATCH; r++) {
          const bp_f8 v = group[k].row[r];
          const bp_f8 power = BP_AT8(noise + r * PATCH);
          const bp_i8 large = v * v > limit * power;
          group[k].row[r] = (bp_f8)(large & (bp_i8)v);
          kept += (bp_f8)(large & (bp_i8)power);
        }
    } else {
      block guide[MOST];
      for (int k = 0; k < count; k++)
        read_block(&guide[k], shot->guides[best[k].frame][c] + best[k].y * stride + best[k].x, stride);
      haar(guide, count);
      for (int k = 0; k < count; k++)
        for (int r = 0; r < PATCH; r++) {
          const bp_f8 power = guide[k].row[r] * guide[k].row[r];
          const bp_f8 other = BP_AT8(noise + r * PATCH), share = power / (power + other);
          group[k].row[r] *= share;
          kept += share * share * other;
        }
    }
    haar_back(group, count);
    // What noise is left, in that of one number of the plane's mean.
    const float all = SUM8(kept) / mean, weight = 1 / (all > 1 ? all : 1);
    for (int k = 0; k < count; k++) {
      if (best[k].frame != 0) continue;
      write_back(&group[k]);
      const ptrdiff_t at = (best[k].y - sum->y0) * sum->stride + best[k].x - sum->x0;
      float *total = sum->sums[c] + at, *count = sum->counts[c] + at;
      for (int r = 0; r < PATCH; r++) {
        const bp_f8 w = weight * window[r] * across;
        BP_PUT8(total + r * sum->stride, BP_AT8(total + r * sum->stride) + w * group[k].row[r]);
        BP_PUT8(count + r * sum->stride, BP_AT8(count + r * sum->stride) + w);
      }
    }
  }
}
