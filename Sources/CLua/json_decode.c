/* JSON (RFC 8259, strictly) straight onto the Lua stack.
 *
 * Presized tables are a quarter faster than grown ones, and the text is read once. So elements are pushed
 * first and put in a table of exactly their number afterwards, and an object's table is made for as many
 * members as the last one had at that depth: events of a kind come together. A null member is absent, a null
 * element is json.null; of equal keys the last one wins; integers are exact in 64 bits; what doesn't fit is
 * refused. With a shape, the outermost object gets the members of that shape alone; the others are checked
 * all the same. */
#include "json_reader.h"

#include <string.h>

/* Elements kept on the stack before their table is made; longer lists are then filled directly. */
#define GATHERED_MAX 32

/* Members that a table is made for at most before they are read. */
#define EXPECTED_MAX 32

typedef clua_json_reader reader;

void clua_json_refuse(reader *r, const char *what) {
    luaL_error(r->L, "invalid JSON at byte %d: %s", (int)(r->p - r->start) + 1, what);
}

static int peek(reader *r) {
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t')) r->p++;
    return r->p < r->end ? *r->p : -1;
}

static void read_value(reader *r);

static void read_word(reader *r, const char *word, size_t length) {
    if ((size_t)(r->end - r->p) < length || memcmp(r->p, word, length) != 0)
        clua_json_refuse(r, "expected a value");
    r->p += length;
}

/* After a value: true when another one follows. */
static int read_comma(reader *r, int close, const char *what) {
    int c = peek(r);
    if (c != ',' && c != close) clua_json_refuse(r, what);
    r->p++;
    return c == ',';
}

/* Moves the gathered elements above `base` into a new table there. */
static void make_list(lua_State *L, int base) {
    int count = lua_gettop(L) - base;
    lua_createtable(L, count, 0);
    for (int i = 1; i <= count; i++) {
        lua_pushvalue(L, base + i);
        lua_rawseti(L, -2, i);
    }
    lua_replace(L, base + 1);
    lua_settop(L, base + 1);
}

static void read_key(reader *r) {
    if (peek(r) != '"') clua_json_refuse(r, "expected a key in quotes");
    clua_json_read_string(r, 1);
    if (peek(r) != ':') clua_json_refuse(r, "expected ':' after the key");
    r->p++;
}

static void skip_object(reader *r) {
    do {
        read_key(r);
        read_value(r);
    } while (read_comma(r, '}', "expected ',' or '}'"));
}

static void skip_array(reader *r) {
    do {
        read_value(r);
    } while (read_comma(r, ']', "expected ',' or ']'"));
}

static void read_object(reader *r) {
    lua_State *L = r->L;
    r->p++;
    if (peek(r) == '}') {
        r->p++;
        if (!r->skipping) lua_createtable(L, 0, 0);
        return;
    }
    if (r->skipping) {
        skip_object(r);
        return;
    }
    uint8_t *expected = &r->vm->members[r->depth];
    int table = lua_gettop(L) + 1, count = 0;
    lua_createtable(L, 0, *expected);
    do {
        read_key(r);
        if (r->skipping) { /* nobody wants it */
            read_value(r);
            r->skipping = 0;
            continue;
        }
        read_value(r); /* nil for null: setting it makes no member, and removes an earlier one of that name */
        lua_rawset(L, table);
        count++;
    } while (read_comma(r, '}', "expected ',' or '}'"));
    *expected = (uint8_t)(count < EXPECTED_MAX ? count : EXPECTED_MAX);
}

static void read_array(reader *r) {
    lua_State *L = r->L;
    int base = lua_gettop(L);
    lua_Integer count = 0;
    r->p++;
    if (peek(r) == ']') {
        r->p++;
        if (r->skipping) return;
        lua_createtable(L, 0, 0);
        clua_mark_array(L);
        return;
    }
    if (r->skipping) {
        skip_array(r);
        return;
    }
    do {
        read_value(r);
        if (lua_isnil(L, -1)) {
            lua_pop(L, 1);
            lua_pushlightuserdata(L, NULL);
        }
        if (++count == GATHERED_MAX) make_list(L, base);
        else if (count > GATHERED_MAX) lua_rawseti(L, base + 1, count);
    } while (read_comma(r, ']', "expected ',' or ']'"));
    if (count < GATHERED_MAX) make_list(L, base);
    clua_mark_array(L);
}

static void read_nested(reader *r, void (*read)(reader *)) {
    if (++r->depth > CLUA_JSON_DEPTH_MAX) clua_json_refuse(r, "nested deeper than 64 levels");
    luaL_checkstack(r->L, 2 * GATHERED_MAX + 8, "JSON");
    read(r);
    r->depth--;
}

static void read_value(reader *r) {
    int c = peek(r);
    switch (c) {
    case '"': clua_json_read_string(r, 0); break;
    case '{': read_nested(r, read_object); break;
    case '[': read_nested(r, read_array); break;
    case 't':
        read_word(r, "true", 4);
        if (!r->skipping) lua_pushboolean(r->L, 1);
        break;
    case 'f':
        read_word(r, "false", 5);
        if (!r->skipping) lua_pushboolean(r->L, 0);
        break;
    case 'n':
        read_word(r, "null", 4);
        if (!r->skipping) lua_pushnil(r->L);
        break;
    default:
        if (c < 0) clua_json_refuse(r, "the text ends where a value is expected");
        if (c != '-' && (c < '0' || c > '9')) clua_json_refuse(r, "expected a value");
        clua_json_read_number(r);
    }
}

/* Pushes the value of a JSON text (nil for null), or raises. Of an object's members only those of `shape`,
 * unless that is NULL. */
void clua_json_decode(lua_State *L, const uint8_t *bytes, size_t length, const clua_shape *shape) {
    luaL_checkstack(L, 8, "JSON");
    clua_push_key_list(L);
    reader r = {L, clua_of(L), bytes, bytes, bytes + length, 0, lua_gettop(L), 0, shape};
    read_value(&r);
    if (peek(&r) >= 0) clua_json_refuse(&r, "text follows the value");
    lua_remove(L, r.keys);
}
