// One loop, compiled for several x86-64 levels and chosen at load time; plain elsewhere.
// Results must not depend on the level: no contraction, no reassociation.
#ifndef BIPACK_CLONES_H
#define BIPACK_CLONES_H

#if defined(__x86_64__) && defined(__linux__) && !defined(__SANITIZE_THREAD__)
#define BIPACK_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define BIPACK_CLONES
#endif

#endif
