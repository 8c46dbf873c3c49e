/* What scripts can reach: an allow list. What is not named here does not exist for them.
 *
 * Each environment is a fresh table with its own copies of the library tables. Scripts share one, privileged
 * chunks another, and the methods of strings (("x"):upper()) come from a third copy that nobody can reach: so
 * no script can change what other code calls. Left out on purpose: os io debug package load loadfile dofile
 * collectgarbage rawget rawset coroutine string.dump _G print warn, math.random and math.randomseed (the host
 * gives a random that can be replayed). */
#include "internal.h"

#include <string.h>

static const char *const base_names[] = {
    "assert", "error", "ipairs", "rawequal", "rawlen", "select", "type", NULL,
};

static const char *const math_names[] = {
    "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log", "max",
    "maxinteger", "min", "mininteger", "modf", "pi", "rad", "sin", "sqrt", "tan", "tointeger", "type",
    "ult", NULL,
};

static const char *const string_names[] = {"char", "len", "sub", NULL};

/* Stock functions whose work grows with the text they are given: charged for it. */
static const char *const charged_string_names[] = {"lower", "reverse", "upper", NULL};

static const char *const table_names[] = {"pack", NULL};

static const char *const utf8_names[] = {"char", "charpattern", NULL};

#define BYTES_PER_UNIT 16 /* bytes of text that cost as much as one instruction */

/* Charges for the texts among the arguments, then goes on in the stock function (upvalue 1, itself without
 * upvalues). */
static int charged(lua_State *L) {
    size_t bytes = 0;
    for (int i = lua_gettop(L); i > 0; i--)
        if (lua_type(L, i) == LUA_TSTRING) bytes += lua_rawlen(L, i);
    clua_charge(L, bytes / BYTES_PER_UNIT);
    clua_collect_if_short(L, 2 * bytes);
    lua_CFunction stock = lua_tocfunction(L, lua_upvalueindex(1));
    return stock(L);
}

/* Copies fields of the table below the top into the table on top. */
static void copy_fields(lua_State *L, const char *const *names) {
    for (; *names != NULL; names++) {
        lua_getfield(L, -2, *names);
        lua_setfield(L, -2, *names);
    }
}

static void copy_charged(lua_State *L, const char *const *names) {
    for (; *names != NULL; names++) {
        lua_getfield(L, -2, *names);
        lua_pushcclosure(L, charged, 1);
        lua_setfield(L, -2, *names);
    }
}

/* Pushes a stock library table, and above it a new table with the allowed fields; the caller removes the
 * stock one. */
static void open_copy(lua_State *L, const char *name, lua_CFunction open, const char *const *names) {
    luaL_requiref(L, name, open, 0);
    lua_newtable(L);
    copy_fields(L, names);
}

static void push_string_library(lua_State *L) {
    open_copy(L, LUA_STRLIBNAME, luaopen_string, string_names);
    copy_charged(L, charged_string_names);
    clua_add_string_ranges(L);
    clua_add_string_functions(L);
    lua_remove(L, -2);
}

static void set_library(lua_State *L, const char *name) {
    lua_remove(L, -2);
    lua_setfield(L, -2, name);
}

/* Pushes a fresh environment. Its metatable can't be read or changed by scripts; lockGlobals puts __newindex
 * there. */
static void push_environment(lua_State *L) {
    luaL_requiref(L, LUA_GNAME, luaopen_base, 0);
    lua_newtable(L);
    copy_fields(L, base_names);
    lua_remove(L, -2);
    luaL_setfuncs(L, clua_base_functions, 0);
    open_copy(L, LUA_MATHLIBNAME, luaopen_math, math_names);
    set_library(L, "math");
    open_copy(L, LUA_TABLIBNAME, luaopen_table, table_names);
    luaL_setfuncs(L, clua_table_functions, 0);
    set_library(L, "table");
    open_copy(L, LUA_UTF8LIBNAME, luaopen_utf8, utf8_names);
    clua_add_utf8_ranges(L);
    set_library(L, "utf8");
    push_string_library(L);
    lua_setfield(L, -2, "string");
    clua_push_json_library(L);
    lua_setfield(L, -2, "json");
    lua_pushliteral(L, LUA_VERSION);
    lua_setfield(L, -2, "_VERSION");
    lua_createtable(L, 0, 2);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
}

/* Gives strings their methods from a copy that no script can reach or replace. The rest of the metatable is
 * the stock arithmetic on texts. */
static void lock_strings(lua_State *L) {
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    push_string_library(L);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
}

/* Pushes a copy of the functions in the table on top. */
static void copy_functions(lua_State *L) {
    int table = lua_gettop(L);
    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        if (lua_isfunction(L, -1)) lua_rawset(L, -4);
        else lua_pop(L, 2);
    }
}

/* The libraries' own tables go: only the copies stay. Where Lua looks for the name of a function, to say
 * which argument was bad, it finds those that scripts have, in tables that no script reaches. */
static void replace_stock_libraries(lua_State *L) {
    lua_newtable(L);
    int loaded = lua_gettop(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, clua_of(L)->env_ref);
    copy_functions(L);
    lua_setfield(L, loaded, LUA_GNAME);
    lua_pushnil(L);
    while (lua_next(L, loaded + 1)) {
        if (lua_istable(L, -1)) {
            lua_pushvalue(L, -2);
            lua_insert(L, -2);
            copy_functions(L);
            lua_remove(L, -2);
            lua_rawset(L, loaded);
        } else {
            lua_pop(L, 1);
        }
    }
    lua_settop(L, loaded);
    lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_newtable(L);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}

static void push_array_metatable(lua_State *L, clua_vm *vm) {
    lua_createtable(L, 0, 2);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pushliteral(L, "list");
    lua_setfield(L, -2, "__name");
    vm->array_mark = lua_topointer(L, -1);
}

static int new_table_reference(lua_State *L) {
    lua_newtable(L);
    return luaL_ref(L, LUA_REGISTRYINDEX);
}

/* Runs once for each new VM, protected. */
int clua_build_sandbox(lua_State *L) {
    clua_vm *vm = clua_of(L);
    push_array_metatable(L, vm);
    vm->array_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    vm->modules_ref = new_table_reference(L);
    vm->loaded_ref = new_table_reference(L);
    vm->loading_ref = new_table_reference(L);
    lua_createtable(L, CLUA_KEYS, 0);
    vm->keys_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    push_environment(L);
    lua_pushcfunction(L, clua_require);
    lua_setfield(L, -2, "require");
    vm->env_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    push_environment(L);
    vm->privileged_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lock_strings(L);
    clua_push_host(L);
    vm->host_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    replace_stock_libraries(L);
    return 0;
}

/* __newindex of the scripts' environment after the load: it sees only names that don't exist yet. */
int clua_lock_newindex(lua_State *L) {
    if (lua_type(L, 2) != LUA_TSTRING) return luaL_error(L, "the globals take only names as keys");
    return luaL_error(L, "the global '%s' was not set when the app was loaded: declare it with 'local'",
                      lua_tostring(L, 2));
}
