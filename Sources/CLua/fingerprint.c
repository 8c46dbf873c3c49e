/* host.inside(value) and host.mix(hash, text): what the prelude needs to tell whether two values would do the
 * same (stdlib/prelude/fingerprint.lua). Of a function it sees the bytecode without anything that a comment
 * or an empty line moves: lua_dump leaves names and lines of instructions out when asked, and the two lines
 * between which a function stands are left out here. */
#include "internal.h"

#include <string.h>

#define FNV_PRIME 0x100000001B3u
#define BYTES_PER_UNIT 16 /* bytes of text that cost as much as one instruction */

/* The shape of a dump of Lua 5.4 (ldump.c). */
#define HEADER_BYTES 31   /* signature, version, format, sizes and two sample numbers */
#define UPVALUE_BYTES 3
#define INSTRUCTION_BYTES 4
#define NUMBER_BYTES 8
#define DEBUG_LISTS 4 /* all empty in a dump without names and lines */
#define DEPTH_MAX 200 /* of functions in functions, as in Lua's parser */

enum constant_tag {
    NIL = 0x00, NO = 0x01, YES = 0x11, INTEGER = 0x03, FLOAT = 0x13, SHORT = 0x04, LONG = 0x14
};

/* A dump that is read; what stays is moved together towards its beginning. */
typedef struct dump_reader {
    lua_State *L;
    uint8_t *next, *end, *kept;
    int names; /* stack place of the list of texts among the constants */
    int is_broken;
} dump_reader;

static uint8_t *take(dump_reader *reader, size_t count) {
    if (reader->is_broken || (size_t)(reader->end - reader->next) < count) {
        reader->is_broken = 1;
        return NULL;
    }
    uint8_t *bytes = reader->next;
    reader->next += count;
    return bytes;
}

static uint8_t *keep(dump_reader *reader, size_t count) {
    uint8_t *bytes = take(reader, count);
    if (bytes == NULL) return NULL;
    memmove(reader->kept, bytes, count);
    bytes = reader->kept;
    reader->kept += count;
    return bytes;
}

/* Seven bits a byte, the highest first; the last byte is marked. Kept or left out. */
static size_t read_size(dump_reader *reader, int is_kept) {
    size_t size = 0;
    for (;;) {
        uint8_t *byte = is_kept ? keep(reader, 1) : take(reader, 1);
        if (byte == NULL) return 0;
        size = size << 7 | (*byte & 0x7F);
        if (*byte & 0x80) return size;
    }
}

/* A text has its length and one more before it; 0 for none. */
static const char *read_text(dump_reader *reader, size_t *length) {
    size_t size = read_size(reader, 1);
    *length = size == 0 ? 0 : size - 1;
    return (const char *)keep(reader, *length);
}

static void read_constants(dump_reader *reader) {
    for (size_t count = read_size(reader, 1); count > 0 && !reader->is_broken; count--) {
        uint8_t *tag = keep(reader, 1);
        size_t length;
        const char *text;
        switch (tag == NULL ? NIL : *tag) {
        case NIL: case NO: case YES: break;
        case INTEGER: case FLOAT: keep(reader, NUMBER_BYTES); break;
        case SHORT: case LONG:
            text = read_text(reader, &length);
            if (text == NULL) break;
            lua_pushlstring(reader->L, text, length);
            lua_rawseti(reader->L, reader->names, (lua_Integer)lua_rawlen(reader->L, reader->names) + 1);
            break;
        default: reader->is_broken = 1;
        }
    }
}

static void read_function(dump_reader *reader, int depth) {
    size_t length;
    if (depth > DEPTH_MAX) reader->is_broken = 1;
    read_text(reader, &length); /* its source: none in such a dump */
    read_size(reader, 0);       /* its first line */
    read_size(reader, 0);       /* its last line */
    keep(reader, 3);            /* parameters, whether there are more, size of the stack */
    size_t instructions = read_size(reader, 1);
    keep(reader, instructions * INSTRUCTION_BYTES);
    read_constants(reader);
    size_t upvalues = read_size(reader, 1);
    keep(reader, upvalues * UPVALUE_BYTES);
    for (size_t inner = read_size(reader, 1); inner > 0 && !reader->is_broken; inner--)
        read_function(reader, depth + 1);
    for (int list = 0; list < DEBUG_LISTS; list++)
        if (read_size(reader, 1) != 0) reader->is_broken = 1;
}

static int write_dump(lua_State *L, const void *bytes, size_t count, void *buffer) {
    clua_buffer_append(L, buffer, bytes, count);
    return 0;
}

/* Pushes the code of the function on top of the stack, and the texts among its constants; 0 for a dump of
 * another shape than this file knows. */
static int push_code(lua_State *L) {
    clua_buffer *dump = &clua_of(L)->scratch;
    dump->length = 0;
    lua_dump(L, write_dump, dump, 1);
    clua_charge(L, dump->length / BYTES_PER_UNIT);
    lua_newtable(L);
    dump_reader reader = {.L = L, .next = dump->bytes, .end = dump->bytes + dump->length};
    reader.kept = reader.next;
    reader.names = lua_gettop(L);
    keep(&reader, HEADER_BYTES + 1); /* and the number of upvalues */
    read_function(&reader, 0);
    if (reader.is_broken || reader.next != reader.end) return 0;
    lua_pushlstring(L, (const char *)dump->bytes, (size_t)(reader.kept - dump->bytes));
    lua_insert(L, -2);
    return 1;
}

/* Pushes the code, the texts among its constants, and the upvalues with their number as `n`. */
static int inside_function(lua_State *L) {
    if (!push_code(L)) return 0;
    lua_newtable(L);
    int count = 0;
    while (lua_getupvalue(L, 1, count + 1) != NULL) lua_rawseti(L, -2, ++count);
    lua_pushinteger(L, count);
    lua_setfield(L, -2, "n");
    return 3;
}

typedef struct chunk_request {
    const char *source;
    size_t length;
    const char *file;
} chunk_request;

static int chunk_code_body(lua_State *L) {
    chunk_request *request = lua_touserdata(L, 1);
    clua_loading_reset(L, 0);
    if (!clua_load_text(L, request->source, request->length, request->file)) return lua_error(L);
    if (!push_code(L)) return luaL_error(L, "the code of %s has a shape that isn't known", request->file);
    clua_pack(L, -2, &clua_of(L)->exchange);
    return 0;
}

int32_t clua_chunk_code(clua_vm *vm, const uint8_t *source, size_t length, const char *file) {
    chunk_request request = {(const char *)source, length, file};
    return clua_protected(vm, chunk_code_body, &request);
}

/* Pushes a copy without metatable, and the metatable or nil. */
static int inside_table(lua_State *L) {
    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        clua_charge(L, 1);
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, 2);
    }
    if (!lua_getmetatable(L, 1)) lua_pushnil(L);
    return 2;
}

/* Nothing for what can't be looked into. */
int clua_inside(lua_State *L) {
    lua_settop(L, 1);
    if (lua_istable(L, 1)) return inside_table(L);
    if (lua_isfunction(L, 1) && !lua_iscfunction(L, 1)) return inside_function(L);
    return 0;
}

/* FNV-1a, 64 bits (draft-eastlake-fnv), going on from a hash. */
int clua_mix(lua_State *L) {
    uint64_t hash = (uint64_t)luaL_checkinteger(L, 1);
    size_t length;
    const char *text = luaL_checklstring(L, 2, &length);
    clua_charge(L, length / BYTES_PER_UNIT);
    for (size_t i = 0; i < length; i++) hash = (hash ^ (uint8_t)text[i]) * FNV_PRIME;
    lua_pushinteger(L, (lua_Integer)hash);
    return 1;
}
