/* host.misfit(kind, value, own): where a value isn't of the kind that was declared for it.
 *
 * A kind is a number (below), or a table with that number at [0] and, for KIND_TABLE, name and kind of each
 * member from [1] on, and each name once more as a key; for KIND_LIST, the kind of the elements at [1].
 * Members that no name declares are fine. The value is looked at as JSON would show it: no metamethod is
 * asked, json.null is an absent member.
 *
 * `own` is true for a value that a script made, false for one that was decoded: lists count from 1 or from
 * 0, as the reader of the error does, and a script's empty table is an empty list where one is declared,
 * which it becomes.
 *
 * Results: nothing where it fits; else the path, what the value there must be, and what it is. Behind those
 * (three times nil where it fits) what looks like a slip, if anything does: a list of { path, name, { the
 * names that are absent beside it } } of members that nobody declares. */
#include "internal.h"

#include <string.h>

enum kind { KIND_ANY, KIND_STRING, KIND_INTEGER, KIND_NUMBER, KIND_BOOLEAN, KIND_LIST, KIND_TABLE };
#define KIND_MASK 15
#define KIND_OPTIONAL 16 /* may be absent */

#define DOUBTS_MAX 8 /* that are told: each costs a search, and a slip shows in the first element of a list */

enum place { KINDS = 1, VALUE, OWN, DOUBTS }; /* on the stack */

typedef struct walk {
    lua_State *L;
    int own;
    int doubts;
    clua_path path;
    const char *wanted, *found; /* set by what doesn't fit, and by nothing behind it */
} walk;

static const char *const wanted_names[] = {
    "anything", "a string", "an integer", "a number", "true or false", "a list", "a table",
};

/* As the JSON encoder sees it. */
static int is_list(lua_State *L, int index) {
    int has_first = lua_rawgeti(L, index, 1) != LUA_TNIL;
    lua_pop(L, 1);
    return has_first || clua_has_array_mark(L, index);
}

static const char *name_of(lua_State *L, int index) {
    switch (lua_type(L, index)) {
    case LUA_TNIL: return "absent";
    case LUA_TLIGHTUSERDATA: return "null";
    case LUA_TBOOLEAN: return "true or false";
    case LUA_TNUMBER: return lua_isinteger(L, index) ? "an integer" : "a float";
    case LUA_TSTRING: return "a string";
    case LUA_TTABLE: return is_list(L, index) ? "a list" : "a table";
    default: return "a function";
    }
}

/* A plain table without members, which a script may have meant as a list. */
static int become_list(lua_State *L, int index) {
    if (lua_getmetatable(L, index)) {
        lua_pop(L, 1);
        return 0;
    }
    lua_pushnil(L);
    if (lua_next(L, index)) {
        lua_pop(L, 2);
        return 0;
    }
    lua_pushvalue(L, index);
    clua_mark_array(L);
    lua_pop(L, 1);
    return 1;
}

static int is_of(walk *w, int kind, int index) {
    lua_State *L = w->L;
    int type = lua_type(L, index);
    switch (kind) {
    case KIND_ANY: return 1;
    case KIND_STRING: return type == LUA_TSTRING;
    case KIND_INTEGER: return lua_isinteger(L, index);
    case KIND_NUMBER: return type == LUA_TNUMBER;
    case KIND_BOOLEAN: return type == LUA_TBOOLEAN;
    case KIND_LIST:
        return type == LUA_TTABLE && (is_list(L, index) || (w->own && become_list(L, index)));
    default: return type == LUA_TTABLE && !is_list(L, index);
    }
}

static int refuse(walk *w, int kind, int index) {
    w->wanted = wanted_names[kind];
    w->found = name_of(w->L, index);
    return 0;
}

/* Notes the stranger whose name is on top, a member of the table at `table`, with the declared names that
 * are absent beside it. */
static void doubt(walk *w, int kinds, int table) {
    lua_State *L = w->L;
    int name = lua_gettop(L);
    if (w->doubts++ == 0) {
        lua_newtable(L);
        lua_replace(L, DOUBTS);
    }
    clua_path_step *step = &w->path.steps[w->path.depth];
    step->key = lua_tolstring(L, name, &step->length);
    lua_createtable(L, 3, 0);
    clua_path_push(L, &w->path);
    lua_rawseti(L, -2, 1);
    lua_pushvalue(L, name);
    lua_rawseti(L, -2, 2);
    lua_newtable(L);
    lua_Integer count = (lua_Integer)lua_rawlen(L, kinds), absent = 0;
    for (lua_Integer i = 1; i < count; i += 2) {
        lua_rawgeti(L, kinds, i);
        lua_pushvalue(L, -1);
        if (lua_rawget(L, table) == LUA_TNIL) {
            lua_pop(L, 1);
            lua_rawseti(L, -2, ++absent);
        } else {
            lua_pop(L, 2);
        }
    }
    clua_mark_array(L);
    lua_rawseti(L, -2, 3);
    lua_rawseti(L, DOUBTS, w->doubts);
}

typedef struct name {
    const char *text; /* held by the table while we work */
    size_t length;
} name;

static int comes_before(const name *a, const name *b) {
    int order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);
    return order != 0 ? order < 0 : a->length < b->length;
}

/* Puts a name among the first ones, which are in order; the last of too many falls out. */
static int keep_first(name *first, int count, name added) {
    int place = count < DOUBTS_MAX ? count : DOUBTS_MAX - 1;
    if (count == DOUBTS_MAX && !comes_before(&added, &first[place])) return count;
    for (; place > 0 && comes_before(&added, &first[place - 1]); place--) first[place] = first[place - 1];
    first[place] = added;
    return count < DOUBTS_MAX ? count + 1 : count;
}

/* A declared member is absent: whatever nobody declared may be it. In order, since that of a traversal is the
 * machine's. */
static void look_for_strangers(walk *w, int kinds, int table) {
    lua_State *L = w->L;
    name strangers[DOUBTS_MAX];
    int count = 0;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        clua_charge(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING) continue;
        lua_pushvalue(L, -1);
        int is_declared = lua_rawget(L, kinds) != LUA_TNIL;
        lua_pop(L, 1);
        name stranger;
        stranger.text = lua_tolstring(L, -1, &stranger.length);
        if (!is_declared) count = keep_first(strangers, count, stranger);
    }
    for (int i = 0; i < count && w->doubts < DOUBTS_MAX; i++) {
        lua_pushlstring(L, strangers[i].text, strangers[i].length);
        doubt(w, kinds, table);
        lua_pop(L, 1);
    }
}

static int fits(walk *w, int kind, int value);

/* The kind on top, against the value below it. */
static int member_fits(walk *w, int *misses) {
    lua_State *L = w->L;
    int value = lua_gettop(L) - 1;
    int type = lua_type(L, value);
    if (type != LUA_TNIL && type != LUA_TLIGHTUSERDATA) return fits(w, value + 1, value);
    int is_table = lua_istable(L, value + 1);
    if (is_table) lua_rawgeti(L, value + 1, 0);
    lua_Integer kind = lua_tointeger(L, -1);
    if (is_table) lua_pop(L, 1);
    *misses = 1;
    return (kind & KIND_OPTIONAL) != 0 ? 1 : refuse(w, (int)(kind & KIND_MASK), value);
}

static int members_fit(walk *w, int kinds, int table) {
    lua_State *L = w->L;
    lua_Integer count = (lua_Integer)lua_rawlen(L, kinds);
    int misses = 0, good = 1;
    for (lua_Integer i = 1; i < count && good; i += 2) {
        clua_path_step *step = &w->path.steps[w->path.depth];
        lua_rawgeti(L, kinds, i);
        step->key = lua_tolstring(L, -1, &step->length);
        lua_rawget(L, table);
        lua_rawgeti(L, kinds, i + 1);
        good = member_fits(w, &misses);
        lua_pop(L, 2);
    }
    if (misses) {
        clua_path_step last = w->path.steps[w->path.depth];
        look_for_strangers(w, kinds, table);
        w->path.steps[w->path.depth] = last;
    }
    return good;
}

static int elements_fit(walk *w, int kinds, int table) {
    lua_State *L = w->L;
    lua_Integer count = (lua_Integer)lua_rawlen(L, table);
    if (lua_rawgeti(L, kinds, 1) == LUA_TNIL) return 1;
    clua_charge(L, (uint64_t)count);
    int kind = lua_gettop(L);
    for (lua_Integer i = 1; i <= count; i++) {
        clua_path_step *step = &w->path.steps[w->path.depth];
        step->key = NULL;
        step->element = w->own ? i : i - 1;
        lua_rawgeti(L, table, i);
        lua_pushvalue(L, kind);
        int misses = 0, good = member_fits(w, &misses);
        lua_pop(L, 2);
        if (!good) return 0;
    }
    return 1;
}

/* Whether the value fits the kind, both given by their stack index. */
static int fits(walk *w, int kind, int value) {
    lua_State *L = w->L;
    if (!lua_istable(L, kind)) {
        int plain = (int)lua_tointeger(L, kind) & KIND_MASK;
        return is_of(w, plain, value) || refuse(w, plain, value);
    }
    luaL_checkstack(L, 12, "kinds");
    lua_rawgeti(L, kind, 0);
    int outer = (int)lua_tointeger(L, -1) & KIND_MASK;
    lua_pop(L, 1);
    if (!is_of(w, outer, value)) return refuse(w, outer, value);
    clua_shape_unfold(L, value);
    int top = lua_gettop(L);
    w->path.depth++;
    int good = outer == KIND_TABLE ? members_fit(w, kind, value) : elements_fit(w, kind, value);
    if (good) w->path.depth--; /* else it is where the path ends */
    lua_settop(L, top);
    return good;
}

int clua_misfit(lua_State *L) {
    lua_settop(L, OWN);
    lua_pushnil(L); /* DOUBTS */
    walk w;
    w.L = L;
    w.own = lua_toboolean(L, OWN);
    w.doubts = w.path.depth = 0;
    if (fits(&w, KINDS, VALUE)) {
        if (w.doubts == 0) return 0;
        lua_pushnil(L);
        lua_pushnil(L);
        lua_pushnil(L);
    } else {
        clua_path_push(L, &w.path);
        lua_pushstring(L, w.wanted);
        lua_pushstring(L, w.found);
    }
    lua_pushvalue(L, DOUBTS);
    return 4;
}
