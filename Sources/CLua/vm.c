/* A VM from its making to its end, and what Swift may ask of it without a protected call. */
#include "internal.h"

#include <assert.h>
#include <stdlib.h>

/* A seed for host.random before the first reseed; it can't be zero, that is the generator's fixed point. */
static void first_random_state(clua_vm *vm) {
    for (int i = 0; i < 4; i++) vm->random[i] = 0x9E3779B97F4A7C15u * (uint64_t)(i + 1);
}

const char *clua_release(void) { return LUA_RELEASE; }

clua_vm *clua_new(uint32_t seed, clua_limits limits, clua_host_callback callback, void *context) {
    clua_vm *vm = calloc(1, sizeof *vm);
    if (vm == NULL) return NULL;
    vm->limits = limits;
    if (limits.counted == 0 || limits.counted > CLUA_HOOK_INTERVAL) vm->limits.counted = CLUA_HOOK_INTERVAL;
    vm->callback = callback;
    vm->context = context;
    vm->unescaped.limit = vm->inbox.limit = vm->failure_message.limit = vm->failure_frames.limit = SIZE_MAX;
    first_random_state(vm);
    clua_seed_next(seed);
    vm->L = lua_newstate(clua_allocate, vm);
    if (vm->L == NULL) {
        clua_close(vm);
        return NULL;
    }
    *(clua_vm **)lua_getextraspace(vm->L) = vm;
    lua_pushcfunction(vm->L, clua_build_sandbox);
    if (lua_pcall(vm->L, 0, 0, 0) != LUA_OK) {
        clua_close(vm);
        return NULL;
    }
    return vm;
}

void clua_close(clua_vm *vm) {
    vm->enforce = 0;
    if (vm->L != NULL) lua_close(vm->L);
    assert(vm->used == 0); /* else the count that the memory limit goes by was wrong all along */
    clua_threads_free(vm);
    clua_shapes_free(vm);
    clua_pool_free(&vm->pool);
    clua_buffer_free(&vm->records);
    clua_buffer_free(&vm->exchange);
    clua_buffer_free(&vm->inbox);
    clua_buffer_free(&vm->scratch);
    clua_buffer_free(&vm->unescaped);
    clua_buffer_free(&vm->failure_message);
    clua_buffer_free(&vm->failure_frames);
    clua_buffer_free(&vm->failure_value);
    free(vm);
}

const uint8_t *clua_results(const clua_vm *vm, size_t *length) {
    *length = vm->exchange.length;
    return vm->exchange.bytes;
}

const uint8_t *clua_records(const clua_vm *vm, size_t *length) {
    *length = vm->records.length;
    return vm->records.bytes;
}

void clua_records_truncate(clua_vm *vm, size_t length) {
    if (length < vm->records.length) vm->records.length = length;
}

uint64_t clua_instructions_used(const clua_vm *vm) { return vm->spent; }

uint64_t clua_memory_used(const clua_vm *vm) { return vm->used; }

uint64_t clua_memory_held(const clua_vm *vm) { return vm->pool.held; }

int32_t clua_call_depth(const clua_vm *vm) { return vm->depth; }
