#ifndef CVECTOR_H
#define CVECTOR_H

// Loops that need wide SIMD, one header per family. See clones.h for how they are compiled.
#include "align.h"
#include "area.h"
#include "clones.h"
#include "curve.h"
#include "denoise.h"
#include "disc.h"
#include "distance.h"
#include "filter.h"
#include "flow.h"
#include "functions.h"
#include "grade.h"
#include "grain.h"
#include "hue.h"
#include "key.h"
#include "lut.h"
#include "matting.h"
#include "merge.h"
#include "multigrid.h"
#include "noise.h"
#include "order.h"
#include "positions.h"
#include "resample.h"
#include "steady.h"
#include "stop.h"
#include "transfer.h"
#include "unmix.h"
#include "vectors.h"
#include "vmath.h"

#endif
