// What Linux offers for files beyond POSIX, which Swift's Glibc does not import.
#ifndef CFILES_H
#define CFILES_H

#include <stdint.h>

// A file in memory, open for reading and writing; -1 with errno set on failure.
int bipack_memory_file(void);

// Asks the system to begin writing these bytes of a file to the disk; does not wait for it. A hint:
// failure means nothing.
void bipack_start_writeback(int file, int64_t from, int64_t count);

// From now on `exit` leaves without taking libraries down, in which a thread may still be at work.
void bipack_exit_at_once(void);

#endif
