/* Packed values: how values cross between Swift and the Lua stack. The encoding is described in CLua.h.
 *
 * Reading checks every bound, though only our own Swift code writes what is read here: a slip must be an
 * error, not a crash. */
#include "internal.h"

#include <string.h>

#define UUID_BYTES 16

typedef struct cursor {
    const uint8_t *next, *end;
    int keys; /* stack index of the list of keys */
} cursor;

static const uint8_t *take(lua_State *L, cursor *c, size_t count) {
    if ((size_t)(c->end - c->next) < count) luaL_error(L, "packed values end too early");
    const uint8_t *taken = c->next;
    c->next += count;
    return taken;
}

static uint32_t take_count(lua_State *L, cursor *c) {
    uint32_t count;
    memcpy(&count, take(L, c, sizeof count), sizeof count);
    return count;
}

/* Bytes that are still there bound what a count may make us reserve. */
static int presize(cursor *c, uint32_t count) {
    size_t left = (size_t)(c->end - c->next);
    return (int)(count < left ? count : left);
}

static void unpack(lua_State *L, cursor *c, int depth);

static void unpack_object(lua_State *L, cursor *c, int depth) {
    uint32_t count = take_count(L, c);
    lua_createtable(L, 0, presize(c, count));
    for (uint32_t i = 0; i < count; i++) {
        uint32_t length = take_count(L, c);
        clua_push_key(L, c->keys, (const char *)take(L, c, length), length);
        unpack(L, c, depth + 1);
        lua_rawset(L, -3);
    }
}

static void unpack_list(lua_State *L, cursor *c, int depth) {
    uint32_t count = take_count(L, c);
    lua_createtable(L, presize(c, count), 0);
    for (uint32_t i = 0; i < count; i++) {
        unpack(L, c, depth + 1);
        if (lua_isnil(L, -1)) {
            lua_pop(L, 1);
            lua_pushlightuserdata(L, NULL); /* json.null: a list has no holes */
        }
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    clua_mark_array(L);
}

/* The members that are there from the beginning, then the bytes of the others. */
static void unpack_shaped(lua_State *L, cursor *c, int depth) {
    const clua_shape *shape = clua_shape_at(L, take_count(L, c));
    lua_createtable(L, 0, shape->ready + (shape->ready < shape->count));
    int table = lua_gettop(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, shape->names_ref);
    for (int i = 1; i <= shape->ready; i++) {
        lua_rawgeti(L, table + 1, i);
        unpack(L, c, depth + 1);
        lua_rawset(L, table);
    }
    lua_pop(L, 1);
    uint32_t length = take_count(L, c);
    clua_shape_finish(L, shape, take(L, c, length), length);
}

/* JSON of which only the members of a shape are wanted. Asking such an object for another one is an error:
 * nil would say that the event doesn't have it. */
static void unpack_fields(lua_State *L, cursor *c) {
    const clua_shape *shape = clua_shape_at(L, take_count(L, c));
    uint32_t length = take_count(L, c);
    clua_json_decode(L, take(L, c, length), length, shape);
    if (lua_istable(L, -1) && lua_rawlen(L, -1) == 0 && !clua_has_array_mark(L, -1))
        clua_shape_finish(L, shape, NULL, 0);
}

/* RFC 9562, section 4: lower-case hexadecimal, 8-4-4-4-12. */
static void unpack_uuid(lua_State *L, cursor *c) {
    static const char hex[] = "0123456789abcdef";
    const uint8_t *bytes = take(L, c, UUID_BYTES);
    char text[2 * UUID_BYTES + 4], *p = text;
    for (int i = 0; i < UUID_BYTES; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *p++ = '-';
        *p++ = hex[bytes[i] >> 4];
        *p++ = hex[bytes[i] & 15];
    }
    lua_pushlstring(L, text, sizeof text);
}

static void unpack_number(lua_State *L, cursor *c, int tag) {
    if (tag == CLUA_TAG_INTEGER) {
        int64_t value;
        memcpy(&value, take(L, c, sizeof value), sizeof value);
        lua_pushinteger(L, value);
    } else {
        double value;
        memcpy(&value, take(L, c, sizeof value), sizeof value);
        lua_pushnumber(L, value);
    }
}

static void unpack(lua_State *L, cursor *c, int depth) {
    if (depth > CLUA_JSON_DEPTH_MAX)
        luaL_error(L, "packed values are nested deeper than %d", CLUA_JSON_DEPTH_MAX);
    luaL_checkstack(L, 4, "packed values");
    int tag = *take(L, c, 1);
    switch (tag) {
    case CLUA_TAG_NIL: lua_pushnil(L); break;
    case CLUA_TAG_FALSE:
    case CLUA_TAG_TRUE: lua_pushboolean(L, tag == CLUA_TAG_TRUE); break;
    case CLUA_TAG_INTEGER:
    case CLUA_TAG_FLOAT: unpack_number(L, c, tag); break;
    case CLUA_TAG_STRING: {
        uint32_t length = take_count(L, c);
        lua_pushlstring(L, (const char *)take(L, c, length), length);
        break;
    }
    case CLUA_TAG_JSON: {
        uint32_t length = take_count(L, c);
        clua_json_decode(L, take(L, c, length), length, NULL);
        break;
    }
    case CLUA_TAG_OBJECT: unpack_object(L, c, depth); break;
    case CLUA_TAG_LIST: unpack_list(L, c, depth); break;
    case CLUA_TAG_SHAPED: unpack_shaped(L, c, depth); break;
    case CLUA_TAG_FIELDS: unpack_fields(L, c); break;
    case CLUA_TAG_UUID: unpack_uuid(L, c); break;
    default: luaL_error(L, "packed values hold the unknown tag %d", tag);
    }
}

/* Pushes all values; returns how many. */
int clua_unpack_all(lua_State *L, const uint8_t *bytes, size_t length) {
    luaL_checkstack(L, 1, "packed values");
    clua_push_key_list(L);
    int keys = lua_gettop(L);
    cursor c = {bytes, bytes + length, keys};
    while (c.next < c.end) unpack(L, &c, 0);
    lua_remove(L, keys);
    return lua_gettop(L) - keys + 1;
}

#define BYTES_PER_UNIT 64 /* bytes copied that cost as much as one instruction */

static void pack_bytes(lua_State *L, clua_buffer *out, int tag, const char *bytes, size_t length) {
    if (length > UINT32_MAX) luaL_error(L, "a string of more than 4 GiB can't leave the script");
    clua_charge(L, length / BYTES_PER_UNIT);
    uint32_t count = (uint32_t)length;
    uint8_t *p = clua_buffer_reserve(L, out, 1 + sizeof count + length);
    *p = (uint8_t)tag;
    memcpy(p + 1, &count, sizeof count);
    memcpy(p + 1 + sizeof count, bytes, length);
    out->length += 1 + sizeof count + length;
}

static void pack_word(lua_State *L, clua_buffer *out, int tag, const void *word) {
    uint8_t *p = clua_buffer_reserve(L, out, 9);
    *p = (uint8_t)tag;
    memcpy(p + 1, word, 8);
    out->length += 9;
}

static void pack_number(lua_State *L, int index, clua_buffer *out) {
    if (lua_isinteger(L, index)) {
        int64_t value = lua_tointeger(L, index);
        pack_word(L, out, CLUA_TAG_INTEGER, &value);
    } else {
        double value = lua_tonumber(L, index);
        pack_word(L, out, CLUA_TAG_FLOAT, &value);
    }
}

static void pack_table(lua_State *L, int index, clua_buffer *out) {
    clua_buffer_byte(L, out, CLUA_TAG_JSON);
    size_t place = out->length;
    clua_buffer_append(L, out, "\0\0\0", 4);
    clua_json_encode(L, index, out);
    uint32_t length = (uint32_t)(out->length - place - 4); /* the buffer's limit is far below 4 GiB */
    memcpy(out->bytes + place, &length, sizeof length);
}

/* Appends the value at `index`; raises for what has no packed form. */
void clua_pack(lua_State *L, int index, clua_buffer *out) {
    switch (lua_type(L, index)) {
    case LUA_TNIL: clua_buffer_byte(L, out, CLUA_TAG_NIL); break;
    case LUA_TBOOLEAN:
        clua_buffer_byte(L, out, lua_toboolean(L, index) ? CLUA_TAG_TRUE : CLUA_TAG_FALSE);
        break;
    case LUA_TNUMBER: pack_number(L, index, out); break;
    case LUA_TSTRING: {
        size_t length;
        const char *bytes = lua_tolstring(L, index, &length);
        pack_bytes(L, out, CLUA_TAG_STRING, bytes, length);
        break;
    }
    case LUA_TTABLE: pack_table(L, index, out); break;
    case LUA_TLIGHTUSERDATA: /* json.null is the only one that scripts see */
        clua_buffer_byte(L, out, CLUA_TAG_NIL);
        break;
    default:
        luaL_error(L,
                   "a %s can't leave the script: "
                   "only nil, booleans, numbers, strings and tables of these can",
                   luaL_typename(L, index));
    }
}

/* The two below don't raise; for what is gathered while an error is handled. Short of memory they leave the
 * value out. */
void clua_pack_text(clua_buffer *out, const char *text, size_t length) {
    uint8_t head[5] = {CLUA_TAG_STRING};
    uint32_t count = (uint32_t)length;
    memcpy(head + 1, &count, sizeof count);
    if (clua_buffer_try_append(out, head, sizeof head) && !clua_buffer_try_append(out, text, length))
        out->length -= sizeof head;
}

void clua_pack_integer(clua_buffer *out, int64_t value) {
    uint8_t word[9] = {CLUA_TAG_INTEGER};
    memcpy(word + 1, &value, sizeof value);
    clua_buffer_try_append(out, word, sizeof word);
}
