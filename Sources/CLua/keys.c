/* Keys that came before: names of members repeat with every event, and comparing bytes is cheaper than
 * hashing them again.
 *
 * A small direct-mapped table of texts, each held by a Lua list (the registry's keys_ref) so that it isn't
 * collected. */
#include "internal.h"

#include <string.h>

/* As memcmp for equality, without the call: names are short, and come in every event. The last word overlaps
 * the one before it. */
int clua_equal_names(const char *a, const char *b, size_t length) {
    uint64_t x, y;
    uint32_t u, v;
    if (length >= sizeof x) {
        for (size_t i = 0; i < length - sizeof x; i += sizeof x) {
            memcpy(&x, a + i, sizeof x);
            memcpy(&y, b + i, sizeof y);
            if (x != y) return 0;
        }
        memcpy(&x, a + length - sizeof x, sizeof x);
        memcpy(&y, b + length - sizeof y, sizeof y);
        return x == y;
    }
    if (length < sizeof u) return memcmp(a, b, length) == 0;
    memcpy(&u, a, sizeof u);
    memcpy(&v, b, sizeof v);
    if (u != v) return 0;
    memcpy(&u, a + length - sizeof u, sizeof u);
    memcpy(&v, b + length - sizeof v, sizeof v);
    return u == v;
}

/* Pushes the list that clua_push_key needs at a stack index. */
void clua_push_key_list(lua_State *L) { lua_rawgeti(L, LUA_REGISTRYINDEX, clua_of(L)->keys_ref); }

static size_t slot_of(const char *text, size_t length) {
    const uint8_t *p = (const uint8_t *)text;
    size_t mixed = length * 31 + p[0] + p[length / 2] * 13u + p[length - 1] * 7u;
    return mixed % CLUA_KEYS;
}

/* Pushes a key as a string; `list` is the stack index of the list. */
void clua_push_key(lua_State *L, int list, const char *text, size_t length) {
    if (length == 0 || length > CLUA_KEY_BYTES_MAX) {
        lua_pushlstring(L, text, length);
        return;
    }
    size_t slot = slot_of(text, length);
    clua_key *key = &clua_of(L)->keys[slot];
    if (key->length == length && clua_equal_names(key->text, text, length)) {
        lua_rawgeti(L, list, (lua_Integer)slot + 1);
        return;
    }
    key->length = 0; /* in case what follows fails */
    lua_pushlstring(L, text, length);
    lua_pushvalue(L, -1);
    lua_rawseti(L, list, (lua_Integer)slot + 1);
    key->text = lua_tostring(L, -1);
    key->length = length;
}
