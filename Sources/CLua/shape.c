/* Shapes: objects of the host whose members have fixed names.
 *
 * A shaped object costs an event little: its first members are there from the beginning, the rest stays
 * packed, in a string under a key that no script has, until one of them is asked for or the object is
 * traversed, written or encoded. Then all are made, once. A name that the shape doesn't have is an error with
 * a hint, not nil: it is a typing mistake.
 *
 * Invariants:
 * - A script can't tell an object whose rest is packed from one whose rest is there: pairs, next, the JSON
 *   encoder and __newindex unfold it first.
 * - The names and the metatable are the VM's; no script reaches them. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

static const char rest_key, shape_key; /* only their addresses matter */

const clua_shape *clua_shape_at(lua_State *L, uint32_t number) {
    clua_vm *vm = clua_of(L);
    if (number >= (uint32_t)vm->shape_count) luaL_error(L, "packed values name the unknown shape %d", number);
    return vm->shapes[number];
}

int clua_shape_has(const clua_shape *shape, const char *text, size_t length) {
    for (int i = 0; i < shape->count; i++) {
        if (shape->names[i].length != length) continue;
        if (clua_equal_names(shape->names[i].text, text, length)) return 1;
    }
    return 0;
}

/* Pushes the shape's metatable when the value at `index` has one of ours; else pushes nothing. */
static const clua_shape *push_shape(lua_State *L, int index) {
    if (!lua_getmetatable(L, index)) return NULL;
    int is_ours = lua_rawgetp(L, -1, &shape_key) == LUA_TNUMBER;
    const clua_shape *shape = is_ours ? clua_shape_at(L, (uint32_t)lua_tointeger(L, -1)) : NULL;
    lua_pop(L, shape != NULL ? 1 : 2);
    return shape;
}

/* Makes the members of the object at `index` that are still packed. No other value is touched. */
void clua_shape_unfold(lua_State *L, int index) {
    index = lua_absindex(L, index);
    const clua_shape *shape = push_shape(L, index);
    if (shape == NULL) return;
    luaL_checkstack(L, 8, "shaped object");
    int top = lua_gettop(L);
    if (lua_rawgetp(L, index, &rest_key) == LUA_TSTRING) {
        size_t length;
        const char *packed = lua_tolstring(L, -1, &length);
        lua_rawgeti(L, LUA_REGISTRYINDEX, shape->names_ref);
        int names = lua_gettop(L);
        int values = clua_unpack_all(L, (const uint8_t *)packed, length);
        luaL_checkstack(L, 2, "shaped object");
        for (int i = values; i > 0; i--) {
            lua_rawgeti(L, names, shape->ready + i);
            lua_insert(L, -2);
            lua_rawset(L, index);
        }
        lua_pushnil(L);
        lua_rawsetp(L, index, &rest_key);
    }
    lua_settop(L, top - 1);
}

/* Pushes what the host proposes instead of the name at index 2; the names when it proposes nothing. */
static void push_hint(lua_State *L, const clua_shape *shape) {
    lua_newtable(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, shape->names_ref);
    for (int i = 1; i <= shape->count; i++) {
        lua_rawgeti(L, -1, i);
        lua_rawseti(L, -3, i);
    }
    lua_pop(L, 1);
    clua_mark_array(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, clua_of(L)->host_ref);
    if (lua_getfield(L, -1, "suggest") == LUA_TNIL) {
        lua_pushliteral(L, "see its names");
        return;
    }
    clua_push_tostring(L, 2);
    lua_pushvalue(L, -4);
    lua_call(L, 2, 1);
}

/* __index. Upvalues: the names and the number of the shape. Members that are there never come here. */
static int get_member(lua_State *L) {
    lua_settop(L, 2);
    const clua_shape *shape = clua_shape_at(L, (uint32_t)lua_tointeger(L, lua_upvalueindex(2)));
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNUMBER || lua_type(L, 2) != LUA_TSTRING) {
        lua_rawgeti(L, lua_upvalueindex(1), 0);
        clua_push_tostring(L, 2);
        push_hint(L, shape);
        return luaL_error(L, "%s '%s'; %s", lua_tostring(L, 4), lua_tostring(L, 5), lua_tostring(L, -1));
    }
    if (lua_tointeger(L, 3) > shape->ready) clua_shape_unfold(L, 1);
    lua_settop(L, 2);
    lua_rawget(L, 1);
    return 1;
}

/* __newindex: after it, what the script wrote stays written. */
static int set_member(lua_State *L) {
    lua_settop(L, 3);
    clua_shape_unfold(L, 1);
    lua_rawset(L, 1);
    return 0;
}

/* The object on top becomes one of the shape, with `length` bytes of packed members. */
void clua_shape_finish(lua_State *L, const clua_shape *shape, const uint8_t *rest, size_t length) {
    if (length > 0) {
        lua_pushlstring(L, (const char *)rest, length);
        lua_rawsetp(L, -2, &rest_key);
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, shape->meta_ref);
    lua_setmetatable(L, -2);
}

static void push_metatable(lua_State *L, const clua_shape *shape, int number) {
    lua_createtable(L, 0, 4);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pushinteger(L, number);
    lua_rawsetp(L, -2, &shape_key);
    lua_rawgeti(L, LUA_REGISTRYINDEX, shape->names_ref);
    lua_pushinteger(L, number);
    lua_pushcclosure(L, get_member, 2);
    lua_setfield(L, -2, "__index");
    if (shape->ready == shape->count) return; /* nothing is ever packed: writing needs no care */
    lua_pushcfunction(L, set_member);
    lua_setfield(L, -2, "__newindex");
}

/* Turns the texts from stack index 2 on, what begins an error and the names, into the list of names. */
static void push_names(lua_State *L, clua_shape *shape) {
    lua_createtable(L, shape->count, shape->count + 1);
    for (int i = 0; i <= shape->count; i++) {
        lua_pushvalue(L, 2 + i);
        lua_rawseti(L, -2, i);
        if (i == 0) continue;
        shape->names[i - 1].text = lua_tolstring(L, 2 + i, &shape->names[i - 1].length);
        lua_pushvalue(L, 2 + i);
        lua_pushinteger(L, i);
        lua_rawset(L, -3);
    }
}

typedef struct shape_request {
    int32_t ready;
    const uint8_t *texts;
    size_t length;
    int32_t number;
} shape_request;

static int declare_body(lua_State *L) {
    clua_vm *vm = clua_of(L);
    shape_request *request = lua_touserdata(L, 1);
    int count = clua_unpack_all(L, request->texts, request->length) - 1;
    if (vm->shape_count == CLUA_SHAPES_MAX) luaL_error(L, "more than %d shapes", CLUA_SHAPES_MAX);
    clua_shape **shapes = realloc(vm->shapes, (size_t)(vm->shape_count + 1) * sizeof *shapes);
    if (shapes == NULL) return luaL_error(L, "not enough memory");
    vm->shapes = shapes;
    clua_shape *shape = calloc(1, sizeof *shape + (size_t)count * sizeof shape->names[0]);
    if (shape == NULL) return luaL_error(L, "not enough memory");
    request->number = vm->shape_count;
    vm->shapes[vm->shape_count++] = shape; /* from here on it is freed with the VM */
    shape->count = count;
    shape->ready = request->ready;
    push_names(L, shape);
    shape->names_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    push_metatable(L, shape, request->number);
    shape->meta_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

int32_t clua_declare_shape(clua_vm *vm, int32_t ready, const uint8_t *texts, size_t length) {
    shape_request request = {ready, texts, length, 0};
    return clua_protected(vm, declare_body, &request) == CLUA_OK ? request.number : -1;
}

/* host.shape(number, object): makes an object of the host's own into one of a shape, and returns it. */
int clua_set_shape(lua_State *L) {
    const clua_shape *shape = clua_shape_at(L, (uint32_t)luaL_checkinteger(L, 1));
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    clua_shape_finish(L, shape, NULL, 0);
    return 1;
}

void clua_shapes_free(clua_vm *vm) {
    for (int i = 0; i < vm->shape_count; i++) free(vm->shapes[i]);
    free(vm->shapes);
}
