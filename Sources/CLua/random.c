/* host.random and host.reseed: xoshiro256** 1.0 (Blackman and Vigna, 2018), seeded through SplitMix64 from
 * two integers, so that the same seeds give the same numbers on any machine and in any version of
 * Perilune. */
#include "internal.h"

static uint64_t rotate_left(uint64_t x, int count) { return x << count | x >> (64 - count); }

static uint64_t next_number(uint64_t state[4]) {
    uint64_t result = rotate_left(state[1] * 5, 7) * 9, shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate_left(state[3], 45);
    return result;
}

static uint64_t split_mix(uint64_t *state) {
    uint64_t z = (*state += 0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
}

/* host.reseed(a, b) */
int clua_reseed(lua_State *L) {
    uint64_t first = (uint64_t)luaL_checkinteger(L, 1), second = (uint64_t)luaL_optinteger(L, 2, 0);
    uint64_t *state = clua_of(L)->random;
    uint64_t mixed = first;
    mixed = split_mix(&mixed) ^ second;
    for (int i = 0; i < 4; i++) state[i] = split_mix(&mixed);
    return 0;
}

/* Unbiased in 0...range: numbers above are drawn again, under the smallest mask that holds the range. */
static uint64_t draw_to(uint64_t state[4], uint64_t range) {
    uint64_t mask = range == 0 ? 0 : UINT64_MAX >> __builtin_clzll(range);
    uint64_t drawn;
    do drawn = next_number(state) & mask;
    while (drawn > range);
    return drawn;
}

/* host.random(): a float in [0, 1); (m): an integer in 1...m; (m, n): an integer in m...n; (0): all 64
 * bits. */
int clua_random(lua_State *L) {
    uint64_t *state = clua_of(L)->random;
    if (lua_gettop(L) == 0) {
        lua_pushnumber(L, (double)(next_number(state) >> 11) * 0x1p-53);
        return 1;
    }
    lua_Integer low = 1, high = luaL_checkinteger(L, 1);
    if (lua_gettop(L) >= 2) {
        low = high;
        high = luaL_checkinteger(L, 2);
    } else if (high == 0) {
        lua_pushinteger(L, (lua_Integer)next_number(state));
        return 1;
    }
    luaL_argcheck(L, low <= high, lua_gettop(L) >= 2 ? 2 : 1, "the interval is empty");
    lua_pushinteger(L, (lua_Integer)(draw_to(state, (uint64_t)high - (uint64_t)low) + (uint64_t)low));
    return 1;
}
