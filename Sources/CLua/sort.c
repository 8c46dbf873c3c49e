/* table.sort as a stable merge sort: ties keep their order, on any machine, and a comparison that contradicts
 * itself gives some order instead of an error. Lua's own quicksort takes its pivot from the clock.
 *
 * The elements lie on the Lua stack while we sort their numbers; the comparison may change the table
 * meanwhile without harm. */
#include "internal.h"

#include <string.h>

typedef struct sorted {
    lua_State *L;
    int base; /* element i lies at base + i */
    int compare; /* stack index of the comparison, or 0 */
    int *places, *merged;
} sorted;

/* Bytes that two texts have in common until the next charge. */
#define COMPARED_BYTES 4096
#define COMPARED_UNITS 64

static int text_before(lua_State *L, int a, int b) {
    size_t left, right, same = 0;
    const char *x = lua_tolstring(L, a, &left), *y = lua_tolstring(L, b, &right);
    size_t shorter = left < right ? left : right;
    while (shorter - same > COMPARED_BYTES && memcmp(x + same, y + same, COMPARED_BYTES) == 0) {
        same += COMPARED_BYTES;
        clua_charge(L, COMPARED_UNITS);
    }
    int order = memcmp(x + same, y + same, shorter - same);
    return order != 0 ? order < 0 : left < right;
}

static int before(sorted *s, int a, int b) {
    lua_State *L = s->L;
    a += s->base;
    b += s->base;
    if (s->compare != 0) {
        lua_pushvalue(L, s->compare);
        lua_pushvalue(L, a);
        lua_pushvalue(L, b);
        lua_call(L, 2, 1);
        int result = lua_toboolean(L, -1);
        lua_pop(L, 1);
        return result;
    }
    if (lua_type(L, a) == LUA_TSTRING && lua_type(L, b) == LUA_TSTRING) return text_before(L, a, b);
    return lua_compare(L, a, b, LUA_OPLT);
}

/* Merges the sorted runs [low, middle) and [middle, high); the left one wins ties. */
static void merge(sorted *s, int low, int middle, int high) {
    clua_charge(s->L, (uint64_t)(high - low));
    if (!before(s, s->places[middle], s->places[middle - 1])) return; /* in order already */
    int left = low, right = middle, out = low;
    while (left < middle && right < high) {
        if (before(s, s->places[right], s->places[left])) s->merged[out++] = s->places[right++];
        else s->merged[out++] = s->places[left++];
    }
    while (left < middle) s->merged[out++] = s->places[left++];
    memcpy(s->places + low, s->merged + low, (size_t)(out - low) * sizeof *s->places);
}

static void merge_sort(sorted *s, int count) {
    for (int width = 1; width < count; width *= 2)
        for (int low = 0; low + width < count; low += 2 * width)
            merge(s, low, low + width, low + 2 * width < count ? low + 2 * width : count);
}

int clua_sort(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    size_t length = lua_rawlen(L, 1);
    if (length < 2) return 0;
    if (length > LUAI_MAXSTACK || !lua_checkstack(L, (int)length + 8))
        return luaL_error(L, "a list of %I elements is too large to sort", (lua_Integer)length);
    int count = (int)length;
    int *places = lua_newuserdatauv(L, 2 * length * sizeof *places, 0);
    sorted s = {L, lua_gettop(L) + 1, lua_isnil(L, 2) ? 0 : 2, places, places + count};
    for (int i = 0; i < count; i++) {
        places[i] = i;
        lua_rawgeti(L, 1, i + 1);
    }
    clua_charge(L, length);
    merge_sort(&s, count);
    for (int i = 0; i < count; i++) {
        lua_pushvalue(L, s.base + places[i]);
        lua_rawseti(L, 1, i + 1);
    }
    return 0;
}
