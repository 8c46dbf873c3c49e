/* A text that grows on the script's account: local bytes first, then userdata, so that the memory limit
 * holds, a refused growth is a proper memory error, and an error while it is in use leaks nothing. */
#include "internal.h"

#include <string.h>

void clua_text_init(clua_text *text, lua_State *L) {
    text->L = L;
    text->bytes = text->local;
    text->length = 0;
    text->capacity = CLUA_TEXT_LOCAL;
    lua_pushnil(L);
    text->slot = lua_gettop(L);
}

/* A long string is worth a collection before Lua's own functions ask for it: their buffers fail without
 * trying one. */
void clua_collect_if_short(lua_State *L, size_t bytes) {
    clua_vm *vm = clua_of(L);
    if (vm->used + bytes > vm->limits.memory_bytes) lua_gc(L, LUA_GCCOLLECT);
}

void clua_text_reserve(clua_text *text, size_t count) {
    size_t limit = (size_t)clua_of(text->L)->limits.memory_bytes;
    if (count > limit || text->length + count > limit) {
        clua_kill(clua_of(text->L), CLUA_MEMORY);
        clua_raise_kill(text->L);
    }
    size_t needed = text->length + count;
    if (needed <= text->capacity) return;
    size_t capacity = text->capacity * 2 < needed ? needed : text->capacity * 2;
    char *grown = lua_newuserdatauv(text->L, capacity, 0);
    memcpy(grown, text->bytes, text->length);
    lua_replace(text->L, text->slot);
    text->bytes = grown;
    text->capacity = capacity;
}

void clua_text_append(clua_text *text, const char *bytes, size_t count) {
    if (text->capacity - text->length < count) clua_text_reserve(text, count);
    memcpy(text->bytes + text->length, bytes, count);
    text->length += count;
}

void clua_text_push(clua_text *text) { lua_pushlstring(text->L, text->bytes, text->length); }
