// How the loops of all C targets are compiled: three clones, one answer.
//
// `BP_CLONES` before a function makes AVX-512, AVX2 and baseline copies of it, chosen once when the
// program loads. Elsewhere (arm64, other systems) it is empty and the compiler's own vector width
// serves. All clones must give the same bits: no contraction into FMA (switched off here for the
// file that includes this), no reassociation (never pass -ffast-math), no libm in the loop.

#ifndef BP_CLONES_H
#define BP_CLONES_H

#pragma STDC FP_CONTRACT OFF

// BP_KERNELS (Package.swift, BIPACK_KERNELS) builds one of them only, for the tests that compare all:
// 1 the baseline, 3 AVX2, 4 AVX-512.
#if defined(BP_KERNELS) && BP_KERNELS == 1
#define BP_CLONES
#elif defined(BP_KERNELS) && BP_KERNELS == 3
#define BP_CLONES __attribute__((target("arch=x86-64-v3")))
#elif defined(BP_KERNELS) && BP_KERNELS == 4
#define BP_CLONES __attribute__((target("arch=x86-64-v4")))
#elif defined(__x86_64__) && defined(__linux__) && defined(__has_attribute)
#if __has_attribute(target_clones)
#define BP_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
#endif
#ifndef BP_CLONES
#define BP_CLONES
#endif

// A loop whose elements do not depend on each other. Its output may be the very same array as an
// input (element by element in place), but must not overlap it otherwise.
#define BP_ELEMENTWISE _Pragma("clang loop vectorize(assume_safety)")

// The same for long chains of operations that wait for each other: four vectors at once keep the
// arithmetic units busy meanwhile.
#define BP_ELEMENTWISE_DEEP _Pragma("clang loop vectorize(assume_safety) interleave_count(4)")

// A loop of few turns, their number known: no loop is left.
#define BP_UNROLL _Pragma("clang loop unroll(full)")

// For the pieces a cloned loop is made of: inlined, so that they are compiled for each clone.
#define BP_INLINE static inline __attribute__((always_inline, unused))

#endif
