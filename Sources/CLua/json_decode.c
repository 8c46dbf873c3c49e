/* JSON (RFC 8259, strictly) straight onto the Lua stack.
 *
 * Members and elements are pushed first and put in a table of exactly their number afterwards: presized
 * tables are a quarter faster than grown ones, and the text is read once. A null member is absent, a null
 * element is json.null; of equal keys the last one wins; integers are exact in 64 bits; what doesn't fit is
 * refused. */
#include "internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Members and elements kept on the stack before their table is made; longer ones are then filled directly. */
#define GATHERED_MAX 32

typedef struct reader {
    lua_State *L;
    clua_vm *vm;
    const uint8_t *start, *p, *end;
    int depth;
    int keys; /* stack index of the list of keys */
} reader;

static void refuse(reader *r, const char *what) {
    luaL_error(r->L, "invalid JSON at byte %d: %s", (int)(r->p - r->start) + 1, what);
}

static int peek(reader *r) {
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t')) r->p++;
    return r->p < r->end ? *r->p : -1;
}

static void read_value(reader *r);

static int is_digit(reader *r) { return r->p < r->end && (uint8_t)(*r->p - '0') < 10; }

static uint32_t read_hex4(reader *r) {
    if (r->end - r->p < 4) refuse(r, "\\u needs four hexadecimal digits");
    uint32_t value = 0;
    for (int i = 0; i < 4; i++, r->p++) {
        uint8_t c = *r->p, lower = c | 0x20;
        if (c >= '0' && c <= '9') value = value << 4 | (uint32_t)(c - '0');
        else if (lower >= 'a' && lower <= 'f') value = value << 4 | (uint32_t)(lower - 'a' + 10);
        else refuse(r, "\\u needs four hexadecimal digits");
    }
    return value;
}

static void read_unicode_escape(reader *r, clua_buffer *out) {
    uint32_t scalar = read_hex4(r);
    if (scalar >= 0xD800 && scalar <= 0xDFFF) {
        int followed = r->end - r->p >= 6 && r->p[0] == '\\' && r->p[1] == 'u';
        if (scalar > 0xDBFF || !followed) refuse(r, "a lone surrogate");
        r->p += 2;
        uint32_t low = read_hex4(r);
        if (low < 0xDC00 || low > 0xDFFF) refuse(r, "a lone surrogate");
        scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00);
    }
    uint8_t bytes[4];
    size_t count = clua_utf8_encode(scalar, bytes);
    clua_buffer_append(r->L, out, bytes, count);
}

static void read_escape(reader *r, clua_buffer *out) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    r->p++;
    if (r->p == r->end) refuse(r, "the text ends within a string");
    uint8_t c = *r->p;
    if (c == 'u') {
        r->p++;
        read_unicode_escape(r, out);
        return;
    }
    const char *found = c == 0 ? NULL : strchr(from, c);
    if (found == NULL) refuse(r, "an unknown escape in a string");
    clua_buffer_byte(r->L, out, (uint8_t)to[found - from]);
    r->p++;
}

/* Moves over plain characters, checking UTF-8; stops at the quote or the first escape. */
static void skip_plain(reader *r) {
    const uint8_t *p = r->p, *end = r->end;
    while ((p = clua_skip_plain(p, end)) < end) {
        uint8_t c = *p;
        if (c == '"' || c == '\\') break;
        size_t length = c < 0x20 ? 0 : clua_utf8_sequence(p, end);
        if (length == 0) {
            r->p = p;
            refuse(r, c < 0x20 ? "a control character in a string" : "a string that is not UTF-8");
        }
        p += length;
    }
    r->p = p;
    if (p == end) refuse(r, "the text ends within a string");
}

static void read_escaped_string(reader *r, const uint8_t *first) {
    clua_buffer *out = &r->vm->scratch;
    out->length = 0;
    clua_buffer_append(r->L, out, first, (size_t)(r->p - first));
    while (*r->p != '"') {
        read_escape(r, out);
        first = r->p;
        skip_plain(r);
        clua_buffer_append(r->L, out, first, (size_t)(r->p - first));
    }
    r->p++;
    lua_pushlstring(r->L, (const char *)out->bytes, out->length);
}

static void read_string(reader *r, int is_key) {
    const uint8_t *first = ++r->p;
    skip_plain(r);
    if (*r->p != '"') {
        read_escaped_string(r, first);
        return;
    }
    size_t length = (size_t)(r->p++ - first);
    if (is_key) clua_push_key(r->L, r->keys, (const char *)first, length);
    else lua_pushlstring(r->L, (const char *)first, length);
}

/* The general reading of a float; the token is copied because strtod needs its end marked. */
static void push_float(reader *r, const uint8_t *first) {
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
    if (isinf(value)) refuse(r, "a number beyond a 64-bit float");
    lua_pushnumber(r->L, value);
}

/* Digits after the point and the exponent, as long as mantissa and power of ten are both exact doubles: then
 * one multiplication or division is the correctly rounded value (Clinger, "How to read floating point numbers
 * accurately", 1990). */
static void read_float(reader *r, const uint8_t *first, uint64_t mantissa, int digits, int negative) {
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    int exponent = 0;
    if (*r->p == '.') {
        r->p++;
        if (!is_digit(r)) refuse(r, "a point needs a digit behind it");
        for (; is_digit(r); r->p++, digits++, exponent--)
            if (digits < 18) mantissa = mantissa * 10 + (uint64_t)(*r->p - '0');
    }
    if (r->p < r->end && (*r->p | 0x20) == 'e') {
        r->p++;
        int minus = r->p < r->end && *r->p == '-';
        if (r->p < r->end && (*r->p == '-' || *r->p == '+')) r->p++;
        if (!is_digit(r)) refuse(r, "an exponent needs a digit");
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
    lua_pushnumber(r->L, negative ? -value : value);
}

static void read_number(reader *r) {
    const uint8_t *first = r->p;
    int negative = *r->p == '-';
    r->p += negative;
    if (!is_digit(r)) refuse(r, "a minus needs a digit behind it");
    const uint8_t *digits = r->p;
    uint64_t value = 0;
    int too_large = 0;
    if (*r->p == '0') {
        r->p++;
        if (is_digit(r)) refuse(r, "a number with a leading zero");
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
    if (too_large || value > (uint64_t)INT64_MAX + (uint64_t)negative) refuse(r, "an integer beyond 64 bits");
    lua_pushinteger(r->L, (lua_Integer)(negative ? 0 - value : value));
}

static void read_word(reader *r, const char *word, size_t length) {
    if ((size_t)(r->end - r->p) < length || memcmp(r->p, word, length) != 0) refuse(r, "expected a value");
    r->p += length;
}

/* After a value: true when another one follows. */
static int read_comma(reader *r, int close, const char *what) {
    int c = peek(r);
    if (c != ',' && c != close) refuse(r, what);
    r->p++;
    return c == ',';
}

/* Moves the gathered values above `base` into a new table there; `stride` 2 for pairs, 1 for elements. */
static void make_table(lua_State *L, int base, int stride) {
    int count = (lua_gettop(L) - base) / stride;
    if (stride == 2) lua_createtable(L, 0, count);
    else lua_createtable(L, count, 0);
    for (int i = 0; i < count; i++) {
        if (stride == 2) {
            lua_pushvalue(L, base + 1 + 2 * i);
            lua_pushvalue(L, base + 2 + 2 * i);
            lua_rawset(L, -3);
        } else {
            lua_pushvalue(L, base + 1 + i);
            lua_rawseti(L, -2, i + 1);
        }
    }
    lua_replace(L, base + 1);
    lua_settop(L, base + 1);
}

static void read_key(reader *r) {
    if (peek(r) != '"') refuse(r, "expected a key in quotes");
    read_string(r, 1);
    if (peek(r) != ':') refuse(r, "expected ':' after the key");
    r->p++;
}

static void read_object(reader *r) {
    lua_State *L = r->L;
    int base = lua_gettop(L), gathered = 0, table = 0;
    r->p++;
    if (peek(r) == '}') {
        r->p++;
        lua_createtable(L, 0, 0);
        return;
    }
    do {
        read_key(r);
        read_value(r); /* nil for null: setting it makes no member, and removes an earlier one of that name */
        if (table) {
            lua_rawset(L, base + 1);
        } else if (++gathered == GATHERED_MAX) {
            make_table(L, base, 2);
            table = 1;
        }
    } while (read_comma(r, '}', "expected ',' or '}'"));
    if (!table) make_table(L, base, 2);
}

static void read_array(reader *r) {
    lua_State *L = r->L;
    int base = lua_gettop(L);
    lua_Integer count = 0;
    r->p++;
    if (peek(r) == ']') {
        r->p++;
        lua_createtable(L, 0, 0);
        clua_mark_array(L);
        return;
    }
    do {
        read_value(r);
        if (lua_isnil(L, -1)) {
            lua_pop(L, 1);
            lua_pushlightuserdata(L, NULL);
        }
        if (++count == GATHERED_MAX) make_table(L, base, 1);
        else if (count > GATHERED_MAX) lua_rawseti(L, base + 1, count);
    } while (read_comma(r, ']', "expected ',' or ']'"));
    if (count < GATHERED_MAX) make_table(L, base, 1);
    clua_mark_array(L);
}

static void read_nested(reader *r, void (*read)(reader *)) {
    if (++r->depth > CLUA_JSON_DEPTH_MAX) refuse(r, "nested deeper than 64 levels");
    luaL_checkstack(r->L, 2 * GATHERED_MAX + 8, "JSON");
    read(r);
    r->depth--;
}

static void read_value(reader *r) {
    int c = peek(r);
    switch (c) {
    case '"': read_string(r, 0); break;
    case '{': read_nested(r, read_object); break;
    case '[': read_nested(r, read_array); break;
    case 't':
        read_word(r, "true", 4);
        lua_pushboolean(r->L, 1);
        break;
    case 'f':
        read_word(r, "false", 5);
        lua_pushboolean(r->L, 0);
        break;
    case 'n':
        read_word(r, "null", 4);
        lua_pushnil(r->L);
        break;
    default:
        if (c < 0) refuse(r, "the text ends where a value is expected");
        if (c != '-' && (c < '0' || c > '9')) refuse(r, "expected a value");
        read_number(r);
    }
}

/* Pushes the value of a JSON text (nil for null), or raises. */
void clua_json_decode(lua_State *L, const uint8_t *bytes, size_t length) {
    luaL_checkstack(L, 8, "JSON");
    clua_push_key_list(L);
    reader r = {L, clua_of(L), bytes, bytes, bytes + length, 0, lua_gettop(L)};
    read_value(&r);
    if (peek(&r) >= 0) refuse(&r, "text follows the value");
    lua_remove(L, r.keys);
}
