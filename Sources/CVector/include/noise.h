// Gradient noise over a line of pixels, the same bits on every machine.
#ifndef BP_NOISE_H
#define BP_NOISE_H

#include "clones.h"

#include <stddef.h>
#include <stdint.h>

// A line through noise space: pixel x lies at origin + step * x, per axis. Counted from pixel 0 and
// in double precision, so that a pixel's value does not depend on where a loop begins.
typedef struct {
  double origin[3];
  double step[3];
} bp_noise_line;

// out[i] += amplitude * noise, or amplitude * |noise|, at pixel first + i, for one octave. Noise is Perlin's improved
// gradient noise (2002) within -1...1, its gradients chosen by an integer hash instead of a table.
void bp_noise_octave(
    float *out, size_t count, const bp_noise_line *line, int32_t first, float amplitude,
    uint32_t seed, int absolute);

// The same at points of one's own: out[i] += amplitude * noise(point i * frequency).
void bp_noise_points(
    const float *x, const float *y, const float *z, float frequency, float amplitude,
    uint32_t seed, int absolute, float *out, size_t count);

// A number in 0...1 (1 excluded) that looks random but depends on the point only.
void bp_random(const float *x, const float *y, const float *z, float *out, size_t count);

// out[i] = (out[i] * scale + offset)^exponent where that is positive, unchanged elsewhere.
void bp_noise_finish(float *out, size_t count, float scale, float offset, float exponent);

#endif
