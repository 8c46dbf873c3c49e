/* What a call may spend, and the kill that no script can catch.
 *
 * The count hook adds each time what it was armed for: CLUA_HOOK_INTERVAL, or fewer in a VM that measures. C
 * functions of ours charge for work that runs no instructions. On exhaustion the kill is remembered in the
 * VM, the hook is armed for every instruction, and an error is raised: our pcall passes it on, and code that
 * runs while the stack unwinds (__close) dies at its first instruction. Nested calls from host functions
 * share the outermost budget. */
#include "internal.h"

#include <string.h>
#include <time.h>

/* Bytes allocated or compared that cost as much as one instruction. */
#define BYTES_PER_UNIT 64

static uint64_t now_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void on_count(lua_State *L, lua_Debug *record);

static void arm(clua_vm *vm, int interval) {
    vm->interval = interval;
    lua_sethook(vm->L, on_count, LUA_MASKCOUNT, interval);
}

/* Whether the clock ran out. It starts at the first look, so that short calls never read it. */
static int out_of_time(clua_vm *vm) {
    uint64_t now = now_milliseconds();
    if (vm->deadline == 0) vm->deadline = now + vm->limits.milliseconds;
    return now > vm->deadline;
}

void clua_watch_flag(clua_vm *vm, const int32_t *flag) { vm->flag = flag; }

void clua_raise_flag(int32_t *flag, int32_t value) { __atomic_store_n(flag, value, __ATOMIC_RELEASE); }

int32_t clua_read_flag(const int32_t *flag) { return __atomic_load_n(flag, __ATOMIC_ACQUIRE); }

static void look(lua_State *L, clua_vm *vm) {
    if (!vm->killed) {
        if (vm->refused_size != 0) { /* nobody asked a second time */
            clua_kill(vm, CLUA_MEMORY);
        } else if (vm->flag != NULL && clua_read_flag(vm->flag) != 0) {
            clua_kill(vm, CLUA_INTERRUPTED);
        } else if (vm->spent > vm->limits.instructions) {
            clua_kill(vm, CLUA_INSTRUCTIONS);
        } else if (out_of_time(vm)) {
            clua_kill(vm, CLUA_TIME);
        } else {
            /* Armed by an allocation that turned out to be within the limits. */
            if (vm->interval == 1) arm(vm, (int)vm->limits.counted);
            return;
        }
    }
    clua_raise_kill(L);
}

static void on_count(lua_State *L, lua_Debug *record) {
    (void)record;
    clua_vm *vm = clua_of(L);
    if (!vm->killed) {
        vm->spent += (uint64_t)vm->interval;
        vm->unchecked += (uint64_t)vm->interval;
        /* A VM that measures comes here often, and looks no more often than others. */
        if (vm->interval == (int)vm->limits.counted && vm->unchecked < CLUA_HOOK_INTERVAL) return;
        vm->unchecked = 0;
    }
    look(L, vm);
}

void clua_budget_begin(clua_vm *vm) {
    vm->killed = CLUA_OK;
    vm->spent = 0;
    vm->unchecked = 0;
    vm->deadline = 0;
    vm->recorded = 0;
    vm->refused_size = 0;
    size_t room = (size_t)vm->limits.output_bytes;
    vm->records.limit = vm->records.length + room;
    vm->exchange.limit = vm->scratch.limit = room;
    arm(vm, (int)vm->limits.counted);
}

/* The VM that runs on this thread, for what Lua's core calls without a lua_State (core.c). */
static _Thread_local clua_vm *running;

/* Returns the one before, to be put back. */
clua_vm *clua_set_running(clua_vm *vm) {
    clua_vm *before = running;
    running = vm;
    return before;
}

void clua_charge_running(size_t bytes) {
    clua_vm *vm = running;
    if (vm == NULL) return;
    vm->uncharged += bytes;
    if (vm->uncharged < CLUA_HOOK_INTERVAL) return;
    clua_charge_bytes(vm, vm->uncharged);
    vm->uncharged = 0;
}

void clua_charge(lua_State *L, uint64_t units) {
    clua_vm *vm = clua_of(L);
    vm->spent += units;
    vm->unchecked += units;
    if (vm->unchecked < CLUA_HOOK_INTERVAL) return;
    vm->unchecked = 0;
    look(L, vm);
}

/* Where nothing can be raised, as inside the allocator: it lets the hook look at the very next
 * instruction. */
void clua_charge_bytes(clua_vm *vm, size_t bytes) {
    vm->spent += bytes / BYTES_PER_UNIT;
    vm->unchecked += bytes / BYTES_PER_UNIT;
    if (vm->unchecked < CLUA_HOOK_INTERVAL || vm->interval == 1) return;
    vm->unchecked = 0;
    if (vm->spent > vm->limits.instructions || out_of_time(vm)) arm(vm, 1);
}

void clua_look_soon(clua_vm *vm) {
    if (vm->interval != 1) arm(vm, 1);
}

void clua_kill(clua_vm *vm, int kind) {
    if (vm->killed) return;
    vm->killed = kind;
    clua_failure_reset(vm, kind);
    clua_failure_capture(vm, vm->L);
    arm(vm, 1);
}

int clua_raise_kill(lua_State *L) {
    lua_pushliteral(L, "killed");
    return lua_error(L);
}

/* Whether the error on top must be passed on by every catcher. luaL_Buffer reports a refused allocation as an
 * ordinary error with this text; it is the memory limit all the same. */
int clua_is_kill(lua_State *L, int status) {
    clua_vm *vm = clua_of(L);
    if (vm->killed) return 1;
    int short_of_memory = status == LUA_ERRMEM;
    if (!short_of_memory && vm->refused_size != 0 && lua_type(L, -1) == LUA_TSTRING)
        short_of_memory = strcmp(lua_tostring(L, -1), "not enough memory") == 0;
    if (short_of_memory) clua_kill(vm, CLUA_MEMORY);
    return short_of_memory;
}
