#include "plate.h"

#include "clones.h"
#include "vmath.h"

// Pixels that are looked at together.
enum { RUN = 32 };

typedef struct {
  float color[BP_PLATE_FRAMES][3][RUN], seen[BP_PLATE_FRAMES][RUN];
  // How much is believed: less where only what is half seen was left.
  float belief[RUN];
} run;

BP_INLINE void read_run(run *r, const float *const *planes, int frames, size_t start, int count) {
  for (int k = 0; k < frames; k++) {
    const float *seen = planes[4 * k + 3] + start;
    for (int i = 0; i < RUN; i++) r->seen[k][i] = i < count ? seen[i < count ? i : 0] : 0.0f;
    for (int c = 0; c < 3; c++) {
      const float *plane = planes[4 * k + c] + start;
      for (int i = 0; i < RUN; i++) {
        float v = i < count ? plane[i < count ? i : 0] : 0.0f;
        int good = bp_abs(v) < 3e38f;
        r->seen[k][i] = good ? r->seen[k][i] : 0.0f;
        v = good ? v : 0.0f;
        r->color[k][c][i] = v;
      }
    }
  }
}

// What is seen nearly whole counts; where there is none, what is seen by half.
BP_INLINE void judge(run *r, int frames) {
  float whole[RUN];
  for (int i = 0; i < RUN; i++) whole[i] = 0.0f;
  for (int k = 0; k < frames; k++)
    for (int i = 0; i < RUN; i++) whole[i] = r->seen[k][i] > 0.98f ? 1.0f : whole[i];
  for (int k = 0; k < frames; k++)
    for (int i = 0; i < RUN; i++) r->seen[k][i] = r->seen[k][i] > (whole[i] > 0.0f ? 0.98f : 0.45f) ? 1.0f : 0.0f;
  for (int i = 0; i < RUN; i++) r->belief[i] = whole[i] > 0.0f ? 1.0f : 0.2f;
}

// How much two that differ by this square are the same (Tukey's biweight).
BP_INLINE float same(float square, float scale) {
  float w = 1.0f - square * scale;
  w = w > 0.0f ? w : 0.0f;
  return w * w;
}

// What most show: the frame with the most others near it, then the mean of those near, twice.
BP_INLINE void most(const run *r, int frames, float scale, float out[4][RUN]) {
  float best[RUN], center[3][RUN];
  for (int i = 0; i < RUN; i++) best[i] = 0.0f;
  for (int c = 0; c < 3; c++)
    for (int i = 0; i < RUN; i++) center[c][i] = 0.0f;
  for (int k = 0; k < frames; k++) {
    float crowd[RUN];
    for (int i = 0; i < RUN; i++) crowd[i] = 0.0f;
    for (int j = 0; j < frames; j++)
      for (int i = 0; i < RUN; i++) {
        const float x = r->color[k][0][i] - r->color[j][0][i], y = r->color[k][1][i] - r->color[j][1][i];
        const float z = r->color[k][2][i] - r->color[j][2][i];
        crowd[i] += r->seen[j][i] * same(x * x + y * y + z * z, scale);
      }
    for (int i = 0; i < RUN; i++) {
      const float v = crowd[i] * r->seen[k][i];
      const int better = v > best[i];
      best[i] = better ? v : best[i];
      for (int c = 0; c < 3; c++) center[c][i] = better ? r->color[k][c][i] : center[c][i];
    }
  }
  for (int pass = 0; pass < 2; pass++) {
    float total[RUN], sums[3][RUN];
    for (int i = 0; i < RUN; i++) total[i] = 0.0f;
    for (int c = 0; c < 3; c++)
      for (int i = 0; i < RUN; i++) sums[c][i] = 0.0f;
    for (int j = 0; j < frames; j++)
      for (int i = 0; i < RUN; i++) {
        const float x = center[0][i] - r->color[j][0][i], y = center[1][i] - r->color[j][1][i];
        const float z = center[2][i] - r->color[j][2][i];
        const float w = r->seen[j][i] * same(x * x + y * y + z * z, scale);
        total[i] += w;
        for (int c = 0; c < 3; c++) sums[c][i] += w * r->color[j][c][i];
      }
    for (int i = 0; i < RUN; i++) {
      const float share = total[i] > 0.0f ? 1.0f / total[i] : 0.0f;
      for (int c = 0; c < 3; c++) center[c][i] = share * sums[c][i];
      out[3][i] = total[i];
    }
  }
  for (int c = 0; c < 3; c++)
    for (int i = 0; i < RUN; i++) out[c][i] = center[c][i];
}

// The middle of what is seen, of an even count the mean of the two in the middle.
BP_INLINE void median(const run *r, int frames, float out[3][RUN]) {
  for (int i = 0; i < RUN; i++)
    for (int c = 0; c < 3; c++) {
      float sorted[BP_PLATE_FRAMES];
      int count = 0;
      for (int k = 0; k < frames; k++) {
        if (r->seen[k][i] == 0.0f) continue;
        const float v = r->color[k][c][i];
        int place = count++;
        for (; place > 0 && sorted[place - 1] > v; place--) sorted[place] = sorted[place - 1];
        sorted[place] = v;
      }
      out[c][i] = count == 0 ? 0.0f : 0.5f * (sorted[(count - 1) / 2] + sorted[count / 2]);
    }
}

BP_INLINE void first(const run *r, int frames, float out[3][RUN]) {
  for (int c = 0; c < 3; c++)
    for (int i = 0; i < RUN; i++) out[c][i] = 0.0f;
  for (int k = frames - 1; k >= 0; k--)
    for (int c = 0; c < 3; c++)
      for (int i = 0; i < RUN; i++) out[c][i] = r->seen[k][i] > 0.0f ? r->color[k][c][i] : out[c][i];
}

// How many frames agree with what was chosen.
BP_INLINE void agreement(const run *r, int frames, float scale, const float chosen[4][RUN], float total[RUN]) {
  for (int i = 0; i < RUN; i++) total[i] = 0.0f;
  for (int k = 0; k < frames; k++)
    for (int i = 0; i < RUN; i++) {
      float square = 0.0f;
      for (int c = 0; c < 3; c++) {
        const float d = chosen[c][i] - r->color[k][c][i];
        square += d * d;
      }
      total[i] += r->seen[k][i] * same(square, scale);
    }
}

BP_CLONES
void bp_plate(
    float *const out[4], const float *const *planes, int frames, size_t count, int choice,
    float tolerance) {
  // Beyond about three deviations of three channels two are not the same.
  const float scale = 1.0f / (12.0f * tolerance * tolerance);
  run r;
  float made[4][RUN], agree[RUN], seen[RUN];
  for (size_t start = 0; start < count; start += RUN) {
    const int width = count - start < RUN ? (int)(count - start) : RUN;
    read_run(&r, planes, frames, start, width);
    judge(&r, frames);
    if (choice == BP_PLATE_MOST) {
      most(&r, frames, scale, made);
      for (int i = 0; i < RUN; i++) agree[i] = made[3][i];
    } else {
      if (choice == BP_PLATE_MEDIAN) median(&r, frames, made);
      else first(&r, frames, made);
      agreement(&r, frames, scale, (const float(*)[RUN])made, agree);
    }
    for (int i = 0; i < RUN; i++) seen[i] = 0.0f;
    for (int k = 0; k < frames; k++)
      for (int i = 0; i < RUN; i++) seen[i] += r.seen[k][i];
    for (int i = 0; i < width; i++) {
      for (int c = 0; c < 3; c++) out[c][start + (size_t)i] = made[c][i];
      // Three that agree are sure, one that nobody contradicts is a third.
      const float most_seen = seen[i] > 3.0f ? seen[i] : 3.0f;
      const float share = seen[i] > 0.0f ? r.belief[i] * agree[i] / most_seen : 0.0f;
      out[3][start + (size_t)i] = share < 1.0f ? share : 1.0f;
    }
  }
}
