/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#include "internal.h"

#include <string.h>

static int is_plain(uint8_t c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

/* Moves over ASCII that stands for itself in JSON, eight bytes at a time: what isn't below 0x20, a quote, a
 * backslash or above 0x7F. Subtracting borrows into higher bytes only, so the lowest byte that is marked is
 * marked rightly (little-endian, as all we run on). */
const uint8_t *clua_skip_plain(const uint8_t *p, const uint8_t *end) {
    const uint64_t ones = 0x0101010101010101;
    while (end - p >= 8) {
        uint64_t word;
        memcpy(&word, p, sizeof word);
        uint64_t quote = (word ^ ones * '"') - ones, backslash = (word ^ ones * '\\') - ones;
        uint64_t stops = (word | (word - ones * 0x20) | quote | backslash) & ones * 0x80;
        if (stops != 0) return p + __builtin_ctzll(stops) / 8;
        p += 8;
    }
    while (p < end && is_plain(*p)) p++;
    return p;
}

static int continues(const uint8_t *p, uint8_t low, uint8_t high) { return *p >= low && *p <= high; }

/* Length of the well-formed sequence at p (p < end), or 0. The table is RFC 3629, section 4. */
size_t clua_utf8_sequence(const uint8_t *p, const uint8_t *end) {
    uint8_t lead = *p;
    size_t room = (size_t)(end - p);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return room >= 2 && continues(p + 1, 0x80, 0xBF) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        uint8_t low = lead == 0xE0 ? 0xA0 : 0x80;
        uint8_t high = lead == 0xED ? 0x9F : 0xBF;
        return room >= 3 && continues(p + 1, low, high) && continues(p + 2, 0x80, 0xBF) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        uint8_t low = lead == 0xF0 ? 0x90 : 0x80;
        uint8_t high = lead == 0xF4 ? 0x8F : 0xBF;
        int whole = room >= 4 && continues(p + 1, low, high) && continues(p + 2, 0x80, 0xBF);
        return whole && continues(p + 3, 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

/* Writes a scalar value; returns the number of bytes, at most 4. */
size_t clua_utf8_encode(uint32_t scalar, uint8_t *out) {
    if (scalar < 0x80) {
        out[0] = (uint8_t)scalar;
        return 1;
    }
    if (scalar < 0x800) {
        out[0] = (uint8_t)(0xC0 | scalar >> 6);
        out[1] = (uint8_t)(0x80 | (scalar & 0x3F));
        return 2;
    }
    if (scalar < 0x10000) {
        out[0] = (uint8_t)(0xE0 | scalar >> 12);
        out[1] = (uint8_t)(0x80 | (scalar >> 6 & 0x3F));
        out[2] = (uint8_t)(0x80 | (scalar & 0x3F));
        return 3;
    }
    out[0] = (uint8_t)(0xF0 | scalar >> 18);
    out[1] = (uint8_t)(0x80 | (scalar >> 12 & 0x3F));
    out[2] = (uint8_t)(0x80 | (scalar >> 6 & 0x3F));
    out[3] = (uint8_t)(0x80 | (scalar & 0x3F));
    return 4;
}
