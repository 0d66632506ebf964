#ifndef CEXR_H
#define CEXR_H
#endif
