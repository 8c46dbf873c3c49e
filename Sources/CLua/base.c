/* The basic functions that differ from stock Lua: none prints an address, none catches a kill, none weakens a
 * table. */
#include "internal.h"

#include <math.h>
#include <string.h>

#define BYTES_PER_UNIT 16 /* bytes of text that cost as much as one instruction */

/* Pushes the text of a value, as tostring does, but never an address: order and text must be the same on
 * every machine. */
void clua_push_tostring(lua_State *L, int index) {
    index = lua_absindex(L, index);
    if (luaL_callmeta(L, index, "__tostring")) {
        if (!lua_isstring(L, -1)) luaL_error(L, "'__tostring' must return a string");
        lua_tolstring(L, -1, NULL); /* a number becomes its text: callers rely on a string */
        return;
    }
    int type = lua_type(L, index);
    switch (type) {
    case LUA_TNIL: lua_pushliteral(L, "nil"); break;
    case LUA_TBOOLEAN: lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false"); break;
    case LUA_TNUMBER:
        if (!lua_isinteger(L, index) && isnan(lua_tonumber(L, index))) {
            lua_pushliteral(L, "nan"); /* its sign is the machine's */
            break;
        }
        lua_pushvalue(L, index);
        lua_tostring(L, -1);
        break;
    case LUA_TSTRING: lua_pushvalue(L, index); break;
    case LUA_TLIGHTUSERDATA: lua_pushliteral(L, "null"); break;
    default:
        if (luaL_getmetafield(L, index, "__name") == LUA_TSTRING) break;
        lua_pushstring(L, lua_typename(L, type));
    }
}

static int base_tostring(lua_State *L) {
    luaL_checkany(L, 1);
    clua_push_tostring(L, 1);
    return 1;
}

/* Metatables with finalizers or weak references would let the moment of a collection be seen, and can crash
 * this version of Lua. */
static int base_setmetatable(lua_State *L) {
    int type = lua_type(L, 2);
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
        return luaL_error(L, "cannot change a protected metatable");
    static const char *const refused[] = {"__gc", "__mode"};
    for (size_t i = 0; type == LUA_TTABLE && i < sizeof refused / sizeof *refused; i++) {
        lua_pushstring(L, refused[i]);
        if (lua_rawget(L, 2) != LUA_TNIL)
            return luaL_error(L, "a metatable with %s is not allowed", refused[i]);
        lua_pop(L, 1);
    }
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

static int base_getmetatable(lua_State *L) {
    luaL_checkany(L, 1);
    if (!lua_getmetatable(L, 1)) {
        lua_pushnil(L);
        return 1;
    }
    luaL_getmetafield(L, 1, "__metatable"); /* in its place, if there is one */
    return 1;
}

static uint64_t digit_of(char c) {
    if (c >= '0' && c <= '9') return (uint64_t)(c - '0');
    if (c >= 'a' && c <= 'z') return (uint64_t)(c - 'a' + 10);
    if (c >= 'A' && c <= 'Z') return (uint64_t)(c - 'A' + 10);
    return UINT64_MAX;
}

static int is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* tonumber(text, base): wraps around as stock Lua does. */
static int number_in_base(lua_State *L, uint64_t base) {
    size_t length;
    const char *p = lua_tolstring(L, 1, &length), *end = p + length;
    while (p < end && is_space(*p)) p++;
    int negative = p < end && *p == '-';
    p += negative || (p < end && *p == '+');
    uint64_t value = 0;
    const char *first = p;
    for (; p < end && digit_of(*p) < base; p++) value = value * base + digit_of(*p);
    int any = p > first;
    while (p < end && is_space(*p)) p++;
    if (any && p == end) lua_pushinteger(L, (lua_Integer)(negative ? 0 - value : value));
    else lua_pushnil(L);
    return 1;
}

static int base_tonumber(lua_State *L) {
    if (lua_type(L, 1) == LUA_TSTRING) clua_charge(L, lua_rawlen(L, 1) / BYTES_PER_UNIT);
    if (!lua_isnoneornil(L, 2)) {
        lua_Integer base = luaL_checkinteger(L, 2);
        luaL_checktype(L, 1, LUA_TSTRING);
        luaL_argcheck(L, base >= 2 && base <= 36, 2, "base out of range");
        return number_in_base(L, (uint64_t)base);
    }
    luaL_checkany(L, 1);
    if (lua_type(L, 1) == LUA_TNUMBER) {
        lua_settop(L, 1);
        return 1;
    }
    size_t length = lua_type(L, 1) == LUA_TSTRING ? lua_rawlen(L, 1) : 0;
    if (length > 0 && lua_stringtonumber(L, lua_tostring(L, 1)) == length + 1) return 1;
    lua_pushnil(L);
    return 1;
}

/* What a caught call saved at its entry travels in the continuation's context: the number of results to leave
 * out, and the modules that were being loaded. */
#define CONTEXT(skipped, loading) ((lua_KContext)(skipped) | (lua_KContext)(loading) << 8)

/* After the protected function: its results, or false and the error; a kill goes on upwards. */
static int finish_pcall(lua_State *L, int status, lua_KContext context) {
    if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L) - (int)(context & 0xFF);
    clua_vm *vm = clua_of(L);
    vm->enforce = 1; /* the error may come from a moment of host work; who catches is a script */
    vm->rethrown = NULL; /* caught: what is raised next, be it the same value, has a place of its own */
    if (clua_is_kill(L, status)) return lua_error(L);
    clua_loading_reset(L, (int)(context >> 8));
    vm->syntax_message = NULL; /* a later text may take its place in memory */
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

int clua_pcall(lua_State *L) {
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    lua_KContext context = CONTEXT(0, clua_of(L)->loading);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, context, finish_pcall);
    return finish_pcall(L, status, context);
}

/* host.attempt: like pcall, but what goes wrong is described where it happens, so that host.rethrow loses no
 * level. */
int clua_attempt(lua_State *L) {
    luaL_checkany(L, 1);
    int arguments = lua_gettop(L) - 1;
    lua_pushcfunction(L, clua_on_error);
    lua_insert(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 2);
    lua_KContext context = CONTEXT(1, clua_of(L)->loading);
    int status = lua_pcallk(L, arguments, LUA_MULTRET, 1, context, finish_pcall);
    return finish_pcall(L, status, context);
}

/* host.rethrow(error): raises what host.attempt caught last, with the place and the levels that it had. */
int clua_rethrow(lua_State *L) {
    lua_settop(L, 1);
    clua_vm *vm = clua_of(L);
    const void *value = lua_topointer(L, 1);
    vm->rethrown = value == vm->described ? value : NULL; /* another error is described like any */
    return lua_error(L);
}

/* Stands before the script's message handler (upvalue 1): a kill is not shown to it. */
static int guarded_handler(lua_State *L) {
    if (clua_is_kill(L, LUA_ERRRUN)) return 1;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

static int base_xpcall(lua_State *L) {
    int count = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, guarded_handler, 1);
    lua_replace(L, 2);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2);
    lua_KContext context = CONTEXT(2, clua_of(L)->loading);
    int status = lua_pcallk(L, count - 2, LUA_MULTRET, 2, context, finish_pcall);
    return finish_pcall(L, status, context);
}

const luaL_Reg clua_base_functions[] = {
    {"getmetatable", base_getmetatable}, {"next", clua_next},
    {"pairs", clua_pairs},               {"pcall", clua_pcall},
    {"setmetatable", base_setmetatable}, {"tonumber", base_tonumber},
    {"tostring", base_tostring},         {"xpcall", base_xpcall},
    {NULL, NULL},
};
