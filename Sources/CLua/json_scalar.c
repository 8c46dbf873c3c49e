/* Strings and numbers of JSON (RFC 8259, strictly). */
#include "json_reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int is_digit(clua_json_reader *r) { return r->p < r->end && (uint8_t)(*r->p - '0') < 10; }

static uint32_t read_hex4(clua_json_reader *r) {
    if (r->end - r->p < 4) clua_json_refuse(r, "\\u needs four hexadecimal digits");
    uint32_t value = 0;
    for (int i = 0; i < 4; i++, r->p++) {
        uint8_t c = *r->p, lower = c | 0x20;
        if (c >= '0' && c <= '9') value = value << 4 | (uint32_t)(c - '0');
        else if (lower >= 'a' && lower <= 'f') value = value << 4 | (uint32_t)(lower - 'a' + 10);
        else clua_json_refuse(r, "\\u needs four hexadecimal digits");
    }
    return value;
}

static void read_unicode_escape(clua_json_reader *r, clua_buffer *out) {
    uint32_t scalar = read_hex4(r);
    if (scalar >= 0xD800 && scalar <= 0xDFFF) {
        int followed = r->end - r->p >= 6 && r->p[0] == '\\' && r->p[1] == 'u';
        if (scalar > 0xDBFF || !followed) clua_json_refuse(r, "a lone surrogate");
        r->p += 2;
        uint32_t low = read_hex4(r);
        if (low < 0xDC00 || low > 0xDFFF) clua_json_refuse(r, "a lone surrogate");
        scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00);
    }
    uint8_t bytes[4];
    size_t count = clua_utf8_encode(scalar, bytes);
    clua_buffer_append(r->L, out, bytes, count);
}

static void read_escape(clua_json_reader *r, clua_buffer *out) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    r->p++;
    if (r->p == r->end) clua_json_refuse(r, "the text ends within a string");
    uint8_t c = *r->p;
    if (c == 'u') {
        r->p++;
        read_unicode_escape(r, out);
        return;
    }
    const char *found = c == 0 ? NULL : strchr(from, c);
    if (found == NULL) clua_json_refuse(r, "an unknown escape in a string");
    clua_buffer_byte(r->L, out, (uint8_t)to[found - from]);
    r->p++;
}

/* Moves over plain characters, checking UTF-8; stops at the quote or the first escape. */
static void skip_plain(clua_json_reader *r) {
    const uint8_t *p = r->p, *end = r->end;
    while ((p = clua_skip_plain(p, end)) < end) {
        uint8_t c = *p;
        if (c == '"' || c == '\\') break;
        size_t length = c < 0x20 ? 0 : clua_utf8_sequence(p, end);
        if (length == 0) {
            r->p = p;
            clua_json_refuse(r, c < 0x20 ? "a control character in a string" : "a string that is not UTF-8");
        }
        p += length;
    }
    r->p = p;
    if (p == end) clua_json_refuse(r, "the text ends within a string");
}

static int is_unwanted(clua_json_reader *r, const char *key, size_t length) {
    return r->shape != NULL && r->depth == 1 && !clua_shape_has(r->shape, key, length);
}

static void read_escaped_string(clua_json_reader *r, const uint8_t *first, int is_key) {
    clua_buffer *out = &r->vm->unescaped;
    out->length = 0;
    clua_buffer_append(r->L, out, first, (size_t)(r->p - first));
    while (*r->p != '"') {
        read_escape(r, out);
        first = r->p;
        skip_plain(r);
        clua_buffer_append(r->L, out, first, (size_t)(r->p - first));
    }
    r->p++;
    if (is_key && is_unwanted(r, (const char *)out->bytes, out->length)) r->skipping = 1;
    if (!r->skipping) lua_pushlstring(r->L, (const char *)out->bytes, out->length);
}

void clua_json_read_string(clua_json_reader *r, int is_key) {
    const uint8_t *first = ++r->p;
    skip_plain(r);
    if (*r->p != '"') {
        read_escaped_string(r, first, is_key);
        return;
    }
    size_t length = (size_t)(r->p++ - first);
    if (is_key && is_unwanted(r, (const char *)first, length)) r->skipping = 1;
    if (r->skipping) return;
    if (is_key) clua_push_key(r->L, r->keys, (const char *)first, length);
    else lua_pushlstring(r->L, (const char *)first, length);
}

/* The general reading of a float; the token is copied because strtod needs its end marked. */
static void push_float(clua_json_reader *r, const uint8_t *first) {
    size_t length = (size_t)(r->p - first);
    char local[64];
    const char *text = local;
    if (length < sizeof local) {
        memcpy(local, first, length);
        local[length] = 0;
    } else {
        text = lua_pushlstring(r->L, (const char *)first, length);
    }
    double value = strtod(text, NULL);
    if (text != local) lua_pop(r->L, 1);
    if (isinf(value)) clua_json_refuse(r, "a number beyond a 64-bit float");
    if (!r->skipping) lua_pushnumber(r->L, value);
}

/* Digits after the point and the exponent, as long as mantissa and power of ten are both exact doubles: then
 * one multiplication or division is the correctly rounded value (Clinger, "How to read floating point numbers
 * accurately", 1990). */
static void read_float(clua_json_reader *r, const uint8_t *first, uint64_t mantissa, int digits,
                       int negative) {
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    int exponent = 0;
    if (*r->p == '.') {
        r->p++;
        if (!is_digit(r)) clua_json_refuse(r, "a point needs a digit behind it");
        for (; is_digit(r); r->p++, digits++, exponent--)
            if (digits < 18) mantissa = mantissa * 10 + (uint64_t)(*r->p - '0');
    }
    if (r->p < r->end && (*r->p | 0x20) == 'e') {
        r->p++;
        int minus = r->p < r->end && *r->p == '-';
        if (r->p < r->end && (*r->p == '-' || *r->p == '+')) r->p++;
        if (!is_digit(r)) clua_json_refuse(r, "an exponent needs a digit");
        int given = 0;
        for (; is_digit(r); r->p++)
            if (given < 10000) given = given * 10 + (*r->p - '0');
        exponent += minus ? -given : given;
    }
    if (digits >= 18 || mantissa > (1ull << 53) || exponent < -22 || exponent > 22) {
        push_float(r, first);
        return;
    }
    double value = (double)mantissa;
    value = exponent < 0 ? value / power[-exponent] : value * power[exponent];
    if (!r->skipping) lua_pushnumber(r->L, negative ? -value : value);
}

void clua_json_read_number(clua_json_reader *r) {
    const uint8_t *first = r->p;
    int negative = *r->p == '-';
    r->p += negative;
    if (!is_digit(r)) clua_json_refuse(r, "a minus needs a digit behind it");
    const uint8_t *digits = r->p;
    uint64_t value = 0;
    int too_large = 0;
    if (*r->p == '0') {
        r->p++;
        if (is_digit(r)) clua_json_refuse(r, "a number with a leading zero");
    } else {
        for (; is_digit(r); r->p++) {
            uint64_t digit = (uint64_t)(*r->p - '0');
            too_large |= value > (UINT64_MAX - digit) / 10;
            value = value * 10 + digit;
        }
    }
    if (r->p < r->end && (*r->p == '.' || (*r->p | 0x20) == 'e')) {
        read_float(r, first, value, too_large ? 99 : (int)(r->p - digits), negative);
        return;
    }
    if (too_large || value > (uint64_t)INT64_MAX + (uint64_t)negative)
        clua_json_refuse(r, "an integer beyond 64 bits");
    if (!r->skipping) lua_pushinteger(r->L, (lua_Integer)(negative ? 0 - value : value));
}
