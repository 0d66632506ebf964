// A deflate encoder for pieces of one stream that are compressed on different threads.
//
// Libraries end a stream with a final block, so their output cannot be strung together. This one
// writes blocks that are not final and ends at a byte, and no piece looks back into another: pieces
// side by side are one stream, and its bytes do not depend on who compressed what. It looks at one
// earlier place per position, which is what filtered pictures repay; the rest is the entropy coder.
#ifndef CPNG_DEFLATE_H
#define CPNG_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

typedef struct bipack_deflater bipack_deflater;

// `effort` 0 stores, 1 only codes bytes by their frequency, 2 and more look for repetitions.
bipack_deflater *bipack_deflater_new(int effort);
void bipack_deflater_free(bipack_deflater *deflater);

// The most bytes that `size` bytes can become.
size_t bipack_deflate_bound(size_t size);
// Compresses a piece; returns its size. `to` has room for the bound.
size_t bipack_deflate(bipack_deflater *deflater, const uint8_t *from, size_t size, uint8_t *to);
// The empty final block; 2 bytes.
size_t bipack_deflate_end(uint8_t *to);

#endif
