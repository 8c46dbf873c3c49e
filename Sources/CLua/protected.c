/* The protected calls: each function that Swift may call and that can raise runs its body through here.
 *
 * The outermost call begins the budgets anew. A call that fails gives back what it recorded. Inside a host
 * function the same functions may be called again: they run on the same Lua stack, above the host function's
 * arguments, and share the outer budget. */
#include "internal.h"

#include <string.h>

#define CALL_SLOTS 8 /* handler, body, request, and what the bodies push before they check for more */

/* The collections that Lua makes when memory is short leave a stack as large as it was: the next call must
 * not die of what this one left. */
void clua_recover(clua_vm *vm, int outcome) {
    if (outcome == CLUA_MEMORY && vm->depth == 0) lua_gc(vm->L, LUA_GCCOLLECT);
}

int clua_protected(clua_vm *vm, lua_CFunction body, void *request) {
    lua_State *L = vm->L;
    size_t recorded = vm->records.length;
    int enforce = vm->enforce, converting = vm->converting;
    int loading = vm->loading, top = lua_gettop(L);
    if (vm->depth++ == 0) clua_budget_begin(vm);
    clua_vm *outer = clua_set_running(vm);
    int result = vm->killed; /* a host function that goes on after a kill gets nothing done */
    if (result == CLUA_OK) clua_failure_reset(vm, CLUA_RUNTIME);
    vm->syntax_message = NULL;
    vm->enforce = vm->converting = 0;
    vm->exchange.length = 0;
    if (result == CLUA_OK && !lua_checkstack(L, CALL_SLOTS)) result = CLUA_MEMORY;
    if (result == CLUA_OK) {
        lua_pushcfunction(L, clua_on_error);
        lua_pushcfunction(L, body);
        lua_pushlightuserdata(L, request);
        int status = lua_pcall(L, 1, 0, top + 1);
        if (status != LUA_OK) {
            result = clua_failure_finish(vm, status);
            clua_loading_reset(L, loading);
            if (recorded < vm->records.length) vm->records.length = recorded;
            vm->exchange.length = 0;
        }
        lua_settop(L, top);
    }
    clua_set_running(outer);
    vm->enforce = enforce;
    vm->converting = converting;
    vm->depth--;
    clua_recover(vm, result);
    return result;
}

/* Packs what a script function returned: all above `base`. Also the continuation of a call that waited. */
static int pack_results(lua_State *L, int status, lua_KContext base) {
    (void)status;
    clua_vm *vm = clua_of(L);
    vm->enforce = 0;
    vm->converting = 1;
    vm->exchange.length = 0; /* the last host call left its arguments there */
    for (int i = (int)base; i <= lua_gettop(L); i++) clua_pack(L, i, &vm->exchange);
    vm->converting = 0;
    return 0;
}

/* Calls a function, given as a clua_call_request, with the limits in force. */
int clua_call_body(lua_State *L) {
    clua_vm *vm = clua_of(L);
    clua_call_request *request = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, request->function);
    int base = lua_gettop(L);
    vm->converting = 1;
    int count = clua_unpack_all(L, request->arguments, request->length);
    vm->converting = 0;
    vm->enforce = 1;
    lua_callk(L, count, LUA_MULTRET, base, pack_results);
    return pack_results(L, LUA_OK, base);
}

int32_t clua_call(clua_vm *vm, int32_t function, const uint8_t *arguments, size_t length) {
    clua_call_request request = {function, arguments, length};
    return clua_protected(vm, clua_call_body, &request);
}

typedef struct load_request {
    const char *source;
    size_t length;
    const char *file;
    int is_code;
} load_request;

static int run_body(lua_State *L) {
    clua_vm *vm = clua_of(L);
    load_request *request = lua_touserdata(L, 1);
    clua_loading_reset(L, 0);
    vm->enforce = 1;
    if (!clua_load_text(L, request->source, request->length, request->file)) return lua_error(L);
    lua_call(L, 0, 0);
    return 0;
}

int32_t clua_run(clua_vm *vm, const uint8_t *source, size_t length, const char *file) {
    load_request request = {(const char *)source, length, file, 0};
    return clua_protected(vm, run_body, &request);
}

/* Packs name and reference of each function of the returned table. */
static void export_functions(lua_State *L, const char *file) {
    clua_vm *vm = clua_of(L);
    if (lua_type(L, -1) != LUA_TTABLE) luaL_error(L, "%s must return a table of functions", file);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TFUNCTION)
            luaL_error(L, "%s must return a table of functions by name", file);
        int function = luaL_ref(L, LUA_REGISTRYINDEX);
        clua_pack(L, -1, &vm->exchange);
        lua_pushinteger(L, function);
        clua_pack(L, -1, &vm->exchange);
        lua_pop(L, 1);
    }
}

static int privileged_body(lua_State *L) {
    clua_vm *vm = clua_of(L);
    load_request *request = lua_touserdata(L, 1);
    int is_loaded = request->is_code
        ? clua_load_code(L, request->source, request->length, request->file)
        : clua_load_text(L, request->source, request->length, request->file);
    if (!is_loaded) return lua_error(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->privileged_ref);
    lua_setupvalue(L, -2, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->host_ref);
    vm->enforce = 1;
    lua_call(L, 1, 1);
    vm->enforce = 0;
    export_functions(L, request->file);
    return 0;
}

int32_t clua_load_privileged(clua_vm *vm, const uint8_t *source, size_t length, const char *file) {
    load_request request = {(const char *)source, length, file, 0};
    return clua_protected(vm, privileged_body, &request);
}

int32_t clua_load_precompiled(clua_vm *vm, const uint8_t *code, size_t length, const char *file) {
    load_request request = {(const char *)code, length, file, 1};
    return clua_protected(vm, privileged_body, &request);
}

static int lock_body(lua_State *L) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, clua_of(L)->env_ref);
    lua_getmetatable(L, -1);
    lua_pushcfunction(L, clua_lock_newindex);
    lua_setfield(L, -2, "__newindex");
    return 0;
}

int32_t clua_lock_globals(clua_vm *vm) { return clua_protected(vm, lock_body, NULL); }

typedef struct register_request {
    const char *name;
    int32_t function;
} register_request;

static int register_body(lua_State *L) {
    register_request *request = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, clua_of(L)->host_ref);
    lua_pushinteger(L, request->function);
    lua_pushcclosure(L, clua_host_call, 1);
    lua_setfield(L, -2, request->name);
    return 0;
}

int32_t clua_register(clua_vm *vm, const char *name, int32_t function) {
    register_request request = {name, function};
    return clua_protected(vm, register_body, &request);
}

typedef struct module_request {
    const char *name;
    load_request load;
} module_request;

static int module_body(lua_State *L) {
    module_request *request = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, clua_of(L)->modules_ref);
    lua_createtable(L, 2, 0);
    lua_pushlstring(L, request->load.source, request->load.length);
    lua_rawseti(L, -2, 1);
    lua_pushstring(L, request->load.file);
    lua_rawseti(L, -2, 2);
    lua_setfield(L, -2, request->name);
    return 0;
}

int32_t clua_add_module(clua_vm *vm, const char *name, const uint8_t *source, size_t length,
                        const char *file) {
    module_request request = {name, {(const char *)source, length, file}};
    return clua_protected(vm, module_body, &request);
}
