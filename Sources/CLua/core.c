/* Functions of Lua's own core that we stand before, by the linker's --wrap, as seed.c and weak.c do.
 *
 * The count hook sees instructions, and one instruction can compare, or read as a number, a text of many
 * megabytes. These calls cross object files of the static archive; what is here rests on the layout of
 * Lua 5.4, which internal.h checks. */
#include "internal.h"

#include <math.h>
#include <string.h>

/* The longest text that can be a number: no digits behind these change a 64-bit value that anybody means. */
#define NUMERAL_BYTES_MAX 1000

/* Bytes compared between two charges. */
#define COMPARED_BYTES 4096

/* What one call costs besides its bytes: Lua makes one for each zero byte in a text. */
#define CALL_BYTES 32

#define FLOAT_KIND 19 /* LUA_VNUMFLT of lobject.h */

/* The head of TString in lobject.h. */
typedef struct long_text {
    void *next;
    uint8_t kind, marked, extra, short_length;
    unsigned int hash;
    size_t length;
} long_text;

int __wrap_strcoll(const char *a, const char *b);
int __wrap_luaS_eqlngstr(const long_text *a, const long_text *b);
int __real_luaS_eqlngstr(const long_text *a, const long_text *b);
size_t __wrap_luaO_str2num(const char *text, void *number);
size_t __real_luaO_str2num(const char *text, void *number);
void __wrap_luaO_tostring(lua_State *L, void *number);
void __real_luaO_tostring(lua_State *L, void *number);

/* Texts are ordered by their bytes in every locale, and comparing long ones is paid for. */
int __wrap_strcoll(const char *a, const char *b) {
    clua_charge_running(CALL_BYTES);
    for (;;) {
        int order = strncmp(a, b, COMPARED_BYTES);
        if (order != 0 || memchr(a, 0, COMPARED_BYTES) != NULL) return order;
        clua_charge_running(COMPARED_BYTES);
        a += COMPARED_BYTES;
        b += COMPARED_BYTES;
    }
}

int __wrap_luaS_eqlngstr(const long_text *a, const long_text *b) {
    if (a != b && a->length == b->length) clua_charge_running(a->length);
    return __real_luaS_eqlngstr(a, b);
}

/* Returns 0 for what is no number. */
size_t __wrap_luaO_str2num(const char *text, void *number) {
    if (strnlen(text, NUMERAL_BYTES_MAX + 1) > NUMERAL_BYTES_MAX) return 0;
    return __real_luaO_str2num(text, number);
}

/* The sign of a NaN is the machine's: its text is "nan" everywhere. */
void __wrap_luaO_tostring(lua_State *L, void *number) {
    double value;
    memcpy(&value, number, sizeof value);
    if (((uint8_t *)number)[sizeof value] == FLOAT_KIND && isnan(value)) {
        value = fabs(value);
        memcpy(number, &value, sizeof value);
    }
    __real_luaO_tostring(L, number);
}
