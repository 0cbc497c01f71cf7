#ifndef LAI_CMAPPING_H
#define LAI_CMAPPING_H

#include <stddef.h>

/// Maps the first `size` bytes of an open file into memory, for reading and for writing that never
/// reaches the file. A readable page of zeros lies behind the last one.
///
/// Should the file become shorter meanwhile, the pages it loses turn into bytes of 0xFF, which are
/// NaN in every floating-point type, where the system would end the program with SIGBUS.
///
/// NULL, with errno set, when the system refuses or when LAI_MAPPINGS are in use.
void *lai_map(int descriptor, size_t size);

/// Gives back what lai_map gave.
void lai_unmap(void *start, size_t size);

/// Has malloc keep up to 128 MB that were freed: to give the memory of a large temporary back to the
/// system and fault it in again for the next one takes longer than to compute with it.
void lai_keep_freed_memory(void);

/// How many mappings there can be at a time.
#define LAI_MAPPINGS 1024

#endif
