/* How much of the heap is in use: glibc and the sanitizer tell it in C only. */
#ifndef CHEAP_H
#define CHEAP_H

#include <stddef.h>

/* Bytes that were allocated in this process and not given back. */
size_t cheap_bytes_in_use(void);

#endif
