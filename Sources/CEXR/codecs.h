// The chunk codecs. Every function checks every size it is given: the bytes are a stranger's.
#ifndef CEXR_CODECS_H
#define CEXR_CODECS_H

#include <stddef.h>
#include <stdint.h>

#include "cexr.h"

#ifdef __cplusplus
extern "C" {
#endif

struct libdeflate_decompressor;
struct libdeflate_compressor;

// 1 on success. `scratch` has at least `size` bytes.
int bipack_zip_decode(
    struct libdeflate_decompressor *inflater, const uint8_t *packed, size_t packed_size,
    uint8_t *raw, size_t size, uint8_t *scratch);
int bipack_rle_decode(
    const uint8_t *packed, size_t packed_size, uint8_t *raw, size_t size, uint8_t *scratch);

// Bytes written to `packed`, which has room for `capacity`; 0 when it does not fit.
size_t bipack_zip_encode(
    struct libdeflate_compressor *deflater, const uint8_t *raw, size_t size, uint8_t *packed,
    size_t capacity, uint8_t *scratch);
size_t bipack_rle_encode(
    const uint8_t *raw, size_t size, uint8_t *packed, size_t capacity, uint8_t *scratch);

// One channel's run of samples in a line; a chunk is `lines` x `channels` of these.
typedef struct bipack_run {
  int32_t type;
  size_t count;
} bipack_run;

size_t bipack_pxr24_size(const bipack_run *runs, size_t run_count);
void bipack_pxr24_unpack(
    const uint8_t *deltas, const bipack_run *runs, size_t run_count, uint8_t *raw);
void bipack_pxr24_pack(
    const uint8_t *raw, const bipack_run *runs, size_t run_count, uint8_t *deltas);

#ifdef __cplusplus
}
#endif
#endif
