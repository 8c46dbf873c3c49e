/* Bytes in use, for LuaProbe: a run of random calls must not make them grow. */
#include "CHeap.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifdef SANITIZED

/* Declared in <sanitizer/allocator_interface.h>, which not every toolchain ships. */
size_t __sanitizer_get_current_allocated_bytes(void);

size_t cheap_bytes_in_use(void) { return __sanitizer_get_current_allocated_bytes(); }

#else

#include <malloc.h>

/* uordblks: in the arenas; hblkhd: large blocks, mapped one by one. */
size_t cheap_bytes_in_use(void) {
    struct mallinfo2 all = mallinfo2();
    return all.uordblks + all.hblkhd;
}

#endif
