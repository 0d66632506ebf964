// A clean plate: of what several frames show at a pixel, what most of them show.
#ifndef BP_PLATE_H
#define BP_PLATE_H

#include <stddef.h>

enum {
  BP_PLATE_FRAMES = 65,
  // How it is chosen from what is seen.
  BP_PLATE_MOST = 0,
  BP_PLATE_MEDIAN = 1,
  BP_PLATE_FIRST = 2
};

// `planes` are red, green, blue and how much is seen, of one frame after the other, in numbers in which noise is even; what is
// not finite does not count, nor what is seen less than nearly whole, unless there is nothing else, and then down to a half. `tolerance` is how different the same may look. `out` are red, green,
// blue, and how sure that is: 0 where no frame shows anything.
void bp_plate(
    float *const out[4], const float *const *planes, int frames, size_t count, int choice,
    float tolerance);

#endif
