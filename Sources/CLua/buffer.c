/* Byte buffers outside Lua's memory: records, and packed values on their way. Each has its own limit; growing
 * beyond it is a kill. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES 1024

static int make_room(clua_buffer *buffer, size_t count) {
    size_t needed = buffer->length + count;
    if (needed <= buffer->capacity) return 1;
    size_t capacity = buffer->capacity ? buffer->capacity : FIRST_BYTES;
    while (capacity < needed) capacity *= 2;
    uint8_t *bytes = realloc(buffer->bytes, capacity);
    if (bytes == NULL) return 0;
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return 1;
}

/* Appends without raising; false when memory is short. For use outside protected calls. */
int clua_buffer_try_append(clua_buffer *buffer, const void *bytes, size_t count) {
    if (!make_room(buffer, count)) return 0;
    if (count > 0) memcpy(buffer->bytes + buffer->length, bytes, count);
    buffer->length += count;
    return 1;
}

uint8_t *clua_buffer_grow(lua_State *L, clua_buffer *buffer, size_t count) {
    clua_vm *vm = clua_of(L);
    if (buffer->length + count > buffer->limit) {
        clua_kill(vm, CLUA_OUTPUT);
        clua_raise_kill(L);
    }
    if (!make_room(buffer, count)) {
        clua_kill(vm, CLUA_MEMORY);
        clua_raise_kill(L);
    }
    return buffer->bytes + buffer->length;
}

void clua_buffer_free(clua_buffer *buffer) {
    free(buffer->bytes);
    *buffer = (clua_buffer){0};
}
