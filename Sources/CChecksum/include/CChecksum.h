#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Extends a CRC32C (Castagnoli polynomial 0x1EDC6F41, reflected; RFC 3720 appendix B.4) over more bytes.
/// Begin with 0; `crc32c(crc32c(0, a), b)` is the checksum of a followed by b.
/// Uses the processor's own instruction where there is one (SSE 4.2, ARMv8 CRC), else tables.
uint32_t cchecksum_crc32c(uint32_t crc, const void *bytes, size_t length);

/// The same by tables alone, on any processor: what the fast one is tested against.
uint32_t cchecksum_crc32c_portable(uint32_t crc, const void *bytes, size_t length);

/// Whether `cchecksum_crc32c` uses an instruction of this processor.
bool cchecksum_crc32c_is_hardware(void);
