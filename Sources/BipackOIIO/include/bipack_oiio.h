#ifndef BIPACK_OIIO_H
#define BIPACK_OIIO_H

#include "coiio.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The library's only entry point.
const bipack_oiio_api *bipack_oiio_table(void);

#ifdef __cplusplus
}
#endif
#endif
