// CRC32C, three ways: SSE 4.2, ARMv8 CRC, and slicing-by-8 tables. Which one runs is decided once, when the
// program is loaded, by what the processor says about itself; all three give the same checksum.
//
// Slicing-by-8 is from Kounavis and Berry, "A Systematic Approach to Building High Performance,
// Software-based, CRC Generators" (2005): eight tables, each one byte further from the end of the word, so
// that eight bytes need eight independent look-ups.

#include "CChecksum.h"

#include <string.h>

#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

// The Castagnoli polynomial with its bits reversed, because the bytes are fed least significant bit first.
#define CRC32C_POLYNOMIAL_REFLECTED 0x82F63B78u

static uint32_t table[8][256];
static bool has_instruction;

// Before main, and so before any thread: nothing ever sees a half-filled table.
__attribute__((constructor)) static void prepare(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1) ? CRC32C_POLYNOMIAL_REFLECTED : 0);
        }
        table[0][byte] = crc;
    }
    for (uint32_t byte = 0; byte < 256; byte++) {
        for (int slice = 1; slice < 8; slice++) {
            uint32_t previous = table[slice - 1][byte];
            table[slice][byte] = (previous >> 8) ^ table[0][previous & 0xFF];
        }
    }
#if defined(__x86_64__)
    __builtin_cpu_init();
    has_instruction = __builtin_cpu_supports("sse4.2") != 0;
#elif defined(__aarch64__) && defined(__APPLE__)
    has_instruction = true;  // Every Apple processor that runs macOS 15 has it.
#elif defined(__aarch64__) && defined(__linux__)
    has_instruction = (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0;
#endif
}

// memcpy is how C says "load eight bytes from anywhere"; it becomes one instruction.
static inline uint64_t load_word(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

uint32_t cchecksum_crc32c_portable(uint32_t crc, const void *bytes, size_t length) {
    const uint8_t *next = bytes;
    crc = ~crc;
    for (; length >= 8; length -= 8, next += 8) {
        uint64_t word = load_word(next);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
#endif
        word ^= crc;
        crc = table[7][word & 0xFF] ^ table[6][(word >> 8) & 0xFF] ^ table[5][(word >> 16) & 0xFF]
            ^ table[4][(word >> 24) & 0xFF] ^ table[3][(word >> 32) & 0xFF] ^ table[2][(word >> 40) & 0xFF]
            ^ table[1][(word >> 48) & 0xFF] ^ table[0][word >> 56];
    }
    for (; length > 0; length--, next++) {
        crc = (crc >> 8) ^ table[0][(crc ^ *next) & 0xFF];
    }
    return ~crc;
}

#if defined(__x86_64__)

__attribute__((target("sse4.2")))
static uint32_t crc32c_instruction(uint32_t crc, const void *bytes, size_t length) {
    const uint8_t *next = bytes;
    uint64_t wide = (uint32_t)~crc;
    for (; length >= 8; length -= 8, next += 8) {
        wide = __builtin_ia32_crc32di(wide, load_word(next));
    }
    uint32_t narrow = (uint32_t)wide;
    for (; length > 0; length--, next++) {
        narrow = __builtin_ia32_crc32qi(narrow, *next);
    }
    return ~narrow;
}

#elif defined(__aarch64__)

__attribute__((target("crc")))
static uint32_t crc32c_instruction(uint32_t crc, const void *bytes, size_t length) {
    const uint8_t *next = bytes;
    crc = ~crc;
    for (; length >= 8; length -= 8, next += 8) {
        crc = __builtin_arm_crc32cd(crc, load_word(next));
    }
    for (; length > 0; length--, next++) {
        crc = __builtin_arm_crc32cb(crc, *next);
    }
    return ~crc;
}

#else

static uint32_t crc32c_instruction(uint32_t crc, const void *bytes, size_t length) {
    return cchecksum_crc32c_portable(crc, bytes, length);
}

#endif

uint32_t cchecksum_crc32c(uint32_t crc, const void *bytes, size_t length) {
    return has_instruction ? crc32c_instruction(crc, bytes, length)
                           : cchecksum_crc32c_portable(crc, bytes, length);
}

bool cchecksum_crc32c_is_hardware(void) {
    return has_instruction;
}
