/* Chunks of the host's own are compiled once in a process, and loaded as bytecode by each VM after that: a
 * seventh of the time. Names and lines stay in, so that errors say where they are. */
#include "internal.h"

typedef struct precompile_request {
    const char *source;
    size_t length;
    const char *file;
} precompile_request;

static int write_code(lua_State *L, const void *bytes, size_t count, void *buffer) {
    clua_buffer_append(L, buffer, bytes, count);
    return 0;
}

static int precompile_body(lua_State *L) {
    precompile_request *request = lua_touserdata(L, 1);
    clua_buffer *code = &clua_of(L)->scratch;
    clua_loading_reset(L, 0);
    if (!clua_load_text(L, request->source, request->length, request->file)) return lua_error(L);
    code->length = 0;
    lua_dump(L, write_code, code, 0);
    lua_pushlstring(L, (const char *)code->bytes, code->length);
    clua_pack(L, -1, &clua_of(L)->exchange);
    return 0;
}

int32_t clua_precompile(clua_vm *vm, const uint8_t *source, size_t length, const char *file) {
    precompile_request request = {(const char *)source, length, file};
    return clua_protected(vm, precompile_body, &request);
}
