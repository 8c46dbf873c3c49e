/* host.digest(value): a number that changes when a value is changed in place. A command is handed live state
 * that it may read and must not write; two digests around it tell.
 *
 * It goes by identity and traversal order, so it costs no memory and is good within one call only. It looks
 * at no more than DIGEST_VALUES_MAX values: a write deep inside a very large state can stay unseen, and a
 * step never pays for its size. */
#include "internal.h"

#include <string.h>

#define DIGEST_VALUES_MAX 1000
#define DIGEST_DEPTH_MAX 64

typedef struct digest {
    uint64_t sum;
    int left; /* values still to look at */
} digest;

/* The finishing step of SplitMix64: every bit of the value moves every bit of the sum. */
static void add(digest *state, uint64_t value) {
    uint64_t mixed = state->sum + value + 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
    state->sum = mixed ^ mixed >> 31;
}

static void add_value(lua_State *L, int index, digest *state, int depth) {
    int type = lua_type(L, index);
    state->left--;
    add(state, (uint64_t)type);
    if (type == LUA_TNUMBER && lua_isinteger(L, index)) {
        add(state, (uint64_t)lua_tointeger(L, index));
    } else if (type == LUA_TNUMBER) {
        double number = lua_tonumber(L, index);
        uint64_t bits;
        memcpy(&bits, &number, sizeof bits);
        add(state, bits);
    } else if (type == LUA_TBOOLEAN) {
        add(state, (uint64_t)lua_toboolean(L, index));
    } else {
        add(state, (uint64_t)(uintptr_t)lua_topointer(L, index));
    }
    if (type != LUA_TTABLE || depth == DIGEST_DEPTH_MAX) return;
    luaL_checkstack(L, 3, "nested too deep");
    int table = lua_absindex(L, index);
    lua_pushnil(L);
    while (lua_next(L, table)) {
        add_value(L, -2, state, DIGEST_DEPTH_MAX); /* a key is never looked into */
        add_value(L, lua_gettop(L), state, depth + 1);
        lua_pop(L, 1);
        if (state->left > 0) continue;
        lua_pop(L, 1);
        return;
    }
}

int clua_digest(lua_State *L) {
    luaL_checkany(L, 1);
    digest state = {0, DIGEST_VALUES_MAX};
    add_value(L, 1, &state, 0);
    clua_charge(L, (uint64_t)(DIGEST_VALUES_MAX - state.left));
    lua_pushinteger(L, (lua_Integer)state.sum);
    return 1;
}
