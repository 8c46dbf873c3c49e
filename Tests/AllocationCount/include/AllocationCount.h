/* Counts what a process takes from malloc: for the probe that holds the log to "none per event". */
#ifndef ALLOCATION_COUNT_H
#define ALLOCATION_COUNT_H

#include <stdint.h>

/* Blocks that were taken since the process began, by all threads; a block that grew counts again. */
uint64_t allocation_count(void);

#endif
