// What the helper may use for one question.
#ifndef MEANS_H
#define MEANS_H

#include <cstdint>

// Once, at the start: no core files, first to go when the system is short of memory, and the signal of
// a file-size limit is noted instead of ending the helper.
void prepare_process();

// Bounds memory and processor time to so much more than was used so far. Who asks for more memory is
// refused; who takes more time is ended by the system.
void allow(uint64_t bytes, uint32_t seconds);

// Gives memory back that a large picture left in the allocator's hands.
void tidy();

// Whether a write was cut by a file-size limit since the last call. Encoders do not always notice.
bool met_size_limit();

// Ends the process when the other end of the socket is gone, whatever it is doing then.
void leave_with_caller(int socket);

#endif
