/* Calls that can wait. clua_start runs a function in a Lua thread of its own; host.suspend stops it there and
 * hands values to Swift, which goes on with it later, perhaps after many other calls.
 *
 * Invariants:
 * - Scripts have no coroutines, so a thread yields to Swift and to nobody else.
 * - A call keeps its budgets over all its parts; what it recorded before it waited is Swift's to keep.
 * - A thread whose call ended is used again: a call that never waits costs little more than clua_call. */
#include "internal.h"

#include <stdlib.h>

struct clua_thread {
    clua_thread *next; /* in the list of those that wait */
    lua_State *L;
    int anchor; /* registry reference that keeps L alive */
    uint64_t spent;
    uint64_t recorded;
    size_t output; /* bytes recorded so far */
};

static int new_lua_thread(lua_State *L) {
    clua_thread *thread = lua_touserdata(L, 1);
    thread->L = lua_newthread(L);
    thread->anchor = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

/* NULL when memory is short. */
static clua_thread *take_thread(clua_vm *vm) {
    clua_thread *thread = vm->spare;
    vm->spare = NULL;
    if (thread == NULL) {
        thread = calloc(1, sizeof *thread);
        if (thread != NULL && clua_protected(vm, new_lua_thread, thread) != CLUA_OK) {
            free(thread);
            thread = NULL;
        }
        return thread;
    }
    thread->spent = thread->recorded = 0;
    thread->output = 0;
    return thread;
}

/* Setting a reference that exists takes no memory, so this can't fail. */
static void free_thread(clua_vm *vm, clua_thread *thread) {
    luaL_unref(vm->L, LUA_REGISTRYINDEX, thread->anchor);
    free(thread);
}

static void unlink_thread(clua_vm *vm, clua_thread *thread) {
    clua_thread **place = &vm->threads;
    while (*place != thread) place = &(*place)->next;
    *place = thread->next;
}

/* After the call: its failure is described while its stack is still there. */
static int finish(lua_State *L, int status, lua_KContext context) {
    (void)context;
    clua_vm *vm = clua_of(L);
    if (status != LUA_OK && status != LUA_YIELD) vm->outcome = clua_failure_finish(vm, status);
    lua_settop(L, 0);
    return 0;
}

/* The first function of a thread; its argument is the request. */
static int thread_body(lua_State *L) {
    lua_pushcfunction(L, clua_on_error);
    lua_insert(L, 1);
    lua_pushcfunction(L, clua_call_body);
    lua_insert(L, 2);
    return finish(L, lua_pcallk(L, 1, 0, 1, 0, finish), 0);
}

static void begin_part(clua_vm *vm, clua_thread *thread) {
    clua_budget_begin(vm);
    vm->spent = thread->spent;
    vm->recorded = thread->recorded;
    vm->records.limit -= thread->output;
    clua_failure_reset(vm, CLUA_RUNTIME);
    vm->syntax_message = NULL;
    vm->enforce = vm->converting = 0;
    vm->exchange.length = 0;
    vm->outcome = CLUA_OK;
}

/* Runs a thread until its call ends or waits; `count` values for it lie on its stack. */
static int32_t run_part(clua_vm *vm, clua_thread *thread, int count, clua_thread **waiting) {
    lua_State *main = vm->L;
    size_t recorded = vm->records.length;
    vm->L = thread->L;
    vm->depth++;
    begin_part(vm, thread);
    clua_vm *outer = clua_set_running(vm);
    int results, status = lua_resume(thread->L, main, count, &results);
    int outcome = status == LUA_OK || status == LUA_YIELD ? vm->outcome : clua_failure_finish(vm, status);
    clua_set_running(outer);
    vm->L = main;
    vm->depth--;
    vm->enforce = vm->converting = 0;
    if (status == LUA_YIELD) {
        thread->spent = vm->spent;
        thread->recorded = vm->recorded;
        thread->output += vm->records.length - recorded;
        thread->next = vm->threads;
        *waiting = vm->threads = thread;
        return CLUA_SUSPENDED;
    }
    if (outcome != CLUA_OK) {
        clua_loading_reset(main, 0);
        if (recorded < vm->records.length) vm->records.length = recorded;
        vm->exchange.length = 0;
    }
    if (status == LUA_OK && vm->spare == NULL) vm->spare = thread;
    else free_thread(vm, thread);
    clua_recover(vm, outcome);
    return outcome;
}

int32_t clua_start(clua_vm *vm, int32_t function, const uint8_t *arguments, size_t length,
                   clua_thread **waiting) {
    clua_call_request request = {function, arguments, length};
    *waiting = NULL;
    clua_thread *thread = take_thread(vm);
    if (thread == NULL) return CLUA_MEMORY;
    lua_pushcfunction(thread->L, thread_body);
    lua_pushlightuserdata(thread->L, &request);
    return run_part(vm, thread, 1, waiting);
}

int32_t clua_resume(clua_vm *vm, clua_thread **waiting, int32_t how, const uint8_t *answer, size_t length) {
    clua_thread *thread = *waiting;
    *waiting = NULL;
    unlink_thread(vm, thread);
    if (!clua_host_answer(vm, answer, length)) {
        free_thread(vm, thread);
        return CLUA_MEMORY;
    }
    vm->answered = how;
    return run_part(vm, thread, 0, waiting);
}

void clua_drop(clua_vm *vm, clua_thread *waiting) {
    unlink_thread(vm, waiting);
    free_thread(vm, waiting);
}

/* At the end of the VM, when Lua's side of them is gone already. */
void clua_threads_free(clua_vm *vm) {
    while (vm->threads != NULL) {
        clua_thread *thread = vm->threads;
        vm->threads = thread->next;
        free(thread);
    }
    free(vm->spare);
}

/* Where a call that waited goes on. */
static int go_on(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    lua_settop(L, 0);
    return clua_take_answer(L, clua_of(L)->answered, 1);
}

/* host.suspend(...): hands the values to the host and waits; answers what the host answers, errors
 * included. */
int clua_suspend(lua_State *L) {
    clua_vm *vm = clua_of(L);
    if (!lua_isyieldable(L))
        return luaL_error(L, "a step can't wait here: not in a comparison of sort, a replacement of gsub, "
                             "a __tostring, nor where the host asks for a value at once");
    vm->exchange.length = 0;
    for (int i = 1; i <= lua_gettop(L); i++) clua_pack(L, i, &vm->exchange);
    return lua_yieldk(L, 0, 0, go_on);
}
