#ifndef BP_FSR_H
#define BP_FSR_H

#include "clones.h"

#include <stddef.h>
#include <stdint.h>

// The loops of BipackKernels/Fill/FrequencyFill.swift, which says what they are for: a block of pixels in the middle of
// a window is continued from what is known in the window.
enum { BP_FSR_WINDOW = 32, BP_FSR_BLOCK = 4, BP_FSR_WAVES = 160 };

typedef struct {
  // How much a pixel's weight falls from one pixel to the next, away from the middle.
  float decay;
  // How much of a wave is taken at a time.
  float share;
  // How many waves, a pair of opposite ones counting twice, for each unit of the standard deviation of what is known;
  // but at least and at most so many.
  float per_deviation;
  int least, most;
} bp_fsr_settings;

// What is the same for all blocks.
typedef struct {
  bp_fsr_settings settings;
  // Of a window's pixels, by how far they are from its middle.
  float weights[BP_FSR_WINDOW * BP_FSR_WINDOW];
  // Of the power of frequencies: low ones are taken rather than high ones.
  float preference[(BP_FSR_WINDOW / 2 + 1) * BP_FSR_WINDOW];
  // Cosines and sines of even frequencies along half a row, then of odd ones.
  float angles[4][BP_FSR_WINDOW / 2][BP_FSR_WINDOW / 2];
} bp_fsr_tables;

void bp_fsr_prepare(bp_fsr_tables *tables, const bp_fsr_settings *settings);

// How much a window has to say: its weights where `trust` is 1.
float bp_fsr_support(const float *trust, const bp_fsr_tables *tables);

// Makes the pixels of the block of three planes, one after the other, each row by row. `planes`: three windows, one
// after the other; `trust`: of each of their pixels, 1 for what is known, less for what was made before, 0 for what is not
// there, which must be a number all the same. Returns 0, and makes nothing, where no pixel of the window is trusted.
int bp_fsr_block(float *out, const float *planes, const float *trust, const bp_fsr_tables *tables);

#endif
