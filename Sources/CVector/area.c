#include "area.h"

#include <string.h>

// Floats as integers in the same order; the greatest first.
static uint32_t key_of(float v, int closing) {
  uint32_t bits;
  v += 0.0f;  // minus zero is zero
  memcpy(&bits, &v, 4);
  const uint32_t rising = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
  return closing ? rising : ~rising;
}

// Sorts places by key, equal ones by place: three passes of eleven bits.
static void sort(const uint32_t *keys, int32_t *places, int32_t *other, ptrdiff_t count) {
  for (int pass = 0; pass < 3; pass++) {
    const int shift = 11 * pass;
    ptrdiff_t starts[2049] = {0};
    for (ptrdiff_t i = 0; i < count; i++) starts[(keys[places[i]] >> shift & 2047) + 1]++;
    for (int d = 0; d < 2048; d++) starts[d + 1] += starts[d];
    for (ptrdiff_t i = 0; i < count; i++) other[starts[keys[places[i]] >> shift & 2047]++] = places[i];
    int32_t *swap = places;
    places = other, other = swap;
  }
  // An odd number of passes: the result lies in what was `other`.
}

static int32_t root_of(int32_t *parent, int32_t at) {
  while (parent[at] >= 0) {
    const int32_t up = parent[at];
    if (parent[up] >= 0) parent[at] = parent[up];
    at = up;
  }
  return at;
}

enum { UNSEEN = INT32_MIN };

// A root's parent is minus the pixels joined to it, up to `area`. The trees hang from their latest
// pixel, the least bright: a tree that is large enough grows no more, and its pixels keep the value
// they had or got when it became so.
void bp_area_open(
    float *dst, const float *src, ptrdiff_t width, ptrdiff_t height, int32_t area, int corners,
    int closing, int32_t *work) {
  const ptrdiff_t count = width * height;
  uint32_t *keys = (uint32_t *)work;
  int32_t *spare = work + count, *places = work + 2 * count, *parent = work + 3 * count;
  ptrdiff_t seen = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    dst[i] = src[i];
    parent[i] = UNSEEN;
    keys[i] = key_of(src[i], closing);
    if (src[i] == src[i]) spare[seen++] = (int32_t)i;
  }
  sort(keys, spare, places, seen);
  for (ptrdiff_t k = 0; k < seen; k++) {
    const int32_t at = places[k];
    const ptrdiff_t x = at % width, y = at / width;
    parent[at] = -1;
    for (int dy = -1; dy <= 1; dy++)
      for (int dx = -1; dx <= 1; dx++) {
        if ((!dx && !dy) || (dx && dy && !corners)) continue;
        if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue;
        const int32_t near = at + (int32_t)(dy * width) + dx;
        if (parent[near] == UNSEEN) continue;
        const int32_t root = root_of(parent, near);
        if (root == at) continue;
        // A speck grows while it is too small, or while what is added is no darker.
        const int is_small = -parent[root] < area;
        if (is_small || keys[root] == keys[at]) {
          const int32_t both = -parent[root] - parent[at];
          parent[root] = at;
          parent[at] = -(both < area ? both : area);
        } else {
          parent[at] = -area;
        }
      }
  }
  // From the least bright on: a pixel takes the value of the one it hangs from.
  for (ptrdiff_t k = seen; k-- > 0;) {
    const int32_t at = places[k];
    if (parent[at] >= 0) dst[at] = dst[parent[at]];
  }
}
