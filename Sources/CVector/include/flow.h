#ifndef BP_FLOW_H
#define BP_FLOW_H

#include "clones.h"

#include <stddef.h>
#include <stdint.h>

// The loops of BipackKernels/Flow, which says what they are for: where in the picture `to` is what is here
// in the picture `from`?
//
// Pictures are brightnesses, encoded, one plane for each size. Planes point at pixel (0, 0) of the size;
// around it BP_FLOW_ROOM rows and columns repeat its border. A field holds flow in pixels of its size, x to the
// right and y down, for a rectangle of the size.
enum {
  BP_FLOW_PATCH = 8,
  BP_FLOW_ROOM = 16,
  // Rows and columns around a field that repeat its border.
  BP_FLOW_FIELD_ROOM = 4
};

typedef struct {
  ptrdiff_t width, height, stride;
  // Of the place of pixel (0, 0) in the document, what halving leaves: 0 or 1.
  ptrdiff_t odd_x, odd_y;
  const float *from, *to;
} bp_flow_pair;

typedef struct {
  // The pixel (x0, y0).
  float *u, *v;
  ptrdiff_t stride, x0, y0, x1, y1;
} bp_flow_field;

// Planes of light, and what each counts.
typedef struct {
  const float *planes[3];
  float shares[3];
  int count;
  ptrdiff_t stride;
  int halvings;
} bp_flow_colors;

// A row of `width` brightnesses, about 0 to 255, in which a stop is about a step: means of blocks that are
// 2^halvings pixels wide and high. What is below 0 or no number is black. `work`: floats for two rows of the planes.
void bp_flow_light(float *out, float *work, const bp_flow_colors *colors, ptrdiff_t width);

// A row at half the size: means of 2 x 2 pixels, from the row and the one `stride` further.
void bp_flow_halve(float *out, const float *source, ptrdiff_t stride, ptrdiff_t width);

// Patches lie on a grid `step` pixels apart, the last ones at the border. The grid goes over the whole size;
// its columns i0 to i1 and rows j0 to j1 are worked on.
typedef struct {
  ptrdiff_t step, i0, j0, i1, j1;
} bp_flow_grid;

// Of each patch its flow, how much it differs there (the sum of squares off the mean), and by how much it is
// brighter there.
enum { BP_FLOW_FOUND = 4 };

// Row j of the grid: from the flow found at half the size, or none, at most `turns` steps of inverse search.
void bp_flow_begin(float *found, const bp_flow_pair *pair, const bp_flow_grid *grid, ptrdiff_t j,
                   const bp_flow_field *coarse, int turns);

// The same row again: takes a neighbour's flow where that fits better, and goes on from there. Both point at
// row j; neighbours are read in `found`.
void bp_flow_improve(float *better, const float *found, const bp_flow_pair *pair,
                     const bp_flow_grid *grid, ptrdiff_t j, int turns);

// Rows y0 to y1 of the field: the mean of the patches over each pixel, weighted by how well they fit it.
// `found`: at row j0; `weight`: floats for a row of the field.
void bp_flow_spread(const bp_flow_field *field, float *weight, const float *found,
                    const bp_flow_pair *pair, const bp_flow_grid *grid, ptrdiff_t y0, ptrdiff_t y1);

// What the refinement works on, planes like those of the field: `to` brought here by it, 1 where that is seen
// and 0 where it is outside, the slopes of the mean of both, their difference.
typedef struct {
  float *warped, *seen, *slope_x, *slope_y, *change;
} bp_flow_pictures;

// Row y of the first two, then of the others.
void bp_flow_warp(const bp_flow_pictures *pictures, const bp_flow_field *field,
                  const bp_flow_pair *pair, ptrdiff_t y);
void bp_flow_slopes(const bp_flow_pictures *pictures, const bp_flow_field *field,
                    const bp_flow_pair *pair, ptrdiff_t y);

typedef struct {
  // What counts how much: that flow is smooth, that slopes stay, that brightness does.
  float smooth, slopes, brightness;
  // Sweeps of successive over-relaxation, and by how much each goes too far.
  int sweeps;
  float over;
} bp_flow_weights;

// Floats that a band of `rows` rows needs as `scratch`.
ptrdiff_t bp_flow_scratch(ptrdiff_t width, ptrdiff_t rows, const bp_flow_weights *weights);

// Rows y0 to y1 of `next`: one step of the refinement of `field`, whose pictures were brought here by `start`.
void bp_flow_relax(const bp_flow_field *next, const bp_flow_field *field,
                   const bp_flow_field *start, const bp_flow_pictures *pictures,
                   const bp_flow_weights *weights, ptrdiff_t y0, ptrdiff_t y1, float *scratch);

// Of row y, where it is seen: sums of squares of `from` and `warped` off their means around, and of products.
void bp_flow_alike(double sums[3], const bp_flow_pictures *pictures, const bp_flow_field *field,
                   const bp_flow_pair *pair, ptrdiff_t y);

// How far flow is to be trusted: 1 where `back` leads back from where it leads, 1/2 at the usual limit, 0 at twice
// its square, and 0 where it leads outside. `u` and `v`: of pixels (x0, y) and on, in pixels `scale` times as
// small; so is `back`.
void bp_flow_check(float *out, const float *u, const float *v, ptrdiff_t x0, ptrdiff_t y,
                   ptrdiff_t count, float scale, const bp_flow_field *back);

// A step and the rest of the way from where it leads: u, v and trust.
void bp_flow_chain(float *const out[3], const float *const step[3], ptrdiff_t x0, ptrdiff_t y,
                   ptrdiff_t count, float scale, const bp_flow_field *rest, const float *trust);

// Part of a row of a picture 2^halvings times as large, between two rows of `width` pixels; `first` counts from
// where the small one begins. `line`: floats for a small row.
void bp_flow_enlarge(float *out, const float *above, const float *below, float share, float *line,
                     ptrdiff_t width, ptrdiff_t first, ptrdiff_t count, int halvings);

#endif
