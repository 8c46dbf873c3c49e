/* `require` over what the host added: no file system. Each module runs once, in the scripts' environment.
 *
 * `loading` is the list of modules that are being loaded, outermost first; it tells a cycle. A pcall that
 * catches an error shortens it to what it was, so that a module that failed can be required again. */
#include "internal.h"

#include <string.h>

/* Loads a chunk of one kind, "t" or "b", with the scripts' environment. */
static int load_chunk(lua_State *L, const char *chunk, size_t length, const char *file, const char *kind) {
    clua_vm *vm = clua_of(L);
    lua_pushfstring(L, "@%s", file);
    int status = luaL_loadbufferx(L, chunk, length, lua_tostring(L, -1), kind);
    lua_remove(L, -2);
    if (status != LUA_OK) {
        /* Nesting too deep for the parser comes as LUA_ERRRUN, but is about the text too. */
        int is_text = lua_type(L, -1) == LUA_TSTRING;
        vm->syntax_message = status != LUA_ERRMEM && is_text ? lua_tostring(L, -1) : NULL;
        return 0;
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->env_ref);
    lua_setupvalue(L, -2, 1); /* a main chunk's only upvalue is _ENV */
    return 1;
}

/* Compiles text (never bytecode); pushes the function, or the message and returns 0. */
int clua_load_text(lua_State *L, const char *source, size_t length, const char *file) {
    return load_chunk(L, source, length, file, "t");
}

/* The same of what clua_precompile made in this process: Lua doesn't check bytecode, no other is loaded. */
int clua_load_code(lua_State *L, const char *code, size_t length, const char *file) {
    return load_chunk(L, code, length, file, "b");
}

/* host.compile(text, file): the text as a function of the scripts' environment; one that isn't Lua raises a
 * syntax error. */
int clua_compile(lua_State *L) {
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    if (!clua_load_text(L, text, length, luaL_checkstring(L, 2))) return lua_error(L);
    return 1;
}

/* Forgets the modules that were being loaded above `length`: their loading failed. */
void clua_loading_reset(lua_State *L, int length) {
    clua_vm *vm = clua_of(L);
    if (vm->loading <= length) return;
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->loading_ref);
    for (; vm->loading > length; vm->loading--) {
        lua_pushnil(L);
        lua_rawseti(L, -2, vm->loading);
    }
    lua_pop(L, 1);
}

static void refuse_cycle(lua_State *L, const char *name) {
    clua_vm *vm = clua_of(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->loading_ref);
    int list = lua_gettop(L);
    for (int i = 1; i <= vm->loading; i++) {
        lua_rawgeti(L, list, i);
        if (strcmp(lua_tostring(L, -1), name) != 0) {
            lua_pop(L, 1);
            continue;
        }
        luaL_Buffer chain;
        luaL_buffinit(L, &chain);
        for (int j = i; j <= vm->loading; j++) {
            lua_rawgeti(L, list, j);
            luaL_addvalue(&chain);
            luaL_addstring(&chain, " -> ");
        }
        luaL_addstring(&chain, name);
        luaL_pushresult(&chain);
        luaL_error(L, "modules require each other in a circle: %s", lua_tostring(L, -1));
    }
    lua_pop(L, 1);
}

/* Names what there is, sorted: our own sort on the list of names. */
static int refuse_unknown(lua_State *L, const char *name) {
    lua_newtable(L);
    int list = lua_gettop(L), count = 0;
    lua_rawgeti(L, LUA_REGISTRYINDEX, clua_of(L)->modules_ref);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        lua_rawseti(L, list, ++count);
    }
    lua_pushcfunction(L, clua_sort);
    lua_pushvalue(L, list);
    lua_call(L, 1, 0);
    luaL_Buffer names;
    luaL_buffinit(L, &names);
    for (int i = 1; i <= count; i++) {
        if (i > 1) luaL_addstring(&names, ", ");
        lua_rawgeti(L, list, i);
        luaL_addvalue(&names);
    }
    luaL_pushresult(&names);
    const char *known = count > 0 ? lua_tostring(L, -1) : "none";
    return luaL_error(L, "there is no module '%s'; there are: %s", name, known);
}

static void begin_loading(lua_State *L) {
    clua_vm *vm = clua_of(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->loading_ref);
    lua_pushvalue(L, 1);
    lua_rawseti(L, -2, vm->loading + 1);
    vm->loading += 1;
    lua_pop(L, 1);
}

int clua_require(lua_State *L) {
    clua_vm *vm = clua_of(L);
    const char *name = luaL_checkstring(L, 1);
    lua_settop(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->loaded_ref); /* 2 */
    lua_pushvalue(L, 1);
    if (lua_rawget(L, 2) != LUA_TNIL) return 1;
    refuse_cycle(L, name);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->modules_ref); /* 4 */
    lua_pushvalue(L, 1);
    if (lua_rawget(L, 4) != LUA_TTABLE) return refuse_unknown(L, name);
    lua_rawgeti(L, 5, 1);
    lua_rawgeti(L, 5, 2);
    size_t length;
    const char *source = lua_tolstring(L, 6, &length);
    if (!clua_load_text(L, source, length, lua_tostring(L, 7))) return lua_error(L);
    begin_loading(L);
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
    clua_loading_reset(L, vm->loading - 1);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushboolean(L, 1);
    }
    lua_pushvalue(L, 1);
    lua_pushvalue(L, -2);
    lua_rawset(L, 2);
    return 1;
}
