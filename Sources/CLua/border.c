/* The length of a table, by what it holds and nothing else.
 *
 * With holes, Lua's # may give any border: which one hangs on the sizes of the table's parts, and so on hash
 * seeds, addresses and the order in which keys came and went. The manual allows any; a history must decide
 * the same on every machine. Lua calls luaH_getn from other object files than its own (for the operator and
 * for lua_rawlen), so the linker's --wrap=luaH_getn puts our search in its place: powers of two up to the
 * first that is missing, then halves. A list without holes has one border, which this finds like any search;
 * it costs two looks for each doubling of the length. */
#include "internal.h"

/* The beginning of Lua 5.4's TValue, as lobject.h has it: the low four bits of the tag are 0 for nil. */
typedef struct slot {
    uint64_t bits;
    uint8_t tag;
} slot;

#define KIND_MASK 0x0F

const slot *luaH_getint(void *table, lua_Integer key);
lua_Unsigned __wrap_luaH_getn(void *table);

static int holds(void *table, lua_Unsigned place) {
    return (luaH_getint(table, (lua_Integer)place)->tag & KIND_MASK) != LUA_TNIL;
}

lua_Unsigned __wrap_luaH_getn(void *table) {
    const lua_Unsigned beyond = (lua_Unsigned)LUA_MAXINTEGER + 1; /* no key is that large */
    lua_Unsigned low = 0, high = 1;
    while (high < beyond && holds(table, high)) {
        low = high;
        high *= 2;
    }
    while (high - low > 1) {
        lua_Unsigned middle = low + (high - low) / 2;
        if (holds(table, middle)) low = middle;
        else high = middle;
    }
    return low;
}
