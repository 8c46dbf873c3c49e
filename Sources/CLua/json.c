/* The `json` table of scripts: decode, encode, null, array. */
#include "internal.h"

#define BYTES_PER_UNIT 16 /* JSON bytes that cost as much as one instruction */

/* Gives the table on top the mark that makes an empty table an array. */
void clua_mark_array(lua_State *L) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, clua_of(L)->array_ref);
    lua_setmetatable(L, -2);
}

int clua_has_array_mark(lua_State *L, int index) {
    if (!lua_getmetatable(L, index)) return 0;
    int marked = lua_topointer(L, -1) == clua_of(L)->array_mark;
    lua_pop(L, 1);
    return marked;
}

static int decode(lua_State *L) {
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    clua_charge(L, length / BYTES_PER_UNIT);
    clua_json_decode(L, (const uint8_t *)text, length, NULL);
    return 1;
}

static int encode(lua_State *L) {
    luaL_checkany(L, 1);
    clua_buffer *out = &clua_of(L)->scratch;
    out->length = 0;
    clua_json_encode(L, 1, out);
    lua_pushlstring(L, (const char *)out->bytes, out->length);
    return 1;
}

static int array(lua_State *L) {
    if (lua_isnoneornil(L, 1)) {
        lua_settop(L, 0);
        lua_newtable(L);
    } else {
        luaL_checktype(L, 1, LUA_TTABLE);
        lua_settop(L, 1);
        if (lua_getmetatable(L, 1)) {
            if (lua_topointer(L, -1) != clua_of(L)->array_mark)
                return luaL_argerror(L, 1, "the table has a metatable already");
            lua_pop(L, 1);
        }
    }
    clua_mark_array(L);
    return 1;
}

static const luaL_Reg functions[] = {{"decode", decode}, {"encode", encode}, {"array", array}, {NULL, NULL}};

void clua_push_json_library(lua_State *L) {
    lua_createtable(L, 0, 4);
    luaL_setfuncs(L, functions, 0);
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
}
