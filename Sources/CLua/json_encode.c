/* Canonical JSON: the same value gives the same bytes, always. Keys are sorted by their bytes, there is no
 * white space, floats keep a point.
 *
 * A table is an array when it has the mark (json.array, or decoded from one) or when t[1] exists; else an
 * object. Mixed keys, holes, NaN, infinities, text that isn't UTF-8, and more than 64 levels are errors.
 * Metamethods are not asked, so no script code runs here. */
#include "internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Members sorted on the C stack (768 bytes a level); larger objects take a userdata. */
#define LOCAL_MEMBERS 32

typedef struct member {
    const char *key; /* held by the table while we work */
    size_t length;
    int value; /* stack index of the value; 0: look it up */
} member;

typedef struct writer {
    lua_State *L;
    clua_vm *vm;
    clua_buffer *out;
    size_t units; /* of work, since the budget was charged last */
    clua_path path; /* to the value that is being written */
} writer;

#define REFUSAL_SLOTS 16   /* for two keys, and the pieces of the message */

#define BYTES_PER_UNIT 16 /* bytes of text that cost as much as one instruction */

static void write_value(writer *w, int index);

/* Charged as it goes: what fails in the middle has cost as much as what succeeds. */
static void pay(writer *w, size_t units) {
    w->units += units;
    if (w->units < CLUA_HOOK_INTERVAL) return;
    units = w->units;
    w->units = 0;
    clua_charge(w->L, units);
}

/* " at lines[2].price", for errors; "" at the top. Pushes the text that it returns. */
static const char *where(writer *w) {
    if (w->path.depth <= 0) return lua_pushliteral(w->L, "");
    lua_pushliteral(w->L, " at ");
    clua_path_push(w->L, &w->path);
    lua_concat(w->L, 2);
    return lua_tostring(w->L, -1);
}

/* 0: plain; 'u': \u00xx; else the letter after the backslash. */
static char escape_of(uint8_t c) {
    switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return c < 0x20 ? 'u' : 0;
    }
}

static void write_escape(writer *w, uint8_t c) {
    static const char hex[] = "0123456789abcdef";
    char escape = escape_of(c);
    char text[6] = {'\\', escape, '0', '0', hex[c >> 4], hex[c & 15]};
    clua_buffer_append(w->L, w->out, text, escape == 'u' ? 6 : 2);
}

static void write_string(writer *w, const char *text, size_t length) {
    const uint8_t *p = (const uint8_t *)text, *end = p + length, *plain = p;
    pay(w, length / BYTES_PER_UNIT);
    clua_buffer_byte(w->L, w->out, '"');
    while ((p = clua_skip_plain(p, end)) < end) {
        uint8_t c = *p;
        if (c >= 0x80) {
            size_t sequence = clua_utf8_sequence(p, end);
            if (sequence == 0) luaL_error(w->L, "a string that is not UTF-8%s can't become JSON", where(w));
            p += sequence;
            continue;
        }
        clua_buffer_append(w->L, w->out, plain, (size_t)(p - plain));
        write_escape(w, c);
        plain = ++p;
    }
    clua_buffer_append(w->L, w->out, plain, (size_t)(p - plain));
    clua_buffer_byte(w->L, w->out, '"');
}

static void write_number(writer *w, int index) {
    char *out = (char *)clua_buffer_reserve(w->L, w->out, CLUA_NUMBER_TEXT);
    if (lua_isinteger(w->L, index)) {
        w->out->length += clua_format_integer(lua_tointeger(w->L, index), out);
        return;
    }
    double value = lua_tonumber(w->L, index);
    if (!isfinite(value))
        luaL_error(w->L, "%s%s can't become JSON", isnan(value) ? "NaN" : "an infinite number", where(w));
    w->out->length += clua_format_float(value, out);
}

static int compare_members(const void *a, const void *b) {
    const member *x = a, *y = b;
    int order = memcmp(x->key, y->key, x->length < y->length ? x->length : y->length);
    if (order != 0) return order;
    return x->length < y->length ? -1 : x->length > y->length;
}

/* Insertion for the few members of an event; keys are distinct, so any sort gives the same order. */
static void sort_members(member *members, int count) {
    if (count > LOCAL_MEMBERS) {
        qsort(members, (size_t)count, sizeof *members, compare_members);
        return;
    }
    for (int i = 1; i < count; i++) {
        member moving = members[i];
        int j = i;
        for (; j > 0 && compare_members(&moving, &members[j - 1]) < 0; j--) members[j] = members[j - 1];
        members[j] = moving;
    }
}

/* Whether the key at `a` is to be named in an error before that at `b`: texts by their bytes, then numbers by
 * size, then the rest by kind. The order of a traversal is the machine's, and an error must not show it. */
static int named_before(lua_State *L, int a, int b) {
    int left = lua_type(L, a), right = lua_type(L, b);
    if (left == right && left == LUA_TNUMBER) return lua_compare(L, a, b, LUA_OPLT);
    if (left == right && left == LUA_TSTRING) {
        member x, y;
        x.key = lua_tolstring(L, a, &x.length);
        y.key = lua_tolstring(L, b, &y.length);
        return compare_members(&x, &y) < 0;
    }
    if (left == LUA_TSTRING || right == LUA_TSTRING) return left == LUA_TSTRING;
    if (left == LUA_TNUMBER || right == LUA_TNUMBER) return left == LUA_TNUMBER;
    return left < right;
}

static int is_element(lua_State *L, int index) {
    return lua_isinteger(L, index) && lua_tointeger(L, index) > 0;
}

/* Pushes the first key, in the order above, that an object can't have, or that a list can't; nil for none. */
static void push_stray_key(lua_State *L, int table, int is_list) {
    luaL_checkstack(L, REFUSAL_SLOTS, "JSON");
    lua_pushnil(L);
    int first = lua_gettop(L);
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        clua_charge(L, 1);
        int belongs = is_list ? is_element(L, -1) : lua_type(L, -1) == LUA_TSTRING;
        if (belongs) continue;
        if (lua_isnil(L, first) || named_before(L, -1, first)) lua_copy(L, -1, first);
    }
}

static void refuse_object(writer *w, int table) {
    lua_State *L = w->L;
    push_stray_key(L, table, 0);
    int key = lua_gettop(L);
    w->path.depth--; /* it is about the table itself */
    const char *place = where(w);
    if (lua_type(L, key) == LUA_TNUMBER)
        luaL_error(L,
                   "a table%s with the number key %s but without [1] can't become JSON: "
                   "use text keys, or a list from 1",
                   place, lua_tostring(L, key));
    luaL_error(L, "a table%s with a %s as a key can't become JSON", place, luaL_typename(L, key));
}

/* Gathers the members; values stay on the stack as long as they are few. Returns their number. */
static int gather(writer *w, int table, member *members, int keep_values) {
    lua_State *L = w->L;
    int count = 0;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        pay(w, 1);
        if (lua_type(L, -2) != LUA_TSTRING) refuse_object(w, table);
        if (count == LOCAL_MEMBERS && keep_values) {
            lua_pop(L, 2);
            return count + 1; /* too many for this way */
        }
        member *m = &members[count++];
        m->key = lua_tolstring(L, -2, &m->length);
        m->value = 0;
        if (keep_values) {
            m->value = lua_gettop(L);
            lua_pushvalue(L, -2); /* key and value stay below the key that goes on */
        } else {
            lua_pop(L, 1);
        }
    }
    return count;
}

static int count_members(writer *w, int table) {
    lua_State *L = w->L;
    int count = 0;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        pay(w, 1);
        count++;
    }
    return count;
}

static void write_members(writer *w, int table, member *members, int count) {
    lua_State *L = w->L;
    sort_members(members, count);
    for (int i = 0; i < count; i++) {
        clua_buffer_byte(L, w->out, i == 0 ? '{' : ',');
        w->path.steps[w->path.depth].key = members[i].key;
        w->path.steps[w->path.depth].length = members[i].length;
        write_string(w, members[i].key, members[i].length);
        clua_buffer_byte(L, w->out, ':');
        if (members[i].value != 0) {
            write_value(w, members[i].value);
        } else {
            lua_pushlstring(L, members[i].key, members[i].length);
            lua_rawget(L, table);
            write_value(w, lua_gettop(L));
            lua_pop(L, 1);
        }
    }
    if (count == 0) clua_buffer_byte(L, w->out, '{');
    clua_buffer_byte(L, w->out, '}');
}

/* Apart from write_object, so that the local members are not on the C stack of large objects. */
static int write_small_object(writer *w, int table) {
    member members[LOCAL_MEMBERS];
    int top = lua_gettop(w->L);
    int count = gather(w, table, members, 1);
    if (count > LOCAL_MEMBERS) {
        lua_settop(w->L, top);
        return 0;
    }
    write_members(w, table, members, count);
    lua_settop(w->L, top);
    return 1;
}

static void write_object(writer *w, int table) {
    if (write_small_object(w, table)) return;
    int count = count_members(w, table);
    member *members = lua_newuserdatauv(w->L, (size_t)count * sizeof *members, 0);
    gather(w, table, members, 0);
    write_members(w, table, members, count);
    lua_pop(w->L, 1);
}

/* Some key is no element, or an element is missing. */
static void refuse_list(writer *w, int table) {
    lua_State *L = w->L;
    push_stray_key(L, table, 1);
    int key = lua_gettop(L), is_text = lua_type(L, key) == LUA_TSTRING;
    if (!lua_isnil(L, key)) {
        w->path.depth--; /* it is about the table itself */
        const char *place = where(w);
        const char *name = is_text || lua_isnumber(L, key) ? lua_tostring(L, key) : luaL_typename(L, key);
        luaL_error(L, "a table%s with list elements and the key '%s' can't become JSON", place, name);
    }
    lua_Integer *hole = &w->path.steps[w->path.depth].element;
    w->path.steps[w->path.depth].key = NULL;
    for (*hole = 1; lua_rawgeti(L, table, *hole) != LUA_TNIL; ++*hole) lua_pop(L, 1);
    luaL_error(L, "a hole%s in a list can't become JSON: use json.null", where(w));
}

/* Number of elements when the keys are 1, 2, 3 and so on, in whatever order they come; refuses others. The
 * length that Lua gives is no help: with holes it is the machine's choice. */
static lua_Integer count_elements(writer *w, int table) {
    lua_State *L = w->L;
    lua_Integer count = 0, last = 0;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        pay(w, 1);
        if (!is_element(L, -1)) refuse_list(w, table);
        lua_Integer key = lua_tointeger(L, -1);
        if (key > last) last = key;
        count++;
    }
    if (count != last) refuse_list(w, table);
    return count;
}

static void write_array(writer *w, int table) {
    lua_State *L = w->L;
    lua_Integer count = count_elements(w, table);
    clua_buffer_byte(L, w->out, '[');
    for (lua_Integer i = 1; i <= count; i++) {
        if (i > 1) clua_buffer_byte(L, w->out, ',');
        w->path.steps[w->path.depth].key = NULL;
        w->path.steps[w->path.depth].element = i;
        lua_rawgeti(L, table, i);
        write_value(w, lua_gettop(L));
        lua_pop(L, 1);
    }
    clua_buffer_byte(L, w->out, ']');
}

static int has_first_element(lua_State *L, int table) {
    int type = lua_rawgeti(L, table, 1);
    lua_pop(L, 1);
    return type != LUA_TNIL;
}

static void write_table(writer *w, int table) {
    if (++w->path.depth > CLUA_JSON_DEPTH_MAX)
        luaL_error(w->L, "a table nested deeper than %d levels can't become JSON (does it contain itself?)",
                   CLUA_JSON_DEPTH_MAX);
    luaL_checkstack(w->L, 2 * LOCAL_MEMBERS + 8, "JSON");
    clua_shape_unfold(w->L, table);
    if (has_first_element(w->L, table) || clua_has_array_mark(w->L, table)) write_array(w, table);
    else write_object(w, table);
    w->path.depth--;
}

static void write_value(writer *w, int index) {
    lua_State *L = w->L;
    pay(w, 1);
    switch (lua_type(L, index)) {
    case LUA_TNIL: clua_buffer_append(L, w->out, "null", 4); break;
    case LUA_TBOOLEAN:
        if (lua_toboolean(L, index)) clua_buffer_append(L, w->out, "true", 4);
        else clua_buffer_append(L, w->out, "false", 5);
        break;
    case LUA_TNUMBER: write_number(w, index); break;
    case LUA_TSTRING: {
        size_t length;
        const char *text = lua_tolstring(L, index, &length);
        write_string(w, text, length);
        break;
    }
    case LUA_TTABLE: write_table(w, index); break;
    case LUA_TLIGHTUSERDATA: clua_buffer_append(L, w->out, "null", 4); break;
    default: luaL_error(L, "a %s%s can't become JSON", luaL_typename(L, index), where(w));
    }
}

/* Appends the value at `index`, or raises; what was appended before is then the caller's to cut off. */
void clua_json_encode(lua_State *L, int index, clua_buffer *out) {
    writer w;
    w.L = L;
    w.vm = clua_of(L);
    w.out = out;
    w.path.depth = 0;
    w.units = 0;
    luaL_checkstack(L, 8, "JSON");
    write_value(&w, lua_absindex(L, index));
    clua_charge(L, w.units);
}
