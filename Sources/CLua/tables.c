/* The table functions whose work a count hook can't see, bounded and charged. They work on the plain table
 * (no metamethods), and take its length from the table itself, so a lying __len can't make them run for
 * ever. */
#include "internal.h"

static lua_Integer length_of(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    return (lua_Integer)lua_rawlen(L, 1);
}

static int table_insert(lua_State *L) {
    lua_Integer end = length_of(L) + 1, place = end;
    switch (lua_gettop(L)) {
    case 2: break;
    case 3:
        place = luaL_checkinteger(L, 2);
        luaL_argcheck(L, (lua_Unsigned)place - 1u < (lua_Unsigned)end, 2, "position out of bounds");
        clua_charge(L, (uint64_t)(end - place));
        for (lua_Integer i = end; i > place; i--) {
            lua_rawgeti(L, 1, i - 1);
            lua_rawseti(L, 1, i);
        }
        break;
    default: return luaL_error(L, "wrong number of arguments to 'insert'");
    }
    lua_rawseti(L, 1, place);
    return 0;
}

static int table_remove(lua_State *L) {
    lua_Integer size = length_of(L), place = luaL_optinteger(L, 2, size);
    int within = place == size || (lua_Unsigned)place - 1u <= (lua_Unsigned)size;
    luaL_argcheck(L, within, 1, "position out of bounds"); /* 1, as in stock Lua */
    lua_rawgeti(L, 1, place);
    if (place < size) clua_charge(L, (uint64_t)(size - place));
    for (; place < size; place++) {
        lua_rawgeti(L, 1, place + 1);
        lua_rawseti(L, 1, place);
    }
    lua_pushnil(L);
    lua_rawseti(L, 1, place);
    return 1;
}

static void move_one(lua_State *L, int to_table, lua_Integer from, lua_Integer to) {
    lua_rawgeti(L, 1, from);
    lua_rawseti(L, to_table, to);
}

/* table.move(a, from, to, place [, target]) */
static int table_move(lua_State *L) {
    lua_Integer from = luaL_checkinteger(L, 2), to = luaL_checkinteger(L, 3), place = luaL_checkinteger(L, 4);
    int target = lua_isnoneornil(L, 5) ? 1 : 5;
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, target, LUA_TTABLE);
    if (to >= from) {
        luaL_argcheck(L, from > 0 || to < LUA_MAXINTEGER + from, 3, "too many elements to move");
        lua_Integer count = to - from + 1;
        luaL_argcheck(L, place <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
        int ascending = place > to || place <= from || (target != 1 && !lua_rawequal(L, 1, target));
        for (lua_Integer i = 0; i < count; i++) {
            if (i % CLUA_HOOK_INTERVAL == 0) clua_charge(L, CLUA_HOOK_INTERVAL);
            lua_Integer step = ascending ? i : count - 1 - i;
            move_one(L, target, from + step, place + step);
        }
    }
    lua_pushvalue(L, target);
    return 1;
}

static int table_concat(lua_State *L) {
    lua_Integer last = length_of(L);
    size_t separator_length, length;
    const char *separator = luaL_optlstring(L, 2, "", &separator_length);
    lua_Integer i = luaL_optinteger(L, 3, 1);
    last = luaL_optinteger(L, 4, last);
    lua_settop(L, 4);
    clua_text text;
    clua_text_init(&text, L);
    for (; i <= last; i++) {
        clua_charge(L, 1);
        int type = lua_rawgeti(L, 1, i);
        if (type != LUA_TSTRING && type != LUA_TNUMBER)
            return luaL_error(L, "invalid value (%s) at index %I in table for 'concat'",
                              luaL_typename(L, -1), i);
        const char *piece = lua_tolstring(L, -1, &length);
        clua_text_append(&text, piece, length);
        lua_pop(L, 1);
        if (i < last) clua_text_append(&text, separator, separator_length);
        if (i == LUA_MAXINTEGER) break;
    }
    clua_text_push(&text);
    return 1;
}

static int table_unpack(lua_State *L) {
    lua_Integer last = length_of(L), first = luaL_optinteger(L, 2, 1);
    last = luaL_optinteger(L, 3, last);
    if (first > last) return 0;
    lua_Unsigned count = (lua_Unsigned)last - (lua_Unsigned)first + 1;
    if (count == 0 || count > LUAI_MAXSTACK || !lua_checkstack(L, (int)count))
        return luaL_error(L, "too many results to unpack");
    clua_charge(L, count);
    for (lua_Unsigned i = 0; i < count; i++) lua_rawgeti(L, 1, (lua_Integer)((lua_Unsigned)first + i));
    return (int)count;
}

const luaL_Reg clua_table_functions[] = {
    {"concat", table_concat}, {"insert", table_insert}, {"move", table_move}, {"remove", table_remove},
    {"sort", clua_sort},      {"unpack", table_unpack}, {NULL, NULL},
};
