#ifndef COCIO_H
#define COCIO_H
#endif
