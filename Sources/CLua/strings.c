/* find, match, gmatch, gsub, rep and format of the sandbox: bounded in time by the budget, in space by the
 * memory limit. */
#include "internal.h"

#include <math.h>
#include <string.h>

#define BYTES_PER_UNIT 64 /* bytes searched or copied that cost as much as one instruction */

static size_t start_place(lua_Integer init, size_t length) {
    if (init > 0) return (size_t)init - 1;
    if (init == 0) return 0;
    return init < -(lua_Integer)length ? 0 : length + (size_t)init;
}

/* A search in a text of `length` bytes for a pattern that ends at `pattern_end`. */
static void prepare(clua_match *m, lua_State *L, const char *s, size_t length, const char *pattern_end) {
    m->L = L;
    m->source = s;
    m->source_end = s + length;
    m->pattern_end = pattern_end;
    m->steps = 0;
}

/* What is left of the steps when a search ends. */
static void settle(clua_match *m) {
    clua_charge(m->L, m->steps);
    m->steps = 0;
}

/* strcspn stops at zero bytes, which are plain. */
static int is_plain(const char *pattern, size_t length) {
    for (const char *p = pattern, *end = p + length;; p++) {
        p += strcspn(p, "^$*+?.([%-");
        if (p >= end) return 1;
        if (*p != 0) return 0;
    }
}

static int find_plain(lua_State *L, const char *s, size_t length, size_t start) {
    size_t wanted_length;
    const char *wanted = lua_tolstring(L, 2, &wanted_length);
    clua_charge(L, (length - start + wanted_length) / BYTES_PER_UNIT);
    const char *found = s + start; /* where an empty text is found */
    if (wanted_length > 0) found = memmem(found, length - start, wanted, wanted_length);
    if (found == NULL) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, found - s + 1);
    lua_pushinteger(L, (lua_Integer)(found - s) + (lua_Integer)wanted_length);
    return 2;
}

static int search(lua_State *L, int is_find) {
    size_t length, pattern_length;
    const char *s = luaL_checklstring(L, 1, &length), *p = luaL_checklstring(L, 2, &pattern_length);
    size_t start = start_place(luaL_optinteger(L, 3, 1), length);
    if (start > length) {
        lua_pushnil(L);
        return 1;
    }
    clua_charge(L, pattern_length / BYTES_PER_UNIT);
    int plain = is_find && (lua_toboolean(L, 4) || is_plain(p, pattern_length));
    if (plain) return find_plain(L, s, length, start);
    clua_match m;
    prepare(&m, L, s, length, p + pattern_length);
    int anchored = pattern_length > 0 && *p == '^';
    const char *from = s + start, *end;
    do {
        end = clua_match_at(&m, from, p + anchored);
    } while (end == NULL && !anchored && from++ < m.source_end);
    settle(&m);
    if (end == NULL) {
        lua_pushnil(L);
        return 1;
    }
    if (!is_find) return clua_match_push_captures(&m, from, end, 1);
    lua_pushinteger(L, from - s + 1);
    lua_pushinteger(L, end - s);
    return 2 + clua_match_push_captures(&m, from, end, 0);
}

static int string_find(lua_State *L) { return search(L, 1); }
static int string_match(lua_State *L) { return search(L, 0); }

/* Upvalues: text, pattern, where to go on, where the last match ended (-1: none), so that an empty match
 * doesn't repeat it. */
static int gmatch_next(lua_State *L) {
    size_t length, pattern_length;
    const char *s = lua_tolstring(L, lua_upvalueindex(1), &length);
    const char *p = lua_tolstring(L, lua_upvalueindex(2), &pattern_length);
    const char *from = s + lua_tointeger(L, lua_upvalueindex(3));
    lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
    clua_match m;
    prepare(&m, L, s, length, p + pattern_length);
    for (; from <= m.source_end; from++) {
        const char *end = clua_match_at(&m, from, p);
        if (end == NULL || end - s == last) continue;
        settle(&m);
        lua_pushinteger(L, end - s);
        lua_copy(L, -1, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return clua_match_push_captures(&m, from, end, 1);
    }
    settle(&m);
    return 0;
}

static int string_gmatch(lua_State *L) {
    size_t length;
    luaL_checklstring(L, 1, &length);
    luaL_checkstring(L, 2);
    size_t start = start_place(luaL_optinteger(L, 3, 1), length);
    lua_settop(L, 2);
    lua_pushinteger(L, (lua_Integer)(start > length ? length + 1 : start));
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, gmatch_next, 4);
    return 1;
}

/* Appends a replacement text, in which %0...%9 stand for captures and %% for %. */
static void append_template(clua_match *m, clua_text *out, const char *s, const char *e) {
    size_t length;
    const char *p = lua_tolstring(m->L, 3, &length), *end = p + length;
    clua_match_pay(m, length / BYTES_PER_UNIT);
    while (p < end) {
        const char *escape = memchr(p, '%', (size_t)(end - p));
        if (escape == NULL) escape = end;
        clua_text_append(out, p, (size_t)(escape - p));
        if (escape == end) return;
        clua_match_pay(m, 1);
        int c = escape + 1 < end ? (unsigned char)escape[1] : 0;
        p = escape + 2;
        if (c == '%') {
            clua_text_append(out, "%", 1);
        } else if (c == '0') {
            clua_text_append(out, s, (size_t)(e - s));
        } else if (c >= '1' && c <= '9') {
            clua_match_push_capture(m, c - '1', s, e);
            size_t capture_length;
            const char *capture = lua_tolstring(m->L, -1, &capture_length); /* a position becomes digits */
            clua_text_append(out, capture, capture_length);
            lua_pop(m->L, 1);
        } else {
            luaL_error(m->L, "invalid use of '%%' in replacement string");
        }
    }
}

/* Appends what replaces the match s...e: from a table or a function; nil or false keeps the text. */
static void append_value(clua_match *m, clua_text *out, const char *s, const char *e, int type) {
    lua_State *L = m->L;
    if (type == LUA_TFUNCTION) {
        lua_pushvalue(L, 3);
        lua_call(L, clua_match_push_captures(m, s, e, 1), 1);
    } else {
        clua_match_push_capture(m, 0, s, e);
        lua_gettable(L, 3);
    }
    if (!lua_toboolean(L, -1)) {
        clua_text_append(out, s, (size_t)(e - s));
    } else {
        if (!lua_isstring(L, -1)) luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
        size_t length;
        const char *text = lua_tolstring(L, -1, &length);
        clua_text_append(out, text, length);
    }
    lua_pop(L, 1);
}

static int string_gsub(lua_State *L) {
    size_t length, pattern_length;
    const char *s = luaL_checklstring(L, 1, &length), *p = luaL_checklstring(L, 2, &pattern_length);
    int type = lua_type(L, 3), anchored = pattern_length > 0 && *p == '^';
    int is_text = type == LUA_TNUMBER || type == LUA_TSTRING;
    luaL_argexpected(L, is_text || type == LUA_TTABLE || type == LUA_TFUNCTION, 3, "string/function/table");
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)length + 1), replaced = 0;
    lua_settop(L, 3);
    clua_match m;
    clua_text out;
    clua_text_init(&out, L);
    prepare(&m, L, s, length, p + pattern_length);
    const char *last = NULL;
    while (replaced < most) {
        clua_match_pay(&m, 1); /* an empty pattern takes no step */
        const char *end = clua_match_at(&m, s, p + anchored);
        if (end != NULL && end != last) {
            replaced++;
            if (is_text) append_template(&m, &out, s, end);
            else append_value(&m, &out, s, end, type);
            s = last = end;
        } else if (s < m.source_end) {
            clua_text_append(&out, s++, 1);
        } else {
            break;
        }
        if (anchored) break;
    }
    settle(&m);
    clua_text_append(&out, s, (size_t)(m.source_end - s));
    clua_text_push(&out);
    lua_pushinteger(L, replaced);
    return 2;
}

/* The size is known before a byte is taken: what can't fit ends the script at once. */
static int string_rep(lua_State *L) {
    size_t length, separator_length;
    const char *s = luaL_checklstring(L, 1, &length);
    const char *separator = luaL_optlstring(L, 3, "", &separator_length);
    lua_Integer count = luaL_checkinteger(L, 2);
    size_t piece = length + separator_length;
    if (count <= 0 || piece == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    size_t limit = (size_t)clua_of(L)->limits.memory_bytes;
    if ((size_t)count > limit / piece + 1) {
        clua_kill(clua_of(L), CLUA_MEMORY);
        return clua_raise_kill(L);
    }
    size_t total = piece * (size_t)count - separator_length;
    clua_charge(L, total / BYTES_PER_UNIT);
    lua_settop(L, 3);
    clua_text text;
    clua_text_init(&text, L);
    clua_text_reserve(&text, total);
    clua_text_append(&text, s, length);
    clua_text_append(&text, separator, count > 1 ? separator_length : 0);
    while (text.length < total) { /* what is there already is the next part */
        size_t rest = total - text.length;
        clua_text_append(&text, text.bytes, rest < text.length ? rest : text.length);
    }
    clua_text_push(&text);
    return 1;
}

/* Where the conversion specification that starts behind '%' ends: its letter. */
static const char *specification_letter(const char *p, const char *end) {
    while (p < end && strchr("-+ #0123456789.", *p) != NULL && *p != 0) p++;
    return p;
}

/* The sign of a NaN is the machine's. */
static void clear_sign_of_nan(lua_State *L, int index) {
    lua_Number value = lua_tonumber(L, index);
    if (!isnan(value)) return;
    lua_pushnumber(L, fabs(value));
    lua_replace(L, index);
}

/* format: texts through our own tostring, no addresses; the rest is the stock function's (upvalue 1). */
static int string_format(lua_State *L) {
    size_t length;
    const char *p = luaL_checklstring(L, 1, &length), *end = p + length;
    size_t bytes = length;
    int argument = 1, top = lua_gettop(L);
    while (p < end) {
        if (*p++ != '%') continue;
        if (p < end && *p == '%') {
            p++;
            continue;
        }
        argument++;
        p = specification_letter(p, end);
        if (p < end && *p == 'p')
            return luaL_error(L, "'%%p' is not available: an address differs on every run");
        if (argument <= top && lua_type(L, argument) == LUA_TNUMBER) clear_sign_of_nan(L, argument);
        if (p < end && *p == 's' && argument <= top && lua_type(L, argument) != LUA_TSTRING) {
            clua_push_tostring(L, argument);
            lua_replace(L, argument);
        }
        if (argument <= top && lua_type(L, argument) == LUA_TSTRING) bytes += lua_rawlen(L, argument);
    }
    clua_charge(L, bytes / BYTES_PER_UNIT);
    clua_collect_if_short(L, 4 * bytes);
    lua_CFunction stock = lua_tocfunction(L, lua_upvalueindex(1));
    return stock(L);
}

/* Adds our functions to the library on top, whose stock `format` lies in the table below it. */
void clua_add_string_functions(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"find", string_find}, {"match", string_match}, {"gmatch", string_gmatch},
        {"gsub", string_gsub}, {"rep", string_rep},     {NULL, NULL},
    };
    luaL_setfuncs(L, functions, 0);
    lua_getfield(L, -2, "format");
    lua_pushcclosure(L, string_format, 1);
    lua_setfield(L, -2, "format");
}
