/* host.freeze(value, bytes_max) and host.thaw(text): a state as bytes and back, exactly.
 *
 * JSON would lose what a fold may go by later: integers from floats among keys, lists with holes, which empty
 * table is a list, and two names for one table. So this is a form of its own, for snapshots alone; a change
 * of it needs a new number in front.
 *
 * A value is a tag and what follows: 0 json.null, 1 false, 2 true, 3 integer (i64), 4 float (f64), 5 string
 * (u32 length, bytes), 6 table (u8: 1 for a list's mark; u32 number of members; their keys and values), 7 a
 * table that came before (u32 its number, from 0, in the order of their beginnings). Little-endian.
 *
 * What has no such form isn't frozen: functions, tables with a metatable of a script's, tables as keys,
 * more than FROZEN_DEPTH_MAX levels. */
#include "internal.h"

#include <string.h>

#define FROZEN_VERSION 1
#define FROZEN_DEPTH_MAX 100 /* levels; the C stack pays for them */
#define BYTES_PER_UNIT 64    /* bytes that cost as much as one instruction */

enum { NOTHING, NO, YES, INTEGER, FLOAT, STRING, TABLE, AGAIN };

typedef struct freezer {
    lua_State *L;
    clua_buffer *out;
    size_t max;
    int seen;       /* stack index of table -> its number */
    uint32_t count; /* tables so far */
    int is_full;    /* something didn't fit */
} freezer;

static int has_room(freezer *f, size_t bytes) {
    if (f->out->length + bytes > f->max) f->is_full = 1;
    return !f->is_full;
}

static int put(freezer *f, int tag, const void *bytes, size_t count) {
    if (!has_room(f, 1 + count)) return 0;
    clua_buffer_byte(f->L, f->out, (uint8_t)tag);
    clua_buffer_append(f->L, f->out, bytes, count);
    return 1;
}

static int put_string(freezer *f, int index) {
    size_t length;
    const char *text = lua_tolstring(f->L, index, &length);
    if (length > UINT32_MAX || !has_room(f, 5 + length)) return 0;
    uint32_t count = (uint32_t)length;
    put(f, STRING, &count, sizeof count);
    clua_buffer_append(f->L, f->out, text, length);
    return 1;
}

static int put_number(freezer *f, int index) {
    if (lua_isinteger(f->L, index)) {
        int64_t value = lua_tointeger(f->L, index);
        return put(f, INTEGER, &value, sizeof value);
    }
    double value = lua_tonumber(f->L, index);
    return put(f, FLOAT, &value, sizeof value);
}

static int freeze(freezer *f, int index, int depth);

static int put_members(freezer *f, int table, int depth) {
    lua_State *L = f->L;
    size_t place = f->out->length;
    uint32_t members = 0;
    if (!has_room(f, sizeof members)) return 0;
    clua_buffer_append(L, f->out, &members, sizeof members);
    lua_pushnil(L);
    while (lua_next(L, table)) {
        int is_plain = lua_type(L, -2) != LUA_TTABLE && freeze(f, lua_gettop(L) - 1, depth);
        if (!is_plain || !freeze(f, lua_gettop(L), depth)) return 0;
        lua_pop(L, 1);
        members++;
    }
    memcpy(f->out->bytes + place, &members, sizeof members);
    return 1;
}

static int put_table(freezer *f, int index, int depth) {
    lua_State *L = f->L;
    if (depth == FROZEN_DEPTH_MAX) return 0;
    luaL_checkstack(L, 6, "nested too deep");
    lua_pushvalue(L, index);
    if (lua_rawget(L, f->seen) == LUA_TNUMBER) {
        uint32_t number = (uint32_t)lua_tointeger(L, -1);
        lua_pop(L, 1);
        return put(f, AGAIN, &number, sizeof number);
    }
    lua_pop(L, 1);
    uint8_t is_list = (uint8_t)clua_has_array_mark(L, index);
    if (lua_getmetatable(L, index)) {
        lua_pop(L, 1);
        if (!is_list) return 0;
    }
    lua_pushvalue(L, index);
    lua_pushinteger(L, f->count++);
    lua_rawset(L, f->seen);
    return put(f, TABLE, &is_list, sizeof is_list) && put_members(f, index, depth + 1);
}

/* Appends the value at an absolute index; false when it can't be frozen. */
static int freeze(freezer *f, int index, int depth) {
    switch (lua_type(f->L, index)) {
    case LUA_TLIGHTUSERDATA: return put(f, NOTHING, NULL, 0);
    case LUA_TBOOLEAN: return put(f, lua_toboolean(f->L, index) ? YES : NO, NULL, 0);
    case LUA_TNUMBER: return put_number(f, index);
    case LUA_TSTRING: return put_string(f, index);
    case LUA_TTABLE: return put_table(f, index, depth);
    default: return 0;
    }
}

/* Returns the bytes, or nil when the value has no such form or takes more; and how many bytes it takes, or
 * the most that it may. */
int clua_freeze(lua_State *L) {
    clua_vm *vm = clua_of(L);
    luaL_checkany(L, 1);
    size_t max = (size_t)luaL_checkinteger(L, 2);
    if (max > vm->scratch.limit) max = (size_t)vm->scratch.limit;
    lua_settop(L, 1);
    lua_newtable(L);
    freezer f = {L, &vm->scratch, max, 2, 0, 0};
    vm->scratch.length = 0;
    clua_buffer_byte(L, f.out, FROZEN_VERSION);
    int done = freeze(&f, 1, 0);
    size_t length = f.is_full ? max : f.out->length;
    clua_charge(L, f.out->length / BYTES_PER_UNIT);
    lua_settop(L, 0);
    if (done) lua_pushlstring(L, (const char *)f.out->bytes, length);
    else lua_pushnil(L);
    lua_pushinteger(L, (lua_Integer)length);
    return 2;
}

typedef struct thawer {
    lua_State *L;
    const uint8_t *next, *end;
    int tables; /* stack index of the list of tables so far */
    uint32_t count;
} thawer;

static const uint8_t *take(thawer *t, size_t count) {
    if ((size_t)(t->end - t->next) < count) luaL_error(t->L, "a frozen value ends too early");
    const uint8_t *taken = t->next;
    t->next += count;
    return taken;
}

static uint32_t take_count(thawer *t) {
    uint32_t count;
    memcpy(&count, take(t, sizeof count), sizeof count);
    return count;
}

static void thaw(thawer *t, int depth);

static void thaw_table(thawer *t, int depth) {
    lua_State *L = t->L;
    if (depth == FROZEN_DEPTH_MAX) luaL_error(L, "a frozen value is nested too deep");
    luaL_checkstack(L, 6, "nested too deep");
    int is_list = *take(t, 1);
    uint32_t members = take_count(t);
    /* Each member takes two bytes at least: what is there bounds what is reserved. */
    size_t left = (size_t)(t->end - t->next) / 2;
    int room = (int)(members < left ? members : left);
    lua_createtable(L, is_list ? room : 0, is_list ? 0 : room);
    lua_pushvalue(L, -1);
    lua_rawseti(L, t->tables, (lua_Integer)t->count++);
    for (uint32_t i = 0; i < members; i++) {
        thaw(t, depth + 1);
        int type = lua_type(L, -1);
        int is_nan = type == LUA_TNUMBER && lua_tonumber(L, -1) != lua_tonumber(L, -1);
        if (is_nan || type == LUA_TTABLE) luaL_error(L, "a frozen table has a wrong key");
        thaw(t, depth + 1);
        lua_rawset(L, -3);
    }
    if (is_list) clua_mark_array(L);
}

static void thaw(thawer *t, int depth) {
    lua_State *L = t->L;
    int tag = *take(t, 1);
    switch (tag) {
    case NOTHING: lua_pushlightuserdata(L, NULL); break;
    case NO:
    case YES: lua_pushboolean(L, tag == YES); break;
    case INTEGER: {
        int64_t value;
        memcpy(&value, take(t, sizeof value), sizeof value);
        lua_pushinteger(L, value);
        break;
    }
    case FLOAT: {
        double value;
        memcpy(&value, take(t, sizeof value), sizeof value);
        lua_pushnumber(L, value);
        break;
    }
    case STRING: {
        uint32_t length = take_count(t);
        lua_pushlstring(L, (const char *)take(t, length), length);
        break;
    }
    case TABLE: thaw_table(t, depth); break;
    case AGAIN: {
        uint32_t number = take_count(t);
        if (number >= t->count) luaL_error(L, "a frozen value names a table that isn't there");
        lua_rawgeti(L, t->tables, (lua_Integer)number);
        break;
    }
    default: luaL_error(L, "a frozen value holds the unknown tag %d", tag);
    }
}

/* Returns the value of frozen bytes; raises for what isn't one, or is of another version. */
int clua_thaw(lua_State *L) {
    size_t length;
    const uint8_t *bytes = (const uint8_t *)luaL_checklstring(L, 1, &length);
    lua_settop(L, 1);
    lua_newtable(L);
    thawer t = {L, bytes, bytes + length, 2, 0};
    clua_charge(L, length / BYTES_PER_UNIT);
    if (*take(&t, 1) != FROZEN_VERSION) return luaL_error(L, "a frozen value of another version");
    thaw(&t, 0);
    if (t.next != t.end) return luaL_error(L, "bytes follow a frozen value");
    return 1;
}
