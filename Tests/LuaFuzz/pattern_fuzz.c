/* A target for libFuzzer, built and run by scripts/fuzz: Lua patterns in our matcher and in stock Lua's.
 *
 * Both run the same Lua code; what find, match, gmatch and gsub answer, errors included, must be the same.
 * Patterns and subjects are short, because stock Lua would backtrack for ever. */
#include "CLua.h"

#include <lua5.4/lauxlib.h>
#include <lua5.4/lua.h>
#include <lua5.4/lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATTERN_MAX 14
#define SUBJECT_MAX 24
#define HEAD 5 /* tag and length of a packed text */

/* The texts of all answers; `string` is the library at hand. */
static const char compare[] =
    "local out = {}\n"
    "local function add(...)\n"
    "  for i = 1, select('#', ...) do out[#out + 1] = tostring((select(i, ...))) end\n"
    "  out[#out + 1] = '|'\n"
    "end\n"
    "return function(s, p)\n"
    "  out = {}\n"
    "  for init = -2, 3 do add(pcall(string.find, s, p, init)) add(pcall(string.match, s, p, init)) end\n"
    "  add(pcall(string.gsub, s, p, '<%0>'))\n"
    "  add(pcall(string.gsub, s, p, '%1%%', 3))\n"
    "  add(pcall(string.gsub, s, p, { a = 'b', b = false }))\n"
    "  add(pcall(string.gsub, s, p, function(...) return select('#', ...) end))\n"
    "  add(pcall(function() for a, b in string.gmatch(s, p) do add(a, b) end end))\n"
    "  add(pcall(string.find, s, p, 1, true))\n"
    "  return table.concat(out, ';')\n"
    "end\n";

static lua_State *stock;
static clua_vm *vm;
static int32_t ours;

static int32_t no_host(void *context, int32_t function, const uint8_t *arguments, size_t length) {
    (void)context, (void)function, (void)arguments, (void)length;
    return CLUA_HOST_ERROR;
}

static void open_both(void) {
    stock = luaL_newstate();
    luaL_requiref(stock, LUA_GNAME, luaopen_base, 1);
    luaL_requiref(stock, LUA_STRLIBNAME, luaopen_string, 1);
    luaL_requiref(stock, LUA_TABLIBNAME, luaopen_table, 1);
    lua_settop(stock, 0);
    /* Under the same name and on the same lines, because errors show them. */
    if (luaL_loadbuffer(stock, compare, sizeof compare - 1, "@fuzz.lua") != LUA_OK) abort();
    lua_call(stock, 0, 1);
    char source[sizeof compare + 64];
    int count = snprintf(source, sizeof source, "return { compare = (function() %s end)() }", compare);
    clua_limits limits = {UINT64_MAX, UINT64_MAX, 1u << 30, UINT64_MAX, UINT32_MAX};
    vm = clua_new(1, limits, no_host, NULL);
    if (vm == NULL) abort();
    if (clua_load_privileged(vm, (const uint8_t *)source, (size_t)count, "fuzz.lua") != CLUA_OK) abort();
    size_t length;
    const uint8_t *results = clua_results(vm, &length);
    memcpy(&ours, results + HEAD + strlen("compare") + 1, sizeof ours); /* the low half of the integer */
}

static size_t pack(uint8_t *out, const uint8_t *text, size_t length) {
    uint32_t count = (uint32_t)length;
    out[0] = CLUA_TAG_STRING;
    memcpy(out + 1, &count, sizeof count);
    if (length > 0) memcpy(out + HEAD, text, length);
    return HEAD + length;
}

/* %z is gone from the manual of 5.4, and so from ours; stock Lua still has it. */
static int has_class_z(const uint8_t *pattern, size_t length) {
    for (size_t i = 1; i < length; i++)
        if (pattern[i - 1] == '%' && (pattern[i] | 0x20) == 'z') return 1;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t length);

/* The first byte says how long the pattern is; the subject comes behind it. */
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t length) {
    if (vm == NULL) open_both();
    if (length == 0) return 0;
    size_t rest = length - 1, pattern = input[0] % (PATTERN_MAX + 1);
    if (pattern > rest) pattern = rest;
    size_t subject = rest - pattern < SUBJECT_MAX ? rest - pattern : SUBJECT_MAX;
    const uint8_t *p = input + 1, *s = p + pattern;
    if (has_class_z(p, pattern)) return 0;

    uint8_t packed[2 * HEAD + PATTERN_MAX + SUBJECT_MAX];
    size_t count = pack(packed, s, subject);
    count += pack(packed + count, p, pattern);
    if (clua_call(vm, ours, packed, count) != CLUA_OK) abort();
    size_t found_length, wanted_length;
    const char *found = (const char *)clua_results(vm, &found_length) + HEAD;
    found_length -= HEAD;

    lua_pushvalue(stock, 1);
    lua_pushlstring(stock, (const char *)s, subject);
    lua_pushlstring(stock, (const char *)p, pattern);
    if (lua_pcall(stock, 2, 1, 0) != LUA_OK) abort();
    const char *wanted = lua_tolstring(stock, -1, &wanted_length);
    if (wanted_length != found_length || memcmp(wanted, found, found_length) != 0) {
        fprintf(stderr, "pattern_fuzz: find('%.*s', '%.*s')\nstock: %.*s\n ours: %.*s\n", (int)subject, s,
                (int)pattern, p, (int)wanted_length, wanted, (int)found_length, found);
        abort();
    }
    lua_settop(stock, 1);
    return 0;
}
