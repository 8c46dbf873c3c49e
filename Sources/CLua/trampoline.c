/* From Lua to Swift and back. The Swift function returns a status before anything is raised: when lua_error
 * jumps, no Swift frame is left that it could skip. While the host runs the memory limit is off, so what the
 * host pushes can't fail by it. */
#include "internal.h"

#include <string.h>

/* What a call into the host costs at least, in instructions. */
#define HOST_CALL_UNITS 50
#define RECORD_HEADER 4 /* u32 length of the packed values */

static int unpack_answer(lua_State *L) {
    clua_vm *vm = clua_of(L);
    return clua_unpack_all(L, vm->inbox.bytes, vm->inbox.length);
}

/* Pushes the values of the answer without the limit, and brings the limit back. Protected, because what goes
 * wrong runs a script's handlers and __close functions before anybody catches it. */
static int push_answer(lua_State *L, clua_vm *vm, int enforce) {
    lua_settop(L, 0);
    vm->enforce = 0;
    lua_pushcfunction(L, unpack_answer);
    int status = lua_pcall(L, 0, LUA_MULTRET, 0);
    vm->enforce = enforce;
    return status == LUA_OK ? lua_gettop(L) : lua_error(L);
}

static int raise_text(lua_State *L, clua_vm *vm, int enforce) {
    push_answer(L, vm, enforce);
    luaL_where(L, 1);
    lua_insert(L, 1);
    lua_concat(L, 2);
    return lua_error(L);
}

/* The packed code and text of an abort are kept as the failure's message for Swift to read back. */
static int abort_script(lua_State *L, clua_vm *vm) {
    clua_kill(vm, CLUA_ABORTED);
    clua_buffer_try_append(&vm->failure_message, vm->inbox.bytes, vm->inbox.length);
    return clua_raise_kill(L);
}

/* Gives a script what the host answered, which lies in the inbox, with the limits as they were. */
int clua_take_answer(lua_State *L, int status, int enforce) {
    clua_vm *vm = clua_of(L);
    vm->enforce = enforce;
    if (status == CLUA_HOST_ABORT) return abort_script(L, vm);
    if (status == CLUA_HOST_ERROR) return raise_text(L, vm, enforce);
    int count = push_answer(L, vm, enforce);
    if (status == CLUA_HOST_ERROR_VALUE) return lua_error(L);
    return count;
}

int clua_host_call(lua_State *L) {
    clua_vm *vm = clua_of(L);
    clua_charge(L, HOST_CALL_UNITS);
    vm->exchange.length = 0;
    int arguments = lua_gettop(L);
    for (int i = 1; i <= arguments; i++) clua_pack(L, i, &vm->exchange);
    int32_t function = (int32_t)lua_tointeger(L, lua_upvalueindex(1));
    int enforce = vm->enforce;
    vm->enforce = 0;
    vm->inbox.length = 0;
    int status = vm->callback(vm->context, function, vm->exchange.bytes, vm->exchange.length);
    if (vm->killed) { /* in a nested call */
        vm->enforce = enforce;
        return clua_raise_kill(L);
    }
    return clua_take_answer(L, status, enforce);
}

int32_t clua_host_answer(clua_vm *vm, const uint8_t *bytes, size_t length) {
    vm->inbox.length = 0;
    return clua_buffer_try_append(&vm->inbox, bytes, length);
}

/* host.record(...): appends one record with its arguments. They are packed elsewhere first, so that a bad one
 * leaves nothing behind. */
int clua_record(lua_State *L) {
    clua_vm *vm = clua_of(L);
    if (++vm->recorded > vm->limits.records) {
        clua_kill(vm, CLUA_RECORDS);
        return clua_raise_kill(L);
    }
    clua_buffer *packed = &vm->exchange;
    packed->length = 0;
    int arguments = lua_gettop(L);
    for (int i = 1; i <= arguments; i++) clua_pack(L, i, packed);
    uint32_t length = (uint32_t)packed->length;
    uint8_t *place = clua_buffer_reserve(L, &vm->records, RECORD_HEADER + packed->length);
    memcpy(place, &length, RECORD_HEADER);
    memcpy(place + RECORD_HEADER, packed->bytes, packed->length);
    vm->records.length += RECORD_HEADER + packed->length;
    return 0;
}

static const luaL_Reg functions[] = {
    {"attempt", clua_attempt}, {"rethrow", clua_rethrow},     {"pcall", clua_pcall},
    {"record", clua_record},   {"traceback", clua_traceback}, {"where", clua_where},
    {"random", clua_random},   {"reseed", clua_reseed},       {"digest", clua_digest},
    {"place", clua_place},     {"suspend", clua_suspend},     {"freeze", clua_freeze},
    {"thaw", clua_thaw},       {"inside", clua_inside},       {"mix", clua_mix},
    {"shape", clua_set_shape}, {"misfit", clua_misfit},       {"compile", clua_compile},
    {NULL, NULL},
};

/* Pushes the `host` table of privileged chunks. */
void clua_push_host(lua_State *L) {
    lua_createtable(L, 0, 16);
    luaL_setfuncs(L, functions, 0);
    clua_push_json_library(L);
    lua_setfield(L, -2, "json");
    lua_rawgeti(L, LUA_REGISTRYINDEX, clua_of(L)->env_ref);
    lua_setfield(L, -2, "env");
}
