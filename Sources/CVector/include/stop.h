#ifndef BP_STOP_H
#define BP_STOP_H

// Asked now and then by long loops: `asked(who)` is not 0 when the result is no longer wanted.
typedef struct {
  int (*asked)(const void *who);
  const void *who;
} bp_stop;

#endif
