/* pairs and next in an order that depends on the keys alone: numbers, then texts, then booleans, each
 * ascending. Lua's own order depends on the hash seed, on addresses and on the table's history, so the same
 * events could give other decisions. Keys without an order that is the same everywhere (tables, functions)
 * are an error. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct ordered_key {
    int rank; /* 0 number, 1 text, 2 boolean */
    int is_integer;
    int place; /* in the list of keys */
    lua_Integer integer;
    lua_Number number;
    const char *text; /* held by the table or by the list of keys */
    size_t length;
} ordered_key;

/* Names the first kind of those that have no order, and not the key that happened to come first: that would
 * be the machine's choice. */
static void refuse_keys(lua_State *L) {
    int refused = LUA_TTHREAD;
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        lua_pop(L, 1);
        int type = lua_type(L, -1);
        int is_ordered = type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TBOOLEAN;
        if (!is_ordered && type < refused) refused = type;
    }
    luaL_error(L,
               "a table with a %s as a key has no order that is the same on every machine, "
               "so it can't be traversed",
               lua_typename(L, refused));
}

/* Of the table at stack index 1. */
static ordered_key describe_key(lua_State *L, int index, int place) {
    ordered_key key = {.place = place};
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        key.is_integer = lua_isinteger(L, index);
        if (key.is_integer) key.integer = lua_tointeger(L, index);
        else key.number = lua_tonumber(L, index);
        break;
    case LUA_TSTRING:
        key.rank = 1;
        key.text = lua_tolstring(L, index, &key.length);
        break;
    case LUA_TBOOLEAN:
        key.rank = 2;
        key.integer = lua_toboolean(L, index);
        key.is_integer = 1;
        break;
    default: refuse_keys(L);
    }
    return key;
}

/* long double holds every 64-bit integer and every double exactly. */
static int compare_numbers(const ordered_key *a, const ordered_key *b) {
    if (a->is_integer && b->is_integer) return a->integer < b->integer ? -1 : a->integer > b->integer;
    long double x = a->is_integer ? (long double)a->integer : (long double)a->number;
    long double y = b->is_integer ? (long double)b->integer : (long double)b->number;
    return x < y ? -1 : x > y;
}

static int compare_keys(const void *left, const void *right) {
    const ordered_key *a = left, *b = right;
    if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
    if (a->rank != 1) return compare_numbers(a, b);
    int order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);
    if (order != 0) return order;
    return a->length < b->length ? -1 : a->length > b->length;
}

/* Upvalues: the table and its length. Elements that were removed meanwhile are passed over. A script may call
 * an iterator with anything, so the table doesn't come from the arguments. */
static int next_element(lua_State *L) {
    lua_Integer length = lua_tointeger(L, lua_upvalueindex(2));
    lua_Integer i = lua_tointeger(L, 2); /* 0 for nil */
    for (i = i < 0 ? 0 : i; i < length; i++) {
        if (lua_rawgeti(L, lua_upvalueindex(1), i + 1) == LUA_TNIL) {
            lua_pop(L, 1);
            continue;
        }
        lua_pushinteger(L, i + 1);
        lua_insert(L, -2);
        return 2;
    }
    lua_pushnil(L);
    return 1;
}

/* Upvalues: the list of keys, their order, the place that comes next, the table. */
static int next_ordered(lua_State *L) {
    const int *order = lua_touserdata(L, lua_upvalueindex(2));
    lua_Integer place = lua_tointeger(L, lua_upvalueindex(3));
    lua_Integer count = (lua_Integer)(lua_rawlen(L, lua_upvalueindex(2)) / sizeof *order);
    while (place < count) {
        lua_rawgeti(L, lua_upvalueindex(1), order[place++]);
        lua_pushvalue(L, -1);
        if (lua_rawget(L, lua_upvalueindex(4)) == LUA_TNIL) {
            lua_pop(L, 2);
            continue;
        }
        lua_pushinteger(L, place);
        lua_replace(L, lua_upvalueindex(3));
        return 2;
    }
    lua_pushnil(L);
    return 1;
}

/* Number of keys; `*is_list` tells whether they came as 1, 2, 3 and so on. Charged at each key, because keys
 * that collide make the next one expensive to find. */
static lua_Integer count_keys(lua_State *L, int *is_list) {
    lua_Integer count = 0;
    *is_list = 1;
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        lua_pop(L, 1);
        clua_charge(L, 1);
        count++;
        if (*is_list && !(lua_isinteger(L, -1) && lua_tointeger(L, -1) == count)) *is_list = 0;
    }
    return count;
}

/* What sorting costs, in instructions. */
static uint64_t sort_units(lua_Integer count) {
    uint64_t rounds = 64 - (uint64_t)__builtin_clzll((uint64_t)count | 1);
    return (uint64_t)count * rounds / 2;
}

/* Pushes the list of keys and their order. */
static void push_order(lua_State *L, lua_Integer count) {
    lua_createtable(L, (int)count, 0);
    int keys = lua_gettop(L), place = 0;
    ordered_key *described = lua_newuserdatauv(L, (size_t)count * sizeof *described, 0);
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        lua_pop(L, 1);
        clua_charge(L, 1);
        described[place] = describe_key(L, -1, place + 1);
        place++;
        lua_pushvalue(L, -1);
        lua_rawseti(L, keys, place);
    }
    clua_charge(L, sort_units(count));
    qsort(described, (size_t)count, sizeof *described, compare_keys);
    int *order = lua_newuserdatauv(L, (size_t)count * sizeof *order, 0);
    for (lua_Integer i = 0; i < count; i++) order[i] = described[i].place;
    lua_remove(L, keys + 1);
}

int clua_pairs(lua_State *L) {
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    clua_shape_unfold(L, 1);
    int is_list;
    lua_Integer count = count_keys(L, &is_list);
    if (is_list) {
        lua_pushvalue(L, 1);
        lua_pushinteger(L, count);
        lua_pushcclosure(L, next_element, 2);
    } else {
        push_order(L, count);
        lua_pushinteger(L, 0);
        lua_pushvalue(L, 1);
        lua_pushcclosure(L, next_ordered, 4);
    }
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

/* next(t): the first key in our order and its value, or nil for an empty table. Traversal is what pairs is
 * for. */
int clua_next(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_isnoneornil(L, 2)) return luaL_error(L, "next(t, key) is not available: use pairs(t)");
    lua_settop(L, 1);
    clua_shape_unfold(L, 1);
    lua_pushnil(L); /* 2: the first key so far */
    ordered_key first = {0};
    uint64_t count = 0;
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        lua_pop(L, 1);
        clua_charge(L, 1);
        ordered_key key = describe_key(L, -1, 0);
        if (count++ > 0 && compare_keys(&key, &first) >= 0) continue;
        first = key;
        lua_pushvalue(L, -1);
        lua_replace(L, 2);
    }
    if (count == 0) return 1;
    lua_pushvalue(L, 2);
    lua_rawget(L, 1);
    return 2;
}
