#include "fsr.h"

#include "vectors.h"

#include <math.h>
#include <string.h>

// Rows of a spectrum: the planes are real, so that half of the frequencies say it all.
enum { SIZE = BP_FSR_WINDOW, HALF = SIZE / 2, PIXELS = SIZE * SIZE, ROWS = HALF + 1, BLOCK = BP_FSR_BLOCK };

// cos(2 pi i / 32): all angles are multiples of it.
static const float turns[SIZE] = {
    1.0f,           0.980785280f,  0.923879533f,  0.831469612f,  0.707106781f,  0.555570233f,  0.382683432f,  0.195090322f,
    0.0f,           -0.195090322f, -0.382683432f, -0.555570233f, -0.707106781f, -0.831469612f, -0.923879533f, -0.980785280f,
    -1.0f,          -0.980785280f, -0.923879533f, -0.831469612f, -0.707106781f, -0.555570233f, -0.382683432f, -0.195090322f,
    0.0f,           0.195090322f,  0.382683432f,  0.555570233f,  0.707106781f,  0.831469612f,  0.923879533f,  0.980785280f};

BP_INLINE float cosine(int i) { return turns[i & (SIZE - 1)]; }
BP_INLINE float sine(int i) { return turns[(i - SIZE / 4) & (SIZE - 1)]; }

void bp_fsr_prepare(bp_fsr_tables *tables, const bp_fsr_settings *settings) {
  tables->settings = *settings;
  // Powers of the decay at distances that are no whole numbers, by squaring and roots.
  for (int y = 0; y < SIZE; y++)
    for (int x = 0; x < SIZE; x++) {
      const float dx = (float)x - 15.5f, dy = (float)y - 15.5f, far = sqrtf(dx * dx + dy * dy);
      float weight = 1, power = settings->decay, rest = far - (float)(int)far;
      for (int i = 0; i < (int)far; i++) weight *= power;
      for (int i = 0; i < 20; i++) {
        power = sqrtf(power), rest *= 2;
        if (rest >= 1) weight *= power, rest -= 1;
      }
      tables->weights[y * SIZE + x] = weight;
    }
  for (int u = 0; u < ROWS; u++)
    for (int v = 0; v < SIZE; v++) {
      const float across = (float)(v <= HALF ? v : SIZE - v), up = (float)u;
      const float share = 1 - sqrtf(2 * (up * up + across * across)) / SIZE;
      tables->preference[u * SIZE + v] = share > 0 ? share * share : 0;
    }
  for (int x = 0; x < HALF; x++)
    for (int k = 0; k < HALF; k++) {
      tables->angles[0][x][k] = cosine(2 * k * x), tables->angles[1][x][k] = sine(2 * k * x);
      tables->angles[2][x][k] = cosine((2 * k + 1) * x), tables->angles[3][x][k] = sine((2 * k + 1) * x);
    }
}

BP_CLONES float bp_fsr_support(const float *trust, const bp_fsr_tables *tables) {
  bp_f16 sum = {0};
  for (int i = 0; i < PIXELS; i += 16)
    sum += BP_PICK16(BP_AT16(trust + i) >= 1, BP_AT16(tables->weights + i), (bp_f16){0});
  float total = 0;
  for (int i = 0; i < 16; i++) total += sum[i];
  return total;
}

typedef struct {
  float re[ROWS][SIZE], im[ROWS][SIZE];
} spectrum;

// Of the weights, frequencies from (-16, 0) to (32, 63): a row can be read from any frequency on.
typedef struct {
  float re[SIZE + HALF + 1][2 * SIZE], im[SIZE + HALF + 1][2 * SIZE];
} repeated;

typedef struct {
  int u, v, is_alone;
  float re[3], im[3];
} wave;

// The spectrum of a plane. Sums and differences of what lies half a window apart give even and odd frequencies.
BP_INLINE void transform(spectrum *out, const float *plane, const bp_fsr_tables *tables) {
  float sides[2][HALF][SIZE];
  for (int y = 0; y < HALF; y++)
    for (int x = 0; x < SIZE; x += 16) {
      const bp_f16 a = BP_AT16(plane + y * SIZE + x), b = BP_AT16(plane + (y + HALF) * SIZE + x);
      BP_PUT16(&sides[0][y][x], a + b);
      BP_PUT16(&sides[1][y][x], a - b);
    }
  for (int u = 0; u < ROWS; u++) {
    bp_f16 re[2] = {{0}}, im[2] = {{0}};
    for (int y = 0; y < HALF; y++) {
      const float *from = sides[u & 1][y];
      const bp_f16 a = BP_AT16(from), b = BP_AT16(from + 16);
      const float c = cosine(u * y), s = sine(u * y);
      re[0] += c * a, re[1] += c * b, im[0] -= s * a, im[1] -= s * b;
    }
    // The same along the row.
    const bp_f16 re0 = re[0] + re[1], re1 = re[0] - re[1], im0 = im[0] + im[1], im1 = im[0] - im[1];
    bp_f16 even_re = {0}, even_im = {0}, odd_re = {0}, odd_im = {0};
    for (int x = 0; x < HALF; x++) {
      const bp_f16 c = BP_AT16(tables->angles[0][x]), s = BP_AT16(tables->angles[1][x]);
      const bp_f16 d = BP_AT16(tables->angles[2][x]), t = BP_AT16(tables->angles[3][x]);
      even_re += re0[x] * c + im0[x] * s, even_im += im0[x] * c - re0[x] * s;
      odd_re += re1[x] * d + im1[x] * t, odd_im += im1[x] * d - re1[x] * t;
    }
    for (int k = 0; k < HALF; k++) {
      out->re[u][2 * k] = even_re[k], out->re[u][2 * k + 1] = odd_re[k];
      out->im[u][2 * k] = even_im[k], out->im[u][2 * k + 1] = odd_im[k];
    }
  }
}

BP_INLINE void repeat(repeated *out, const spectrum *weights) {
  for (int row = 0; row <= SIZE + HALF; row++) {
    const int u = (row - HALF) & (SIZE - 1);
    float *re = out->re[row], *im = out->im[row];
    if (u < ROWS) {
      memcpy(re, weights->re[u], SIZE * sizeof(float));
      memcpy(im, weights->im[u], SIZE * sizeof(float));
    } else {
      for (int v = 0; v < SIZE; v++) {
        const int back = (SIZE - v) & (SIZE - 1);
        re[v] = weights->re[SIZE - u][back], im[v] = -weights->im[SIZE - u][back];
      }
    }
    memcpy(re + SIZE, re, SIZE * sizeof(float));
    memcpy(im + SIZE, im, SIZE * sizeof(float));
  }
}

// Takes a wave out of what is left, and says which frequency has most of the rest.
BP_INLINE int take(spectrum left[3], const wave *taken, const repeated *weights, const bp_fsr_tables *tables) {
  bp_f16 most = (bp_f16){0} - 1;
  bp_i16 where = {0};
  bp_i16 place = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const ptrdiff_t before = taken ? (SIZE - taken->v) & (SIZE - 1) : 0, behind = taken ? taken->v : 0;
  const float other = taken && taken->is_alone ? 0 : 1;
  for (int k = 0; k < ROWS; k++)
    for (int half = 0; half < SIZE; half += 16) {
      bp_f16 power = {0};
      if (taken) {
        const int near = k - taken->u + HALF, far = k + taken->u + HALF;
        const bp_f16 ar = BP_AT16(&weights->re[near][before + half]), ai = BP_AT16(&weights->im[near][before + half]);
        const bp_f16 br = other * BP_AT16(&weights->re[far][behind + half]);
        const bp_f16 bi = other * BP_AT16(&weights->im[far][behind + half]);
        const bp_f16 rr = ar + br, ri = ai - bi, ir = ai + bi, ii = ar - br;
        for (int c = 0; c < 3; c++) {
          const float p = taken->re[c], q = taken->im[c];
          const bp_f16 re = BP_AT16(&left[c].re[k][half]) - (p * rr - q * ri);
          const bp_f16 im = BP_AT16(&left[c].im[k][half]) - (p * ir + q * ii);
          BP_PUT16(&left[c].re[k][half], re);
          BP_PUT16(&left[c].im[k][half], im);
          power += re * re + im * im;
        }
      } else {
        for (int c = 0; c < 3; c++) {
          const bp_f16 re = BP_AT16(&left[c].re[k][half]), im = BP_AT16(&left[c].im[k][half]);
          power += re * re + im * im;
        }
      }
      power *= BP_AT16(tables->preference + k * SIZE + half);
      const bp_i16 is_more = power > most;
      most = BP_PICK16(is_more, power, most);
      where = BP_CHOOSE(is_more, place, where);
      place += 16;
    }
  int best = 0;
  for (int i = 1; i < 16; i++)
    if (most[i] > most[best] || (most[i] == most[best] && where[i] < where[best])) best = i;
  return where[best];
}

// What is known in a window: weighted means, deviation, and between which values all lies.
typedef struct {
  float mean[3], least[3], most[3], deviation;
} survey;

BP_INLINE int look(survey *out, const float *planes, const float *trust, const float *weights) {
  float variance = 0;
  for (int c = 0; c < 3; c++) {
    const float *plane = planes + c * PIXELS;
    bp_f16 low = BP_SPLAT16(3e38f), high = BP_SPLAT16(-3e38f), weight = {0}, sum = {0}, count = {0}, plain = {0};
    for (int i = 0; i < PIXELS; i += 16) {
      const bp_f16 v = BP_AT16(plane + i), t = BP_AT16(trust + i), w = t * BP_AT16(weights + i);
      const bp_i16 is_there = t > 0, is_known = t >= 1;
      low = BP_PICK16(is_there & (v < low), v, low), high = BP_PICK16(is_there & (v > high), v, high);
      weight += w, sum += w * v;
      count += BP_PICK16(is_known, BP_SPLAT16(1), (bp_f16){0}), plain += BP_PICK16(is_known, v, (bp_f16){0});
    }
    float total = 0, all = 0, known = 0, light = 0;
    out->least[c] = low[0], out->most[c] = high[0];
    for (int i = 0; i < 16; i++) {
      total += sum[i], all += weight[i], known += count[i], light += plain[i];
      if (low[i] < out->least[c]) out->least[c] = low[i];
      if (high[i] > out->most[c]) out->most[c] = high[i];
    }
    if (!(all > 0)) return 0;
    out->mean[c] = total / all;
    const float middle = known > 0 ? light / known : 0;
    bp_f16 squares = {0};
    for (int i = 0; i < PIXELS; i += 16) {
      const bp_f16 d = BP_AT16(plane + i) - middle;
      squares += BP_PICK16(BP_AT16(trust + i) >= 1, d * d, (bp_f16){0});
    }
    float spread = 0;
    for (int i = 0; i < 16; i++) spread += squares[i];
    variance += known > 0 ? spread / known : 0;
  }
  out->deviation = sqrtf(variance / 3);
  return 1;
}

BP_CLONES int bp_fsr_block(
    float *out, const float *planes, const float *trust, const bp_fsr_tables *tables) {
  survey known;
  if (!look(&known, planes, trust, tables->weights)) return 0;
  spectrum left[3], whole;
  repeated weights;
  float weighted[PIXELS];
  for (int c = 0; c < 3; c++) {
    for (int i = 0; i < PIXELS; i += 16) {
      const bp_f16 w = BP_AT16(trust + i) * BP_AT16(tables->weights + i);
      BP_PUT16(weighted + i, w * (BP_AT16(planes + c * PIXELS + i) - known.mean[c]));
    }
    transform(&left[c], weighted, tables);
  }
  for (int i = 0; i < PIXELS; i += 16)
    BP_PUT16(weighted + i, BP_AT16(trust + i) * BP_AT16(tables->weights + i));
  transform(&whole, weighted, tables);
  repeat(&weights, &whole);

  const bp_fsr_settings *settings = &tables->settings;
  const float wanted = settings->per_deviation * known.deviation;
  int waves = wanted > (float)settings->least ? (int)(wanted < 1e6f ? wanted : 1e6f) : settings->least;
  waves = waves < settings->most ? waves : settings->most;
  waves = waves < BP_FSR_WAVES ? waves : BP_FSR_WAVES;

  bp_f16 made[3] = {{0}};
  const float share = settings->share / whole.re[0][0];
  int next = take(left, 0, &weights, tables);
  for (int count = 0; count < waves;) {
    wave one = {next / SIZE, next % SIZE, 0, {0}, {0}};
    one.is_alone = one.u % HALF == 0 && one.v % HALF == 0;
    bp_f16 c, s;
    for (int i = 0; i < BLOCK * BLOCK; i++) {
      const int x = (SIZE - BLOCK) / 2 + i % BLOCK, y = (SIZE - BLOCK) / 2 + i / BLOCK;
      c[i] = cosine(one.u * y + one.v * x), s[i] = sine(one.u * y + one.v * x);
    }
    const float both = one.is_alone ? 1 : 2;
    for (int p = 0; p < 3; p++) {
      one.re[p] = share * left[p].re[one.u][one.v], one.im[p] = one.is_alone ? 0 : share * left[p].im[one.u][one.v];
      made[p] += both * (one.re[p] * c - one.im[p] * s);
    }
    next = take(left, &one, &weights, tables);
    count += one.is_alone ? 1 : 2;
  }
  for (int p = 0; p < 3; p++) {
    const float range = 0.5f * (known.most[p] - known.least[p]);
    const float low = known.least[p] - range, high = known.most[p] + range;
    const bp_f16 v = known.mean[p] + made[p], held = BP_PICK16(v > low, v, BP_SPLAT16(low));
    BP_PUT16(out + p * BLOCK * BLOCK, BP_PICK16(held < high, held, BP_SPLAT16(high)));
  }
  return 1;
}
