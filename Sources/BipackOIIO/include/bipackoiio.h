#ifndef BIPACKOIIO_H
#define BIPACKOIIO_H
#endif
