/* Stock functions that look at a part of a text: charged for that part, so that walking through a long text
 * character by character is as cheap as it should be. And utf8.codes, whose stock iterator can be made to
 * skip any number of bytes in one call. */
#include "internal.h"

#define BYTES_PER_UNIT 16     /* bytes looked at that cost as much as one instruction */
#define VALUES_PER_UNIT 2     /* values pushed */
#define CONTINUATION_MAX 5    /* bytes behind the first in the longest sequence that `lax` allows */
#define CODE_MAX 0x7FFFFFFFu  /* lax: up to 2^31 */
#define UNICODE_MAX 0x10FFFFu /* strict */

static int stock(lua_State *L) { return lua_tocfunction(L, lua_upvalueindex(1))(L); }

static size_t text_length(lua_State *L, int index) {
    return lua_type(L, index) == LUA_TSTRING ? (size_t)lua_rawlen(L, index) : 0;
}

/* Where an argument points to in a text of `length` bytes: from its end if negative. What isn't an integer is
 * for the stock function to refuse. */
static lua_Integer place_of(lua_State *L, int index, lua_Integer otherwise, size_t length) {
    lua_Integer place = lua_isnoneornil(L, index) ? otherwise : lua_tointeger(L, index);
    if (place >= 0) return place;
    return place < -(lua_Integer)length ? 0 : (lua_Integer)length + place + 1;
}

/* Bytes from argument 2 to argument 3, both within the text. */
static size_t range_of(lua_State *L, lua_Integer last) {
    size_t length = text_length(L, 1);
    lua_Integer from = place_of(L, 2, 1, length), to = place_of(L, 3, last == 0 ? from : last, length);
    if (from < 1) from = 1;
    if (to > (lua_Integer)length) to = (lua_Integer)length;
    return to < from ? 0 : (size_t)(to - from) + 1;
}

/* string.byte and utf8.codepoint: a value for each byte or character from i to j, by default one. */
static int range_values(lua_State *L) {
    clua_charge(L, range_of(L, 0) / VALUES_PER_UNIT);
    return stock(L);
}

/* utf8.len: from i to j, by default the whole text. */
static int range_length(lua_State *L) {
    clua_charge(L, range_of(L, -1) / BYTES_PER_UNIT);
    return stock(L);
}

/* utf8.offset(s, n, i): what was walked over, or the whole text when the walk ended outside. */
static int walked_offset(lua_State *L) {
    size_t length = text_length(L, 1), walked = length;
    lua_Integer from = place_of(L, 3, lua_tointeger(L, 2) > 0 ? 1 : (lua_Integer)length + 1, length);
    int count = stock(L);
    lua_Integer to = lua_tointeger(L, -1);
    if (to > 0) walked = (size_t)(to > from ? to - from : from - to);
    clua_charge(L, walked / BYTES_PER_UNIT);
    return count;
}

/* string.unpack(format, s, place): the last result is where it stopped. */
static int unpacked(lua_State *L) {
    size_t length = text_length(L, 2);
    lua_Integer from = place_of(L, 3, 1, length);
    clua_charge(L, text_length(L, 1) / VALUES_PER_UNIT);
    int count = stock(L);
    clua_charge(L, (uint64_t)(lua_tointeger(L, -1) - from) / BYTES_PER_UNIT);
    return count;
}

/* string.pack and string.packsize: each letter of the format is a step of its own. */
static int packed(lua_State *L) {
    size_t bytes = 0;
    for (int i = lua_gettop(L); i > 1; i--) bytes += text_length(L, i);
    clua_charge(L, text_length(L, 1) / VALUES_PER_UNIT + bytes / BYTES_PER_UNIT);
    clua_collect_if_short(L, 2 * bytes);
    return stock(L);
}

static int continues(char c) { return ((uint8_t)c & 0xC0) == 0x80; }

/* Decodes the sequence at s, which ends before a byte that doesn't continue it; NULL if there is none. */
static const char *decode(const char *s, uint32_t *code, int lax) {
    static const uint32_t least[] = {~0u, 0x80, 0x800, 0x10000, 0x200000, 0x4000000};
    uint32_t lead = (uint8_t)*s, value = 0;
    int count = 0;
    if (lead < 0x80) {
        value = lead;
    } else {
        for (; lead & 0x40; lead <<= 1) {
            if (++count > CONTINUATION_MAX || !continues(s[count])) return NULL;
            value = value << 6 | ((uint8_t)s[count] & 0x3F);
        }
        value |= (lead & 0x7F) << (count * 5);
        if (count == 0 || value > CODE_MAX || value < least[count]) return NULL;
    }
    if (!lax && (value > UNICODE_MAX || (value >= 0xD800 && value <= 0xDFFF))) return NULL;
    *code = value;
    return continues(s[count + 1]) ? NULL : s + count + 1;
}

/* Arguments: the text and the place of the character before (0: none). Upvalue 1: lax. */
static int next_code(lua_State *L) {
    size_t length;
    const char *s = luaL_checklstring(L, 1, &length);
    lua_Unsigned place = (lua_Unsigned)lua_tointeger(L, 2);
    for (int i = 0; place < length && continues(s[place]); i++, place++)
        if (i == CONTINUATION_MAX) return luaL_error(L, "invalid UTF-8 code");
    if (place >= length) return 0;
    uint32_t code;
    if (decode(s + place, &code, lua_toboolean(L, lua_upvalueindex(1))) == NULL)
        return luaL_error(L, "invalid UTF-8 code");
    lua_pushinteger(L, (lua_Integer)place + 1);
    lua_pushinteger(L, (lua_Integer)code);
    return 2;
}

/* utf8.codes(s, lax) */
static int utf8_codes(lua_State *L) {
    int lax = lua_toboolean(L, 2);
    const char *s = luaL_checkstring(L, 1);
    luaL_argcheck(L, !continues(*s), 1, "invalid UTF-8 code");
    lua_pushboolean(L, lax);
    lua_pushcclosure(L, next_code, 1);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

/* Puts `charge` in front of a function of the stock library, which lies below the copy on top. */
static void wrap(lua_State *L, const char *name, lua_CFunction charge) {
    lua_getfield(L, -2, name);
    lua_pushcclosure(L, charge, 1);
    lua_setfield(L, -2, name);
}

void clua_add_string_ranges(lua_State *L) {
    wrap(L, "byte", range_values);
    wrap(L, "pack", packed);
    wrap(L, "packsize", packed);
    wrap(L, "unpack", unpacked);
}

void clua_add_utf8_ranges(lua_State *L) {
    wrap(L, "codepoint", range_values);
    wrap(L, "len", range_length);
    wrap(L, "offset", walked_offset);
    lua_pushcfunction(L, utf8_codes);
    lua_setfield(L, -2, "codes");
}
