/* What a script can name: for hints about a name that it misspelt. */
#include "internal.h"

#include <string.h>

#define NAMES_MAX 2000 /* of an app with more globals, some are not proposed */

/* Packs the text keys of the table at `index`, each behind `prefix`. */
static void pack_names(lua_State *L, int index, const char *prefix, int *left) {
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING) continue;
        if (--*left < 0) {
            lua_pop(L, 1);
            return;
        }
        lua_pushfstring(L, "%s%s", prefix, lua_tostring(L, -1));
        clua_pack(L, -1, &clua_of(L)->exchange);
        lua_pop(L, 1);
    }
}

static int names_body(lua_State *L) {
    clua_vm *vm = clua_of(L);
    int left = NAMES_MAX;
    vm->exchange.length = 0;
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->env_ref);
    int env = lua_gettop(L);
    pack_names(L, env, "", &left);
    lua_pushnil(L);
    while (lua_next(L, env)) {
        if (lua_istable(L, -1) && lua_type(L, -2) == LUA_TSTRING) {
            lua_pushfstring(L, "%s.", lua_tostring(L, -2));
            pack_names(L, lua_gettop(L) - 1, lua_tostring(L, -1), &left);
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
    return 0;
}

int32_t clua_names(clua_vm *vm) { return clua_protected(vm, names_body, NULL); }
