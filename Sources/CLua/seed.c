/* The hash seed of each VM, chosen by the host.
 *
 * Lua 5.4 derives its seed from the clock and from addresses, and offers no call to set it. In the static
 * archive luaS_hash is called from another object file only by the code that makes the seed, so the linker's
 * --wrap=luaS_hash puts our function in its place; Lua's own uses, inside the file that defines it, stay what
 * they are. clua_probe_seed proves at start-up that this still holds. */
#include "internal.h"

unsigned int __wrap_luaS_hash(const char *text, size_t length, unsigned int seed);

/* Per thread, because lua_newstate has no argument that reaches the seed code; set right before each
 * lua_newstate. */
static _Thread_local unsigned int next_seed;

void clua_seed_next(unsigned int seed) { next_seed = seed; }

unsigned int __wrap_luaS_hash(const char *text, size_t length, unsigned int seed) {
    (void)text;
    (void)length;
    (void)seed;
    return next_seed;
}

static int probe(lua_State *L) {
    uint8_t *order = lua_touserdata(L, 1);
    lua_newtable(L);
    for (int i = 0; i < CLUA_SEED_PROBE_KEYS; i++) {
        lua_pushfstring(L, "key-%d", i);
        lua_pushinteger(L, i);
        lua_rawset(L, -3);
    }
    int place = 0;
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        order[place++] = (uint8_t)lua_tointeger(L, -1);
        lua_pop(L, 1);
    }
    return 0;
}

int32_t clua_probe_seed(clua_vm *vm, uint8_t order[CLUA_SEED_PROBE_KEYS]) {
    lua_State *L = vm->L;
    if (!lua_checkstack(L, 4)) return CLUA_MEMORY;
    lua_pushcfunction(L, probe);
    lua_pushlightuserdata(L, order);
    int status = lua_pcall(L, 1, 0, 0);
    lua_settop(L, 0);
    return status == LUA_OK ? CLUA_OK : CLUA_MEMORY;
}
