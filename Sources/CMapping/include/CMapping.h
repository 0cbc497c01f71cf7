#ifndef LAI_CMAPPING_H
#define LAI_CMAPPING_H

#include <stdbool.h>
#include <stddef.h>

#include "PartFiles.h"

/// Maps the first `size` bytes of an open file into memory. Writes stay in memory and never reach
/// the file. A readable page of zeros lies behind the last page.
///
/// If the file becomes shorter, the pages that it loses turn into bytes of 0xFF, which are NaN in
/// every floating-point type. Otherwise the system would end the program with SIGBUS.
///
/// Returns NULL, with errno set, when the system refuses or when LAI_MAPPINGS are in use.
void *lai_map(int descriptor, size_t size);

/// Unmaps what lai_map returned.
void lai_unmap(void *start, size_t size);

/// Makes malloc keep up to 128 MB that were freed. Returning the memory of a large temporary to the
/// system and faulting it in again for the next one takes longer than computing with it.
void lai_keep_freed_memory(void);

/// Makes malloc take memory for all threads from one place. Otherwise each thread reserves 64 MB of
/// addresses for ever.
void lai_use_one_arena(void);

/// Bytes that malloc has taken from the system and that are free. Slow where there are many blocks.
size_t lai_free_blocks(void);

/// Returns all freed memory to the system if lai_keep_freed_memory has been called. Returns false
/// without doing anything otherwise.
bool lai_return_freed_memory(void);

/// The largest number of mappings at a time.
#define LAI_MAPPINGS 1024

#endif
