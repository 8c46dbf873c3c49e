/* A process, built and run by scripts/fuzz, that lives through each shortage of memory that a VM can meet.
 *
 * A life of a VM with a bit of everything is run again and again; each time the next allocation fails: it
 * alone, or it and all behind it until memory is back at the next step. Nothing may crash, and nothing may
 * leak (AddressSanitizer looks, and gives each block of Lua's a malloc of its own); a step that fails says
 * that memory is short; and when memory is back, the VM works. */
#include "CLua.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIFE_ALLOCATIONS_MAX 1000000 /* more than a life makes: then it doesn't end */

static clua_vm *vm;
static int32_t run_function;

static long countdown;  /* allocations that succeed before one fails; below 0: it failed */
static int fails_on;    /* all behind it fail too */
static int is_watching; /* whether allocations are counted at all */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

static int refuses(void) {
    if (!is_watching || --countdown > 0) return 0;
    return countdown == 0 || fails_on;
}

void *__wrap_malloc(size_t size) { return refuses() ? NULL : __real_malloc(size); }
void *__wrap_calloc(size_t count, size_t size) { return refuses() ? NULL : __real_calloc(count, size); }
void *__wrap_realloc(void *block, size_t size) { return refuses() ? NULL : __real_realloc(block, size); }

static const char prelude[] =
    "local host = ...\n"
    "local env = host.env\n"
    "env.record, env.suspend = host.record, host.suspend\n"
    "function env.ask(...) return host.ask(...) end\n"
    "return { run = function(...) return env.run(...) end }\n";

static const char module[] = "return { name = function(n) return ('module-'):rep(n % 5) .. n end }";

static const char script[] =
    "local m = require 'm'\n"
    "function run(a, b)\n"
    "  local t, lines = { a = a, list = {} }, {}\n"
    "  for i = 1, 40 do t['k' .. i], t.list[i] = { i, m.name(i) }, i / 3 end\n"
    "  for k, v in pairs(t.list) do lines[#lines + 1] = k .. '=' .. v end\n"
    "  table.sort(lines, function(x, y) return x > y end)\n"
    "  local text = table.concat(lines, ','):gsub('%d', { ['1'] = 'one' })\n"
    "  record('stream', t, text)\n"
    "  local ok, why = pcall(ask, b, ('%s|%s'):format(text, m))\n"
    "  local x <close> = setmetatable({}, { __close = function() record('closed', { ok }) end })\n"
    "  local answer = ok and suspend(t, tostring(why)) or why\n"
    "  local caught = select(2, pcall(error, { code = 'x', answer = answer }))\n"
    "  if type(b) == 'table' and b.fail then error({ code = 'asked', list = t.list }) end\n"
    "  return json.encode(t), json.decode(json.encode({ caught.code, { {} } })), #text\n"
    "end\n";

/* Packed: the integer 1, and JSON. */
static const uint8_t *arguments(const char *json, size_t *length) {
    static uint8_t packed[256];
    uint32_t count = (uint32_t)strlen(json);
    memset(packed, 0, sizeof packed);
    packed[0] = CLUA_TAG_INTEGER;
    packed[1] = 1;
    packed[9] = CLUA_TAG_JSON;
    memcpy(packed + 10, &count, sizeof count);
    memcpy(packed + 14, json, count);
    *length = 14 + count;
    return packed;
}

static int32_t answer_host(void *context, int32_t function, const uint8_t *values, size_t length) {
    (void)context, (void)function, (void)values, (void)length;
    size_t count;
    const uint8_t *packed = arguments("{\"b\":[1,\"a text with an \\u0065scape\"]}", &count);
    return clua_host_answer(vm, packed, count) ? CLUA_HOST_RESULTS : CLUA_HOST_ERROR;
}

static void fail(const char *what, int32_t status) {
    is_watching = 0;
    clua_failure failure = {0};
    if (vm != NULL) failure = clua_last_failure(vm);
    fprintf(stderr, "short_of_memory: %s: status %d: %.*s\n", what, status, (int)failure.message_length,
            failure.message == NULL ? "" : (const char *)failure.message);
    abort();
}

/* True when it worked. Short of memory it may say so, or the script went on without the host's answer. */
static int done(const char *what, int32_t status, int32_t wanted) {
    if (status == wanted) return 1;
    int may_be = status == CLUA_OK || status == CLUA_MEMORY || status == CLUA_RUNTIME;
    if (countdown > 0 || !may_be) fail(what, status);
    return 0;
}

static int load(void) {
    size_t length;
    if (!done("register", clua_register(vm, "ask", 0), CLUA_OK)) return 0;
    const uint8_t *bytes = (const uint8_t *)module;
    if (!done("module", clua_add_module(vm, "m", bytes, sizeof module - 1, "m.lua"), CLUA_OK)) return 0;
    bytes = (const uint8_t *)prelude;
    int32_t status = clua_load_privileged(vm, bytes, sizeof prelude - 1, "prelude.lua");
    if (!done("prelude", status, CLUA_OK)) return 0;
    memcpy(&run_function, clua_results(vm, &length) + 5 + strlen("run") + 1, sizeof run_function);
    bytes = (const uint8_t *)script;
    return done("script", clua_run(vm, bytes, sizeof script - 1, "app.lua"), CLUA_OK)
        && done("lock", clua_lock_globals(vm), CLUA_OK);
}

/* A call that waits and is answered, one that is given up, one that fails. */
static int call(void) {
    size_t length;
    clua_thread *waiting;
    const uint8_t *values = arguments("{\"c\":1}", &length);
    if (!done("start", clua_start(vm, run_function, values, length, &waiting), CLUA_SUSPENDED)) return 0;
    values = arguments("[1,[2]]", &length);
    int32_t status = clua_resume(vm, &waiting, CLUA_HOST_RESULTS, values, length);
    if (!done("resume", status, CLUA_OK)) return 0;
    if (!done("start", clua_start(vm, run_function, values, length, &waiting), CLUA_SUSPENDED)) return 0;
    clua_drop(vm, waiting);
    values = arguments("{\"fail\":true}", &length);
    status = clua_call(vm, run_function, values, length); /* it can't wait there, and so fails */
    clua_records_truncate(vm, 0);
    return done("call", status, CLUA_RUNTIME);
}

/* Whether no allocation failed any more. */
static int live(long failing, int on) {
    static const clua_limits limits = {10000000, 1 << 24, 1 << 20, 1000, UINT32_MAX};
    countdown = failing;
    fails_on = on;
    is_watching = 1;
    vm = clua_new(7, limits, answer_host, NULL);
    int is_loaded = vm != NULL && load();
    if (is_loaded) call();
    int is_last = countdown > 0;
    is_watching = 0;
    if (is_loaded && !is_last) {
        countdown = LIFE_ALLOCATIONS_MAX;
        if (!call()) fail("memory is back, and the VM doesn't work", 0);
    }
    if (vm != NULL) clua_close(vm);
    return is_last;
}

int main(void) {
    for (int on = 0; on <= 1; on++) {
        long failing = 1;
        while (!live(failing, on))
            if (++failing > LIFE_ALLOCATIONS_MAX) fail("a life doesn't end", 0);
        printf("short_of_memory: %ld lives, each %s of its allocations failed\n", failing - 1,
               on ? "from another on all" : "with another");
    }
    return 0;
}
