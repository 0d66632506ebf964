// Mattes are mostly clear or solid. So first what is above the limit is cut into runs along the rows,
// and runs that touch are joined: what is large already stays, and so does all that belongs to it. Only
// the rest is sorted and joined pixel by pixel from the brightest down (Meijster & Wilkinson 2002): a
// speck that is too small hangs from the next darker pixel it touches, and takes its value in the end.
// The least value of all needs no sorting either. The result is unique, whatever the order of equals.

#include "area.h"

#include <string.h>

enum { UNSEEN = INT32_MIN, LARGE = INT32_MIN + 1 };

// Pixels between two questions whether the result is still wanted.
enum { PIECE = 1 << 16, ROWS = 16 };

// Asked at every piece of a loop over pixels.
#define GIVE_UP_AT(k) \
  if ((k) % PIECE == 0 && stop.asked(stop.who)) return

// Floats as integers in the same order; the greatest first.
static uint32_t key_of(float v) {
  uint32_t bits;
  v += 0.0f;  // minus zero is zero
  memcpy(&bits, &v, 4);
  return bits & 0x80000000u ? bits : ~(bits | 0x80000000u);
}

// Follows places to the last one, and shortens the way for the next time.
static int32_t root_of(int32_t *parent, int32_t at) {
  while (parent[at] >= 0) {
    const int32_t up = parent[at];
    if (parent[up] >= 0) parent[at] = parent[up];
    at = up;
  }
  return at;
}

// Joins two trees; a root holds minus the size, up to `area`.
static void join(int32_t *parent, int32_t below, int32_t above, int32_t area) {
  const int32_t both = -parent[below] - parent[above];
  parent[below] = above;
  parent[above] = -(both < area ? both : area);
}

// Marks with LARGE what is above `limit` and joined to at least `area` pixels that are; the rest gets
// UNSEEN. `work`: as long as all runs there can be, three times.
static void mark_large(
    int32_t *marks, const float *src, ptrdiff_t width, ptrdiff_t height, int32_t area, int corners,
    float sign, float limit, int32_t *work, bp_stop stop) {
  const ptrdiff_t count = width * height, most = (count + height) / 2 + 1;
  int32_t *begin = work, *end = work + most, *parent = work + 2 * most;
  int32_t runs = 0, last_row = 0;
  for (ptrdiff_t y = 0; y < height; y++) {
    if (y % ROWS == 0 && stop.asked(stop.who)) return;
    const float *row = src + y * width;
    const int32_t this_row = runs;
    int32_t above = last_row;
    for (ptrdiff_t x = 0; x < width;) {
      if (!(sign * row[x] > limit)) {
        x++;
        continue;
      }
      const ptrdiff_t from = x;
      while (x < width && sign * row[x] > limit) x++;
      begin[runs] = (int32_t)(y * width + from);
      end[runs] = (int32_t)(y * width + x);
      parent[runs] = -(x - from < area ? (int32_t)(x - from) : area);
      // Runs of the row above that lie over it, or touch it at a corner.
      const int32_t reach = corners ? 1 : 0, up = (int32_t)width;
      while (above < this_row && end[above] + up + reach <= begin[runs]) above++;
      for (int32_t k = above; k < this_row && begin[k] + up < end[runs] + reach; k++) {
        const int32_t a = root_of(parent, k), b = root_of(parent, runs);
        if (a != b) join(parent, a, b, area);
      }
      runs++;
    }
    last_row = this_row;
  }
  for (ptrdiff_t i = 0; i < count; i++) marks[i] = UNSEEN;
  for (int32_t k = 0; k < runs; k++)
    if (-parent[root_of(parent, k)] >= area)
      for (int32_t i = begin[k]; i < end[k]; i++) marks[i] = LARGE;
}

// Sorts places by key, equal ones by place: three passes of eleven bits. The result lies in `other`.
static void sort(
    const uint32_t *keys, int32_t *places, int32_t *other, ptrdiff_t count, bp_stop stop) {
  for (int pass = 0; pass < 3; pass++) {
    const int shift = 11 * pass;
    ptrdiff_t starts[2049] = {0};
    for (ptrdiff_t i = 0; i < count; i++) {
      GIVE_UP_AT(i);
      starts[(keys[places[i]] >> shift & 2047) + 1]++;
    }
    for (int d = 0; d < 2048; d++) starts[d + 1] += starts[d];
    for (ptrdiff_t i = 0; i < count; i++) {
      GIVE_UP_AT(i);
      other[starts[keys[places[i]] >> shift & 2047]++] = places[i];
    }
    int32_t *swap = places;
    places = other, other = swap;
  }
}

// The neighbours of a pixel within the picture, up to eight; returns how many.
static int neighbours(
    int32_t *near, int32_t at, ptrdiff_t width, ptrdiff_t height, int corners) {
  const ptrdiff_t x = at % width, y = at / width;
  int count = 0;
  for (int dy = -1; dy <= 1; dy++)
    for (int dx = -1; dx <= 1; dx++) {
      if ((!dx && !dy) || (dx && dy && !corners)) continue;
      if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue;
      near[count++] = at + (int32_t)(dy * width) + dx;
    }
  return count;
}

void bp_area_open(
    float *dst, const float *src, ptrdiff_t width, ptrdiff_t height, int32_t area, int corners,
    int closing, float limit, int32_t *work, bp_stop stop) {
  const ptrdiff_t count = width * height;
  const float sign = closing ? -1 : 1;
  int32_t *parent = work, *spare = work + count, *places = work + 2 * count;
  uint32_t *keys = (uint32_t *)(work + 3 * count);
  for (ptrdiff_t i = 0; i < count; i += PIECE) {
    GIVE_UP_AT(i);
    memcpy(dst + i, src + i, (size_t)(count - i < PIECE ? count - i : PIECE) * sizeof(float));
  }
  mark_large(parent, src, width, height, area, corners, sign, sign * limit, work + count, stop);
  if (stop.asked(stop.who)) return;
  // What is left, in order; the least value's pixels are many, and stay as they are.
  uint32_t darkest = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    GIVE_UP_AT(i);
    keys[i] = src[i] == src[i] ? key_of(sign * src[i]) : 0;
    if (keys[i] > darkest) darkest = keys[i];
  }
  ptrdiff_t seen = 0;
  for (ptrdiff_t i = 0; i < count; i++)
    if (parent[i] == UNSEEN && keys[i] != darkest && src[i] == src[i]) spare[seen++] = (int32_t)i;
  sort(keys, spare, places, seen, stop);
  if (stop.asked(stop.who)) return;
  int32_t near[8];
  for (ptrdiff_t k = 0; k < seen; k++) {
    GIVE_UP_AT(k);
    const int32_t at = places[k], found = neighbours(near, at, width, height, corners);
    parent[at] = -1;
    for (int n = 0; n < found; n++) {
      if (parent[near[n]] == UNSEEN) continue;
      // A speck grows while it is too small, or while what is added is no darker.
      const int32_t root = parent[near[n]] == LARGE ? LARGE : root_of(parent, near[n]);
      if (root == at) continue;
      if (root != LARGE && (-parent[root] < area || keys[root] == keys[at]))
        join(parent, root, at, area);
      else
        parent[at] = -area;
    }
  }
  // What is still too small sinks to the darkest, if it touches that.
  for (ptrdiff_t k = 0; k < seen; k++) {
    GIVE_UP_AT(k);
    const int32_t at = places[k], found = neighbours(near, at, width, height, corners);
    for (int n = 0; n < found; n++) {
      if (keys[near[n]] != darkest || src[near[n]] != src[near[n]]) continue;
      const int32_t root = root_of(parent, at);
      if (-parent[root] < area) dst[root] = src[near[n]];
      break;
    }
  }
  // From the least bright on, a pixel takes the value of the one it hangs from.
  for (ptrdiff_t k = seen; k-- > 0;) {
    GIVE_UP_AT(k);
    const int32_t at = places[k];
    if (parent[at] >= 0) dst[at] = dst[parent[at]];
  }
  for (ptrdiff_t k = 0; k < seen; k++)
    if (sign * dst[places[k]] > sign * limit) dst[places[k]] = src[places[k]];
}
